//! The server functions of the organisations area. `organisation` is the name in its address, everywhere.

pub mod cohorts;
pub mod courses;
pub mod people;
pub mod sponsors;
pub mod uploads;

use domain::{
    learning::OrganisationFeedback,
    organisations::{OrganisationPage, OrganisationReport},
};
use leptos::prelude::*;

pub use self::{
    cohorts::{GiveTutor, MakeCohort, TakeBackTutor, load_cohort_tutors, load_organisation_cohorts},
    courses::{AssignCourse, TakeBackCourse, load_organisation_courses},
    people::{
        AddPerson, AnswerMembership, EndMembership, LeaveOrganisation, ResendActivation,
        ResendAllActivations, load_people,
    },
    sponsors::{
        ConfirmSponsored, ConsentToSponsor, EndSponsor, EndSponsored, GiveOutCode, NameSponsor,
        load_sponsored,
    },
    uploads::{ConfirmUpload, DiscardUpload, MatchColumns, UndoUpload, load_upload, load_uploads},
};
use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{RequestContext, answer, request, slug},
    domain::{Problem, organisations::ReportQuery},
    services::{learning, organisations},
    std::str::FromStr,
};

/// An id from an address or a hidden field. A malformed one names nothing.
#[cfg(feature = "ssr")]
fn id<T: FromStr>(request: &RequestContext, text: &str) -> Result<T, ApiError> {
    text.parse().or_else(|_| answer(request, Err(services::Error::NotFound)))
}

/// What a button says, in one of two words. No other word is taken for one of them.
#[cfg(feature = "ssr")]
fn one_of(said: &str, yes: &str, no: &str) -> Result<bool, Problem> {
    if said == yes || said == no {
        return Ok(said == yes);
    }
    let words = "Load the page again, and use one of its buttons: it is not clear what you ask for";
    Err(Problem::InWords { words: words.to_owned() })
}

#[server(prefix = "/api", endpoint = "organisations/load_organisation", protocol = Wire)]
pub async fn load_organisation(organisation: String) -> Result<OrganisationPage, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    answer(&request, organisations::organisation_page(&request.services, actor, &slug).await)
}

#[server(prefix = "/api", endpoint = "organisations/load_report", protocol = Wire)]
pub async fn load_report(
    organisation: String,
    #[server(default)] query: String,
) -> Result<OrganisationReport, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let query = ReportQuery::read(&query);
    answer(&request, organisations::report_page(&request.services, actor, &slug, &query).await)
}

#[server(prefix = "/api", endpoint = "organisations/load_feedback", protocol = Wire)]
pub async fn load_feedback(organisation: String) -> Result<OrganisationFeedback, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    answer(&request, learning::organisation_feedback(&request.services, actor, &slug).await)
}
