use axum::{
    extract::{Path, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use services::{Error, learning};

use super::WebState;

/// The longest name of a file that the build writes; the limit of most file systems.
const LONGEST_NAME: usize = 255;

/// An impossible file name is not found; the file system would report an error. So is a name without an extension: the
/// only file with such a name says which folder is current, and so it changes, but responses from there are cached for
/// ever.
pub(super) async fn file_name(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let name = path.rsplit('/').next().unwrap_or_default();
    if path.len() > LONGEST_NAME || !name.contains('.') {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}

/// `GET /media/{hash}.svg`: a figure of a course. Its policy allows it to be shown and to do nothing.
pub(super) async fn picture(State(state): State<WebState>, Path(file): Path<String>) -> Response {
    let hash = file.strip_suffix(".svg").unwrap_or_default();
    if hash.is_empty() || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match learning::media(&state.services, hash).await {
        Ok((content_type, body)) => {
            let headers = [
                (header::CONTENT_TYPE, content_type.as_str()),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
            ];
            (headers, body).into_response()
        }
        Err(Error::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(error) => {
            tracing::error!(%error, "could not read a picture");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
