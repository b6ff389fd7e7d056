//! Learners for whom an organisation pays: what it does, and what they do.

use domain::organisations::Sponsored;
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::{id, one_of},
    crate::kit::api::{Form, answer, request, slug},
    domain::{
        accounts::PersonId,
        organisations::{OrganisationId, SponsorCode, SponsorConsent, SponsorState, SponsoredQuery},
    },
    leptos_axum::redirect,
    services::organisations,
};

#[server(prefix = "/api", endpoint = "organisations/load_sponsored", protocol = Wire)]
pub async fn load_sponsored(
    organisation: String,
    #[server(default)] query: String,
) -> Result<Sponsored, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let query = SponsoredQuery::read(&query);
    answer(&request, organisations::sponsored_page(&request.services, actor, &slug, &query).await)
}

/// Gives out a code by which learners name the organisation, or none. `shown` is the code that the form stood beside, if any.
#[server(prefix = "/api", endpoint = "organisations/give_out_code")]
pub async fn give_out_code(
    organisation: String,
    #[server(default)] offered: String,
    #[server(default)] shown: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let mut form = Form::new(&request);
    let offered = form.field("offered", one_of(&offered, "yes", "no"));
    let shown = form.field("offered", SponsorCode::parse_if_typed(&shown));
    let (Some(offered), Some(shown)) = (offered, shown) else { return Err(form.refused()) };
    let given = organisations::give_out_code(&request.services, actor, &slug, offered, shown.as_ref()).await;
    answer(&request, given)?;
    let done = if offered { "code" } else { "no-code" };
    redirect(&format!("/organisation/{slug}/sponsored?done={done}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/confirm_sponsored")]
pub async fn confirm_sponsored(organisation: String, person: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let person: PersonId = id(&request, &person)?;
    answer(&request, organisations::confirm_sponsored(&request.services, actor, &slug, person).await)?;
    redirect(&format!("/organisation/{slug}/sponsored?done=confirmed&of={person}"));
    Ok(())
}

/// The organisation refuses to pay for a learner, or ends it. `state` is "confirmed" where the form showed that it pays, and otherwise
/// "waiting".
#[server(prefix = "/api", endpoint = "organisations/end_sponsored")]
pub async fn end_sponsored(
    organisation: String,
    person: String,
    #[server(default)] state: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let person: PersonId = id(&request, &person)?;
    let mut form = Form::new(&request);
    let state = form.field(&format!("end-{person}"), one_of(&state, "confirmed", "waiting"));
    let Some(confirmed) = state else { return Err(form.refused()) };
    let ended = organisations::end_sponsored(&request.services, actor, &slug, person, confirmed).await;
    answer(&request, ended)?;
    redirect(&format!("/organisation/{slug}/sponsored?done=ended&of={person}"));
    Ok(())
}

/// The signed-in person names the organisation that gave out this code as paying for them.
#[server(prefix = "/api", endpoint = "organisations/name_sponsor")]
pub async fn name_sponsor(#[server(default)] sponsor_code: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let named = organisations::name_sponsor(&request.services, actor, &sponsor_code).await;
    redirect(match answer(&request, named)? {
        SponsorState::Confirmed => "/account?done=paid",
        SponsorState::Asked => "/account?done=consented",
        SponsorState::Named | SponsorState::Ended => "/account?done=named",
    });
    Ok(())
}

/// `agreed_to` is the version of the text that the form has shown.
#[server(prefix = "/api", endpoint = "organisations/consent_to_sponsor")]
pub async fn consent_to_sponsor(
    organisation: String,
    #[server(default)] agreed_to: String,
    #[server(default)] sponsor_consent: bool,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation: OrganisationId = id(&request, &organisation)?;
    let mut form = Form::new(&request);
    let consent = SponsorConsent::parse(sponsor_consent, &agreed_to);
    // The page may ask about several organisations, each with a box of its own.
    let field = format!("sponsor_consent-{organisation}");
    let Some(consent) = form.field(&field, consent) else { return Err(form.refused()) };
    let given = organisations::consent_to_sponsor(&request.services, actor, organisation, consent).await;
    answer(&request, given)?;
    redirect("/account?done=consented");
    Ok(())
}

/// The signed-in person ends it: the organisation sees nothing any more.
#[server(prefix = "/api", endpoint = "organisations/end_sponsor")]
pub async fn end_sponsor(organisation: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation: OrganisationId = id(&request, &organisation)?;
    answer(&request, organisations::end_sponsor(&request.services, actor, organisation).await)?;
    redirect(&format!("/account?done=ended&of={organisation}"));
    Ok(())
}
