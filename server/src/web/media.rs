use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use services::{Error, learning};

use super::WebState;

/// `GET /media/{hash}.svg`: a figure of a course. Its policy lets it be looked at and do nothing.
pub(super) async fn picture(State(state): State<WebState>, Path(file): Path<String>) -> Response {
    let hash = file.strip_suffix(".svg").unwrap_or_default();
    match learning::media(&state.services, hash).await {
        Ok((content_type, body)) => {
            let headers = [
                (header::CONTENT_TYPE, content_type.as_str()),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
            ];
            (headers, body).into_response()
        }
        Err(Error::NotFound) => uncached(StatusCode::NOT_FOUND),
        Err(Error::Unavailable(_)) => uncached(StatusCode::SERVICE_UNAVAILABLE),
        Err(error) => {
            tracing::error!(%error, "a picture could not be read");
            uncached(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn uncached(status: StatusCode) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}
