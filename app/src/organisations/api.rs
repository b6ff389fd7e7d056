//! The server functions of the organisations area. `organisation` is the name in its address, everywhere.

use domain::{
    learning::OrganisationFeedback,
    organisations::{
        CohortTutors, OrganisationCohorts, OrganisationCourses, OrganisationPage, OrganisationPeople,
        OrganisationReport, Sponsored, UploadPage, Uploads,
    },
};
use leptos::prelude::*;

use super::forms::{NewCohortForm, PersonForm};
use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{Form, RequestContext, answer, request, slug},
    domain::{
        Problem,
        accounts::PersonId,
        organisations::{
            OrganisationId, PeopleQuery, ReportQuery, RowsQuery, SponsorCode, SponsorConsent, SponsoredQuery,
            UploadsQuery,
        },
    },
    leptos_axum::redirect,
    services::{
        cohorts, learning,
        organisations::{self, FileSaid},
    },
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
    Err(Problem::FileRefused { words: words.to_owned() })
}

/// What the page of an upload says where it was confirmed before the form arrived.
#[cfg(feature = "ssr")]
fn done_before(in_time: bool) -> &'static str {
    if in_time { "" } else { "?done=before" }
}

#[server(prefix = "/api", endpoint = "organisations/load_organisation", protocol = Wire)]
pub async fn load_organisation(organisation: String) -> Result<OrganisationPage, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    answer(&request, organisations::organisation_page(&request.services, actor, &slug).await)
}

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

#[server(prefix = "/api", endpoint = "organisations/resend_activation")]
pub async fn resend_activation(organisation: String, person: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let person = id(&request, &person)?;
    let sent = organisations::resend_activation(&request.services, actor, &slug, person).await;
    answer(&request, sent)?;
    redirect(&format!("/organisation/{slug}/people?done=resent"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/resend_all_activations")]
pub async fn resend_all_activations(organisation: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    answer(&request, organisations::resend_all_activations(&request.services, actor, &slug).await)?;
    redirect(&format!("/organisation/{slug}/people?done=all-resent"));
    Ok(())
}

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
    let person = id(&request, &person)?;
    answer(&request, organisations::confirm_sponsored(&request.services, actor, &slug, person).await)?;
    redirect(&format!("/organisation/{slug}/sponsored?done=confirmed"));
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
    redirect(&format!("/organisation/{slug}/sponsored?done=ended"));
    Ok(())
}

/// Ends the membership of a person, or takes the question back whether they belong to the organisation.
#[server(prefix = "/api", endpoint = "organisations/end_membership")]
pub async fn end_membership(organisation: String, person: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let person = id(&request, &person)?;
    answer(&request, organisations::end_membership(&request.services, actor, &slug, person).await)?;
    redirect(&format!("/organisation/{slug}/people?done=ended"));
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
    let (cohort, person) = (id(&request, &cohort)?, id(&request, &person)?);
    let taken = cohorts::take_back_tutor(&request.services, actor, &slug, cohort, person, &reason).await;
    answer(&request, taken)?;
    redirect(&format!("/organisation/{slug}/cohorts/{cohort}?done=taken-back"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/load_organisation_courses", protocol = Wire)]
pub async fn load_organisation_courses(organisation: String) -> Result<OrganisationCourses, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    answer(&request, organisations::courses_page(&request.services, actor, &slug).await)
}

/// `to` is an [`Audience`](domain::organisations::Audience) as text.
#[server(prefix = "/api", endpoint = "organisations/assign_course")]
pub async fn assign_course(
    organisation: String,
    #[server(default)] course: String,
    #[server(default)] to: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let given = organisations::assign_course(&request.services, actor, &slug, &course, &to).await;
    match answer(&request, given)? {
        Some(assignment) => {
            redirect(&format!("/organisation/{slug}/courses?done=given&assignment={assignment}"));
        }
        None => redirect(&format!("/organisation/{slug}/courses?done=had")),
    }
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/take_back_course")]
pub async fn take_back_course(organisation: String, assignment: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let assignment = id(&request, &assignment)?;
    answer(&request, organisations::take_back_course(&request.services, actor, &slug, assignment).await)?;
    redirect(&format!("/organisation/{slug}/courses?done=taken-back"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/load_uploads", protocol = Wire)]
pub async fn load_uploads(
    organisation: String,
    #[server(default)] query: String,
) -> Result<Uploads, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let query = UploadsQuery::read(&query);
    answer(&request, organisations::uploads_page(&request.services, actor, &slug, &query).await)
}

#[server(prefix = "/api", endpoint = "organisations/load_upload", protocol = Wire)]
pub async fn load_upload(
    organisation: String,
    upload: String,
    #[server(default)] query: String,
) -> Result<UploadPage, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let (upload, query) = (id(&request, &upload)?, RowsQuery::read(&query));
    answer(&request, organisations::upload_page(&request.services, actor, &slug, upload, &query).await)
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
    let organisation = id(&request, &organisation)?;
    answer(&request, organisations::leave_organisation(&request.services, actor, organisation).await)?;
    redirect("/account?done=left");
    Ok(())
}

/// The signed-in person names the organisation that gave out this code as paying for them.
#[server(prefix = "/api", endpoint = "organisations/name_sponsor")]
pub async fn name_sponsor(#[server(default)] sponsor_code: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, organisations::name_sponsor(&request.services, actor, &sponsor_code).await)?;
    redirect("/account?done=named");
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
    let organisation = id(&request, &organisation)?;
    answer(&request, organisations::end_sponsor(&request.services, actor, organisation).await)?;
    redirect("/account?done=ended");
    Ok(())
}

/// `fields` has the word of what it tells for each column, in order, or an empty text; `sheet` the place of the sheet to read, where the
/// file has several.
#[server(prefix = "/api", endpoint = "organisations/match_columns")]
pub async fn match_columns(
    organisation: String,
    upload: String,
    #[server(default)] version: String,
    #[server(default)] sheet: String,
    #[server(default)] fields: Vec<String>,
    #[server(default)] linked: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let upload = id(&request, &upload)?;
    // A form that does not say its version shows none that exists.
    let version = version.parse().unwrap_or(u32::MAX);
    // One that is no place in a file is none of its sheets.
    let sheet = Some(sheet).filter(|sheet| !sheet.is_empty()).map(|sheet| sheet.parse().unwrap_or(u32::MAX));
    let file = FileSaid { sheet, fields, linked_addresses: linked == "true" };
    let matched = organisations::match_columns(&request.services, actor, &slug, upload, version, file).await;
    let in_time = answer(&request, matched)?;
    redirect(&format!("/organisation/{slug}/uploads/{upload}{}", done_before(in_time)));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/confirm_upload")]
pub async fn confirm_upload(
    organisation: String,
    upload: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let upload = id(&request, &upload)?;
    let version = version.parse().unwrap_or(u32::MAX);
    let confirmed = organisations::confirm_upload(&request.services, actor, &slug, upload, version).await;
    let in_time = answer(&request, confirmed)?;
    redirect(&format!("/organisation/{slug}/uploads/{upload}{}", done_before(in_time)));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/discard_upload")]
pub async fn discard_upload(organisation: String, upload: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let upload = id(&request, &upload)?;
    answer(&request, organisations::discard_upload(&request.services, actor, &slug, upload).await)?;
    redirect(&format!("/organisation/{slug}/uploads?done=discarded"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/undo_upload")]
pub async fn undo_upload(organisation: String, upload: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let upload = id(&request, &upload)?;
    let in_time = answer(&request, organisations::undo_upload(&request.services, actor, &slug, upload).await)?;
    let done = if in_time { "" } else { "?done=undone" };
    redirect(&format!("/organisation/{slug}/uploads/{upload}{done}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/load_feedback", protocol = Wire)]
pub async fn load_feedback(organisation: String) -> Result<OrganisationFeedback, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    answer(&request, learning::organisation_feedback(&request.services, actor, &slug).await)
}
