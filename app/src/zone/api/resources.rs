//! The contacts and the library of an area. How a link or a file arrives is in `server/src/web/resource_form.rs`.

use domain::zone::resources::{Contacts, ResourcePage, Resources};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::id,
    crate::kit::api::{Form, answer, request, slug},
    domain::{
        Problem,
        zone::resources::{ContactAct, ContactId, ResourceAct, ResourceId, ResourcesQuery},
    },
    leptos_axum::redirect,
    services::zone::{
        contacts::{self, ContactSaid},
        resources::{self, Said},
    },
};

#[server(prefix = "/api", endpoint = "zone/load_contacts", protocol = Wire)]
pub async fn load_contacts(area: String) -> Result<Contacts, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    answer(&request, contacts::contacts_page(&request.services, actor, &slug).await)
}

#[server(prefix = "/api", endpoint = "zone/add_service")]
pub async fn add_service(
    area: String,
    #[server(default)] name: String,
    #[server(default)] purpose: String,
    #[server(default)] telephone: String,
    #[server(default)] email: String,
    #[server(default)] web: String,
    #[server(default)] hours: String,
    #[server(default)] form: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let said = ContactSaid { name, purpose, telephone, email, web, hours };
    let added = contacts::add_service(&request.services, actor, &slug, &said, form.parse().ok()).await;
    answer(&request, added)?;
    redirect(&format!("/zone/{slug}/contacts?done=pinned"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/pin_member")]
pub async fn pin_member(
    area: String,
    #[server(default)] pinned: String,
    #[server(default)] purpose: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let pinned = contacts::pin_member(&request.services, actor, &slug, &pinned, &purpose).await;
    answer(&request, pinned)?;
    redirect(&format!("/zone/{slug}/contacts?done=pinned"));
    Ok(())
}

/// Of a member only the purpose.
#[server(prefix = "/api", endpoint = "zone/change_contact")]
pub async fn change_contact(
    area: String,
    contact: String,
    #[server(default)] name: String,
    #[server(default)] purpose: String,
    #[server(default)] telephone: String,
    #[server(default)] email: String,
    #[server(default)] web: String,
    #[server(default)] hours: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let contact: ContactId = id(&request, &contact)?;
    let said = ContactSaid { name, purpose, telephone, email, web, hours };
    let changed = contacts::change_contact(&request.services, actor, &slug, contact, &said).await;
    answer(&request, changed)?;
    redirect(&format!("/zone/{slug}/contacts?done=changed"));
    Ok(())
}

/// `at` is the place at which the page shows it, counted from 0.
#[server(prefix = "/api", endpoint = "zone/move_contact")]
pub async fn move_contact(
    area: String,
    contact: String,
    #[server(default)] act: String,
    #[server(default)] at: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let contact: ContactId = id(&request, &contact)?;
    let mut form = Form::new(&request);
    let act = form.field("act", ContactAct::parse(&act).ok_or(Problem::ChoiceMissing));
    let Some(act) = act else { return Err(form.refused()) };
    // A place that is no number is none in the list.
    let at = at.parse().unwrap_or(usize::MAX);
    let moved = contacts::move_contact(&request.services, actor, &slug, contact, act, at).await;
    answer(&request, moved)?;
    redirect(&format!("/zone/{slug}/contacts?done=moved"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/remove_contact")]
pub async fn remove_contact(area: String, contact: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let contact: ContactId = id(&request, &contact)?;
    answer(&request, contacts::remove_contact(&request.services, actor, &slug, contact).await)?;
    redirect(&format!("/zone/{slug}/contacts?done=removed&of={contact}"));
    Ok(())
}

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "zone/load_resources", protocol = Wire)]
pub async fn load_resources(area: String, #[server(default)] query: String) -> Result<Resources, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let query = ResourcesQuery::read(&query);
    answer(&request, resources::resources_page(&request.services, actor, &slug, &query).await)
}

#[server(prefix = "/api", endpoint = "zone/load_resource", protocol = Wire)]
pub async fn load_resource(area: String, resource: String) -> Result<ResourcePage, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let resource: ResourceId = id(&request, &resource)?;
    answer(&request, resources::resource_page(&request.services, actor, &slug, resource).await)
}

#[server(prefix = "/api", endpoint = "zone/change_resource")]
pub async fn change_resource(
    area: String,
    resource: String,
    #[server(default)] title: String,
    #[server(default)] purpose: String,
    #[server(default)] owner: String,
    #[server(default)] review_on: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let resource: ResourceId = id(&request, &resource)?;
    let said = Said { title, purpose, owner, review_on };
    answer(&request, resources::change(&request.services, actor, &slug, resource, &said).await)?;
    redirect(&format!("/zone/{slug}/resources/{resource}?done=changed"));
    Ok(())
}

/// A lead accepts or declines a suggestion, retires what is in use, or brings it back.
#[server(prefix = "/api", endpoint = "zone/decide_resource")]
pub async fn decide_resource(
    area: String,
    resource: String,
    #[server(default)] act: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let resource: ResourceId = id(&request, &resource)?;
    let mut form = Form::new(&request);
    let act = form.field("act", ResourceAct::parse(&act).ok_or(Problem::ChoiceMissing));
    let Some(act) = act else { return Err(form.refused()) };
    let decided = resources::decide(&request.services, actor, &slug, resource, act, &reason).await;
    let shown = answer(&request, decided)?;
    redirect(&format!("/zone/{slug}/resources/{shown}?done={}", act.as_str()));
    Ok(())
}

/// Destroys a resource: a member their own suggestion, a lead what is not in use any more.
#[server(prefix = "/api", endpoint = "zone/remove_resource")]
pub async fn remove_resource(area: String, resource: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &area)?);
    let resource: ResourceId = id(&request, &resource)?;
    answer(&request, resources::remove_for_good(&request.services, actor, &slug, resource).await)?;
    redirect(&format!("/zone/{slug}/resources?done=removed&of={resource}"));
    Ok(())
}
