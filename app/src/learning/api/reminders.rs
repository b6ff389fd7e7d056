//! Reminders that a learner sets, and the calendar of their dates.

use domain::learning::OwnReminders;
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{Form, answer, request, unfinished},
    domain::{Problem, learning::RemindersWanted},
    leptos_axum::redirect,
    services::learning,
};

#[server(prefix = "/api", endpoint = "learning/load_own_reminders", protocol = Wire)]
pub async fn load_own_reminders() -> Result<OwnReminders, ApiError> {
    let request = request()?;
    answer(&request, learning::own_reminders(&request.services, request.actor()?).await)
}

/// Each is a number, or `never`.
#[server(prefix = "/api", endpoint = "learning/set_own_reminders")]
pub async fn set_own_reminders(
    #[server(default)] weekday: String,
    #[server(default)] days_before: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (weekday, days_before) = RemindersWanted::read(&weekday, &days_before);
    let mut form = Form::new(&request);
    let weekday = form.field("weekday", weekday.ok_or(Problem::ChooseOne));
    let days_before = form.field("days_before", days_before.ok_or(Problem::ChooseOne));
    let (Some(weekday), Some(days_before)) = (weekday, days_before) else { return Err(form.refused()) };
    let wanted = RemindersWanted { weekday, days_before };
    answer(&request, learning::set_own_reminders(&request.services, actor, wanted).await)?;
    redirect(if wanted.is_nothing() { "/account/reminders?done=off" } else { "/account/reminders?done=set" });
    Ok(())
}

/// Makes the token of the page the one of the calendar. The page is then drawn once more with it, and shows the whole address: it is stored
/// nowhere, and in no address of a page.
#[server(prefix = "/api", endpoint = "learning/make_calendar")]
pub async fn make_calendar(#[server(default)] calendar_token: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, learning::make_calendar(&request.services, actor, &calendar_token).await)?;
    Err(unfinished(&request))
}

#[server(prefix = "/api", endpoint = "learning/remove_calendar")]
pub async fn remove_calendar() -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, learning::remove_calendar(&request.services, request.actor()?).await)?;
    redirect("/account/reminders?done=removed");
    Ok(())
}

/// Stops the reminders of whoever got this token. The reply is the same for a token that nobody has.
#[server(prefix = "/api", endpoint = "learning/stop_own_reminders")]
pub async fn stop_own_reminders(token: String) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, learning::stop_own_reminders(&request.services, &token).await)?;
    redirect("/stop-own-reminders/done");
    Ok(())
}
