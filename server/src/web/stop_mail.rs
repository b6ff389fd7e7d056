//! The address in the header List-Unsubscribe of mail that a person can stop. A mail program posts to it when the
//! person presses its button, without cookies and without a page of ours (RFC 8058), so the check of the origin does not
//! apply: the token in the address says whose mail it is, and can do nothing else.

use axum::{
    extract::{Path, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use services::{Error, accounts};

use super::WebState;

/// `POST /mail/stop/{token}`: stops the reminders at once. The reply is the same for a token that nobody has.
pub(super) async fn stop(State(state): State<WebState>, Path(token): Path<String>) -> Response {
    match accounts::stop_reminders(&state.services, &token).await {
        Ok(()) => "No more reminders will come.\n".into_response(),
        // The mail program tries again.
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(error) => {
            tracing::error!(%error, "could not stop reminders");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `GET /mail/stop/{token}`, for a person whose mail program opens the address: a page with a button. It changes nothing.
pub(super) async fn page(uri: Uri) -> Redirect {
    let token = uri.path().rsplit('/').next().unwrap_or_default();
    Redirect::to(&format!("/stop-reminders/{token}"))
}
