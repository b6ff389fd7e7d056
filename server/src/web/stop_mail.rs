//! The addresses in the header List-Unsubscribe of mail that a person can stop. A mail program posts to it when the
//! person presses its button, without cookies and without a page of ours (RFC 8058), so the check of the origin does not
//! apply: the token in the address says whose mail it is, and can do nothing else.

use axum::{
    extract::{Path, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use services::{Error, accounts, cohorts, learning, zone};

use super::WebState;

/// `POST /mail/stop/{token}`: stops the reminders at once. The reply is the same for a token that nobody has.
pub(super) async fn stop(State(state): State<WebState>, Path(token): Path<String>) -> Response {
    replied(accounts::stop_reminders(&state.services, &token).await, "No more reminders will come.\n")
}

/// `POST /mail/stop-messages/{token}`: the recipient takes no more messages of the members of an area. So it is here.
pub(super) async fn stop_messages(State(state): State<WebState>, Path(token): Path<String>) -> Response {
    replied(zone::messages::stop(&state.services, &token).await, "No more messages will come.\n")
}

/// `POST /mail/stop-cohort-reminders/{token}`: no tutor reminds the recipient any more. So it is here.
pub(super) async fn stop_cohort_reminders(
    State(state): State<WebState>,
    Path(token): Path<String>,
) -> Response {
    replied(cohorts::stop_reminders(&state.services, &token).await, "No more reminders will come.\n")
}

/// `POST /mail/stop-own-reminders/{token}`: the recipient gets none of the reminders that they have set. So it is here.
pub(super) async fn stop_own_reminders(State(state): State<WebState>, Path(token): Path<String>) -> Response {
    replied(learning::stop_own_reminders(&state.services, &token).await, "No more reminders will come.\n")
}

fn replied(stopped: services::Result<()>, words: &'static str) -> Response {
    match stopped {
        Ok(()) => words.into_response(),
        // The mail program tries again.
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(error) => {
            tracing::error!(%error, "could not stop mail");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `GET /mail/stop/{token}`, for a person whose mail program opens the address: a page with a button. It changes nothing.
pub(super) async fn page(uri: Uri) -> Redirect {
    Redirect::to(&format!("/stop-reminders/{}", token_of(&uri)))
}

/// `GET /mail/stop-messages/{token}`. The same.
pub(super) async fn page_of_messages(uri: Uri) -> Redirect {
    Redirect::to(&format!("/stop-messages/{}", token_of(&uri)))
}

/// `GET /mail/stop-cohort-reminders/{token}`. The same.
pub(super) async fn page_of_cohort_reminders(uri: Uri) -> Redirect {
    Redirect::to(&format!("/stop-cohort-reminders/{}", token_of(&uri)))
}

/// `GET /mail/stop-own-reminders/{token}`. The same.
pub(super) async fn page_of_own_reminders(uri: Uri) -> Redirect {
    Redirect::to(&format!("/stop-own-reminders/{}", token_of(&uri)))
}

fn token_of(uri: &Uri) -> &str {
    uri.path().rsplit('/').next().unwrap_or_default()
}
