//! The cohorts of an organisation, and their tutors.

use domain::organisations::{CohortTutors, OrganisationCohorts};
use leptos::prelude::*;

use crate::{
    kit::api::{ApiError, Wire},
    organisations::forms::NewCohortForm,
};
#[cfg(feature = "ssr")]
use {
    super::id,
    crate::kit::api::{answer, request, slug},
    domain::accounts::PersonId,
    leptos_axum::redirect,
    services::cohorts,
};

#[server(prefix = "/api", endpoint = "organisations/load_organisation_cohorts", protocol = Wire)]
pub async fn load_organisation_cohorts(organisation: String) -> Result<OrganisationCohorts, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    answer(&request, cohorts::organisation_cohorts(&request.services, actor, &slug).await)
}

#[server(prefix = "/api", endpoint = "organisations/make_cohort")]
pub async fn make_cohort(
    organisation: String,
    #[server(flatten)] form: NewCohortForm,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let made = cohorts::make_cohort(&request.services, actor, &slug, &form.read()).await;
    let cohort = answer(&request, made)?;
    redirect(&format!("/organisation/{slug}/cohorts/{cohort}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/load_cohort_tutors", protocol = Wire)]
pub async fn load_cohort_tutors(organisation: String, cohort: String) -> Result<CohortTutors, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let cohort = id(&request, &cohort)?;
    answer(&request, cohorts::cohort_tutors(&request.services, actor, &slug, cohort).await)
}

#[server(prefix = "/api", endpoint = "organisations/give_tutor")]
pub async fn give_tutor(
    organisation: String,
    cohort: String,
    #[server(default)] email: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let cohort = id(&request, &cohort)?;
    let given = cohorts::give_tutor(&request.services, actor, &slug, cohort, &email, &reason).await;
    answer(&request, given)?;
    redirect(&format!("/organisation/{slug}/cohorts/{cohort}?done=given"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/take_back_tutor")]
pub async fn take_back_tutor(
    organisation: String,
    cohort: String,
    person: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let (cohort, person): (_, PersonId) = (id(&request, &cohort)?, id(&request, &person)?);
    let taken = cohorts::take_back_tutor(&request.services, actor, &slug, cohort, person, &reason).await;
    answer(&request, taken)?;
    redirect(&format!("/organisation/{slug}/cohorts/{cohort}?done=taken-back&of={person}"));
    Ok(())
}
