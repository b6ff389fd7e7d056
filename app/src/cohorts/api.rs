//! The server functions of the cohorts area.

use domain::cohorts::{CohortDates, CohortPage, CohortProgress, CohortStudent, MyCohorts, Reminder};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{RequestContext, answer, request, unfinished},
    domain::{
        Problem,
        accounts::PersonId,
        cohorts::{CohortId, CohortsQuery, NoteId, ReminderId, StudentsQuery},
        learning::ModuleId,
    },
    leptos_axum::redirect,
    services::cohorts::{self, DateForm},
    std::str::FromStr,
};

/// An id from an address or a hidden field. A malformed one names nothing.
#[cfg(feature = "ssr")]
fn id<T: FromStr>(request: &RequestContext, text: &str) -> Result<T, ApiError> {
    text.parse().or_else(|_| answer(request, Err(services::Error::NotFound)))
}

/// A button said no word that the server knows.
#[cfg(feature = "ssr")]
fn unclear(request: &RequestContext, field: &str) -> ApiError {
    let words = "Load the page again, and use one of its buttons: it is not clear what you ask for";
    let problem = Problem::InWords { words: words.to_owned() };
    crate::kit::api::invalid(request, vec![domain::FieldProblem::new(field, problem)])
}

/// `query` is the query of the page's address, here and below.
#[server(prefix = "/api", endpoint = "cohorts/load_cohorts", protocol = Wire)]
pub async fn load_cohorts(#[server(default)] query: String) -> Result<MyCohorts, ApiError> {
    let request = request()?;
    let query = CohortsQuery::read(&query);
    answer(&request, cohorts::my_cohorts(&request.services, request.actor()?, &query).await)
}

#[server(prefix = "/api", endpoint = "cohorts/load_cohort", protocol = Wire)]
pub async fn load_cohort(cohort: String, #[server(default)] query: String) -> Result<CohortPage, ApiError> {
    let request = request()?;
    let (actor, cohort): (_, CohortId) = (request.actor()?, id(&request, &cohort)?);
    let query = StudentsQuery::read(&query);
    answer(&request, cohorts::cohort_page(&request.services, actor, cohort, &query).await)
}

#[server(prefix = "/api", endpoint = "cohorts/load_cohort_progress", protocol = Wire)]
pub async fn load_cohort_progress(cohort: String) -> Result<CohortProgress, ApiError> {
    let request = request()?;
    let (actor, cohort): (_, CohortId) = (request.actor()?, id(&request, &cohort)?);
    answer(&request, cohorts::cohort_progress(&request.services, actor, cohort).await)
}

#[server(prefix = "/api", endpoint = "cohorts/load_cohort_dates", protocol = Wire)]
pub async fn load_cohort_dates(cohort: String) -> Result<CohortDates, ApiError> {
    let request = request()?;
    let (actor, cohort): (_, CohortId) = (request.actor()?, id(&request, &cohort)?);
    answer(&request, cohorts::cohort_dates(&request.services, actor, cohort).await)
}

/// The three lists have an entry for each module, in the same order: `was` is the date that the form was drawn with.
#[server(prefix = "/api", endpoint = "cohorts/set_cohort_dates")]
pub async fn set_cohort_dates(
    cohort: String,
    #[server(default)] modules: Vec<String>,
    #[server(default)] was: Vec<String>,
    #[server(default)] due: Vec<String>,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, cohort): (_, CohortId) = (request.actor()?, id(&request, &cohort)?);
    let mut dates = Vec::with_capacity(modules.len());
    for ((module, was), due) in modules.iter().zip(was).zip(due) {
        let module: ModuleId = id(&request, module)?;
        dates.push(DateForm { module, was, due });
    }
    answer(&request, cohorts::set_dates(&request.services, actor, cohort, &dates).await)?;
    redirect(&format!("/cohorts/{cohort}/dates?done=set"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "cohorts/load_cohort_student", protocol = Wire)]
pub async fn load_cohort_student(cohort: String, person: String) -> Result<CohortStudent, ApiError> {
    let request = request()?;
    let (cohort, person): (CohortId, PersonId) = (id(&request, &cohort)?, id(&request, &person)?);
    let student = cohorts::cohort_student(&request.services, request.actor()?, cohort, person).await;
    answer(&request, student)
}

#[server(prefix = "/api", endpoint = "cohorts/write_note")]
pub async fn write_note(
    cohort: String,
    person: String,
    #[server(default)] note: String,
    #[server(default)] form: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (cohort, person): (CohortId, PersonId) = (id(&request, &cohort)?, id(&request, &person)?);
    let written =
        cohorts::write_note(&request.services, actor, cohort, person, &note, form.parse().ok()).await;
    answer(&request, written)?;
    redirect(&format!("/cohorts/{cohort}/students/{person}?done=written"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "cohorts/remove_note")]
pub async fn remove_note(cohort: String, person: String, written: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (cohort, person): (CohortId, PersonId) = (id(&request, &cohort)?, id(&request, &person)?);
    let note: NoteId = id(&request, &written)?;
    let removed = cohorts::remove_note(&request.services, actor, cohort, person, note).await;
    answer(&request, removed)?;
    redirect(&format!("/cohorts/{cohort}/students/{person}?done=removed"));
    Ok(())
}

/// Begins a reminder to the ticked students. A button that only turns to another page of the list names it in `turn_to`.
#[server(prefix = "/api", endpoint = "cohorts/begin_reminder")]
pub async fn begin_reminder(
    cohort: String,
    #[server(default)] chosen: Vec<String>,
    #[server(default)] turn_to: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, cohort): (_, CohortId) = (request.actor()?, id(&request, &cohort)?);
    if !turn_to.is_empty() {
        return Err(unfinished(&request));
    }
    // What is no id is nobody of the cohort.
    let chosen: Vec<PersonId> = chosen.iter().filter_map(|person| person.parse().ok()).collect();
    let begun = cohorts::begin_reminder(&request.services, actor, cohort, &chosen).await;
    let reminder = answer(&request, begun)?;
    redirect(&format!("/cohorts/{cohort}/reminders/{reminder}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "cohorts/load_reminder", protocol = Wire)]
pub async fn load_reminder(cohort: String, reminder: String) -> Result<Reminder, ApiError> {
    let request = request()?;
    let (cohort, reminder): (CohortId, ReminderId) = (id(&request, &cohort)?, id(&request, &reminder)?);
    let found = cohorts::reminder_page(&request.services, request.actor()?, cohort, reminder).await;
    answer(&request, found)
}

/// `act` is the pressed button: `preview` keeps the text, and `send` sends it to those who were chosen when the page was drawn, of which it says
/// `seen`.
#[server(prefix = "/api", endpoint = "cohorts/send_reminder")]
pub async fn send_reminder(
    cohort: String,
    reminder: String,
    #[server(default)] reminder_text: String,
    #[server(default)] act: String,
    #[server(default)] seen: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (cohort, reminder): (CohortId, ReminderId) = (id(&request, &cohort)?, id(&request, &reminder)?);
    let services = &request.services;
    let done = match act.as_str() {
        "preview" => {
            answer(
                &request,
                cohorts::save_reminder(services, actor, cohort, reminder, &reminder_text).await,
            )?;
            "saved"
        }
        "send" => {
            let seen = seen.parse().ok();
            let sent = cohorts::send_reminder(services, actor, cohort, reminder, &reminder_text, seen).await;
            answer(&request, sent)?;
            "sent"
        }
        _ => return Err(unclear(&request, "reminder_text")),
    };
    redirect(&format!("/cohorts/{cohort}/reminders/{reminder}?done={done}"));
    Ok(())
}

/// Takes no more reminders from tutors. The reply is the same for a token that nobody has.
#[server(prefix = "/api", endpoint = "cohorts/stop_cohort_reminders")]
pub async fn stop_cohort_reminders(token: String) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, cohorts::stop_reminders(&request.services, &token).await)?;
    redirect("/stop-cohort-reminders/done");
    Ok(())
}

/// From the account: `takes_reminders` is the pressed button, `yes` or `no`.
#[server(prefix = "/api", endpoint = "cohorts/take_cohort_reminders")]
pub async fn take_cohort_reminders(#[server(default)] takes_reminders: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let takes = match takes_reminders.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(unclear(&request, "takes_reminders")),
    };
    answer(&request, cohorts::take_reminders(&request.services, actor, takes).await)?;
    redirect(if takes { "/account?done=reminders" } else { "/account?done=no-reminders" });
    Ok(())
}
