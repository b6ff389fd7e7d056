//! The calendar of a learner's dates. A calendar program reads it without a session: the token in the address says whose dates they are, and can
//! do nothing else. Reading it changes nothing, and the address is in no log (`headers::without_secrets`).

use std::fmt::Write as _;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use services::{Error, kit::random, learning};

use super::WebState;

/// `GET /calendar/{token}.ics`. A program may keep it, and asks each time whether it has changed. A token that nobody has, or has any more, is
/// not found.
pub(super) async fn feed(
    State(state): State<WebState>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(token) = file.strip_suffix(".ics") else { return StatusCode::NOT_FOUND.into_response() };
    let calendar = match learning::calendar_feed(&state.services, token).await {
        Ok(calendar) => calendar,
        Err(Error::Unavailable(_)) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(Error::Failed(error)) => {
            tracing::error!(%error, "could not make a calendar");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        Err(_) => return StatusCode::NOT_FOUND.into_response(),
    };
    let hash = random::hash(&calendar).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    // Weak, because it is packed on its way.
    let tag = format!("W/\"{hash}\"");
    let kept = [(header::CACHE_CONTROL, "private, no-cache"), (header::ETAG, tag.as_str())];
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|tags| {
        tags.to_str()
            .is_ok_and(|tags| tags.split(',').any(|known| known.trim().trim_matches(['W', '/', '"']) == hash))
    });
    if known {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let shown = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"dates.ics\""),
    ];
    (kept, shown, calendar).into_response()
}
