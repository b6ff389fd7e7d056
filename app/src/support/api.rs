//! The server functions of support. `person` is the id in the page's address.

use domain::{
    learning::Comments,
    support::{AuditLog, FindPeople, SupportedPerson},
};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{RequestContext, answer, request},
    domain::{
        accounts::PersonId,
        learning::CommentsQuery,
        support::{FindQuery, LogQuery},
    },
    leptos_axum::redirect,
    services::{learning, support},
};

/// An id from an address or a hidden field. A malformed one names nobody.
#[cfg(feature = "ssr")]
fn id(request: &RequestContext, text: &str) -> Result<PersonId, ApiError> {
    text.parse().or_else(|_| answer(request, Err(services::Error::NotFound)))
}

/// `query` is the query of the page's address, here and below.
#[server(prefix = "/api", endpoint = "support/search_people", protocol = Wire)]
pub async fn search_people(#[server(default)] query: String) -> Result<FindPeople, ApiError> {
    let request = request()?;
    let query = FindQuery::read(&query);
    answer(&request, support::find_people(&request.services, request.actor()?, &query).await)
}

#[server(prefix = "/api", endpoint = "support/load_person", protocol = Wire)]
pub async fn load_person(person: String) -> Result<SupportedPerson, ApiError> {
    let request = request()?;
    let (actor, person) = (request.actor()?, id(&request, &person)?);
    answer(&request, support::person_page(&request.services, actor, person).await)
}

#[server(prefix = "/api", endpoint = "support/load_log", protocol = Wire)]
pub async fn load_log(#[server(default)] query: String) -> Result<AuditLog, ApiError> {
    let request = request()?;
    let query = LogQuery::read(&query);
    answer(&request, support::audit_log(&request.services, request.actor()?, &query).await)
}

#[server(prefix = "/api", endpoint = "support/load_comments", protocol = Wire)]
pub async fn load_comments(#[server(default)] query: String) -> Result<Comments, ApiError> {
    let request = request()?;
    let query = CommentsQuery::read(&query);
    answer(&request, learning::comments(&request.services, request.actor()?, &query).await)
}

#[server(prefix = "/api", endpoint = "support/unlock")]
pub async fn unlock(person: String, #[server(default)] unlock_reason: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, person) = (request.actor()?, id(&request, &person)?);
    let ended = support::unlock(&request.services, actor, person, &unlock_reason).await;
    let done = if answer(&request, ended)? { "unlocked" } else { "no-wait" };
    redirect(&format!("/support/people/{person}?done={done}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "support/send_mail")]
pub async fn send_mail(person: String, #[server(default)] mail_reason: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, person) = (request.actor()?, id(&request, &person)?);
    let queued = support::send_mail(&request.services, actor, person, &mail_reason).await;
    let done = if answer(&request, queued)? { "sent" } else { "enough" };
    redirect(&format!("/support/people/{person}?done={done}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "support/end_second_factor")]
pub async fn end_second_factor(
    person: String,
    #[server(default)] factor_reason: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, person) = (request.actor()?, id(&request, &person)?);
    let ended = support::end_second_factor(&request.services, actor, person, &factor_reason).await;
    let done = if answer(&request, ended)? { "factor-ended" } else { "no-factor" };
    redirect(&format!("/support/people/{person}?done={done}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "support/end_sessions")]
pub async fn end_sessions(
    person: String,
    #[server(default)] sessions_reason: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, person) = (request.actor()?, id(&request, &person)?);
    let ended = support::end_sessions(&request.services, actor, person, &sessions_reason).await;
    let done = if answer(&request, ended)? { "signed-out" } else { "no-devices" };
    redirect(&format!("/support/people/{person}?done={done}"));
    Ok(())
}

/// `lead_area` is the id of an area of NMP Zone.
#[server(prefix = "/api", endpoint = "support/appoint_lead")]
pub async fn appoint_lead(
    person: String,
    #[server(default)] lead_area: String,
    #[server(default)] lead_reason: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, person) = (request.actor()?, id(&request, &person)?);
    let appointed = support::appoint_lead(&request.services, actor, person, &lead_area, &lead_reason).await;
    answer(&request, appointed)?;
    redirect(&format!("/support/people/{person}?done=appointed"));
    Ok(())
}

/// `role` names the role and its scope, as the page does.
#[server(prefix = "/api", endpoint = "support/take_back_role")]
pub async fn take_back_role(
    person: String,
    #[server(default)] role: String,
    #[server(default)] role_reason: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, person) = (request.actor()?, id(&request, &person)?);
    let taken = support::take_back_role(&request.services, actor, person, &role, &role_reason).await;
    answer(&request, taken)?;
    redirect(&format!("/support/people/{person}?done=taken-back&of={role}"));
    Ok(())
}
