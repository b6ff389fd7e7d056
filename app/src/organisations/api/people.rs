//! Who belongs to an organisation: the list, one person by hand, and what a person says about it.

use domain::organisations::OrganisationPeople;
use leptos::prelude::*;

use crate::{
    kit::api::{ApiError, Wire},
    organisations::forms::PersonForm,
};
#[cfg(feature = "ssr")]
use {
    super::{id, one_of},
    crate::kit::{
        api::{Form, answer, request, slug},
        list::with,
    },
    domain::{
        accounts::PersonId,
        learning::Slug,
        organisations::{OrganisationId, PeopleQuery},
    },
    leptos_axum::redirect,
    services::organisations,
};

/// `query` is the query of the page's address, here and below.
#[server(prefix = "/api", endpoint = "organisations/load_people", protocol = Wire)]
pub async fn load_people(
    organisation: String,
    #[server(default)] query: String,
) -> Result<OrganisationPeople, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let query = PeopleQuery::read(&query);
    answer(&request, organisations::people_page(&request.services, actor, &slug, &query).await)
}

/// The list as it was on the page that a form is `from`, with what was done.
#[cfg(feature = "ssr")]
fn listed(slug: &Slug, from: &str, done: &str) -> String {
    let query = from.split_once('?').map_or("", |(_, query)| query);
    with(&PeopleQuery::read(query).first().link(&format!("/organisation/{slug}/people")), done)
}

#[server(prefix = "/api", endpoint = "organisations/resend_activation")]
pub async fn resend_activation(
    organisation: String,
    person: String,
    #[server(default)] from: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let person = id(&request, &person)?;
    let sent = organisations::resend_activation(&request.services, actor, &slug, person).await;
    answer(&request, sent)?;
    redirect(&listed(&slug, &from, "done=resent"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/resend_all_activations")]
pub async fn resend_all_activations(
    organisation: String,
    #[server(default)] from: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    answer(&request, organisations::resend_all_activations(&request.services, actor, &slug).await)?;
    redirect(&listed(&slug, &from, "done=all-resent"));
    Ok(())
}

/// Ends the membership of a person, or takes the question back whether they belong to the organisation.
#[server(prefix = "/api", endpoint = "organisations/end_membership")]
pub async fn end_membership(
    organisation: String,
    person: String,
    #[server(default)] from: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let person: PersonId = id(&request, &person)?;
    answer(&request, organisations::end_membership(&request.services, actor, &slug, person).await)?;
    redirect(&listed(&slug, &from, &format!("done=ended&of={person}")));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/add_person")]
pub async fn add_person(organisation: String, #[server(flatten)] person: PersonForm) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let added = organisations::add_person(&request.services, actor, &slug, person.read()).await;
    let upload = answer(&request, added)?;
    redirect(&format!("/organisation/{slug}/uploads/{upload}"));
    Ok(())
}

/// The signed-in person says whether they belong to an organisation, which is named by its id.
#[server(prefix = "/api", endpoint = "organisations/answer_membership")]
pub async fn answer_membership(
    organisation: String,
    #[server(default)] agrees: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation = id(&request, &organisation)?;
    let mut form = Form::new(&request);
    let Some(agrees) = form.field("agrees", one_of(&agrees, "yes", "no")) else { return Err(form.refused()) };
    answer(&request, organisations::answer_membership(&request.services, actor, organisation, agrees).await)?;
    redirect(if agrees { "/account?done=joined" } else { "/account?done=declined" });
    Ok(())
}

/// The signed-in person leaves an organisation, which is named by its id.
#[server(prefix = "/api", endpoint = "organisations/leave_organisation")]
pub async fn leave_organisation(organisation: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation: OrganisationId = id(&request, &organisation)?;
    answer(&request, organisations::leave_organisation(&request.services, actor, organisation).await)?;
    redirect(&format!("/account?done=left&of={organisation}"));
    Ok(())
}
