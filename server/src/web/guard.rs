use std::sync::Arc;

use app::kit::api::RequestContext;
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use services::accounts::Needs;

use super::{WebState, downloads, headers};

/// Refuses every request that changes something unless it comes from a page of this site. Server functions have no
/// check of their own; session cookies are SameSite=Lax besides.
pub(super) async fn same_origin(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || from_this_site(request.headers(), &state.origin) {
        next.run(request).await
    } else {
        let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let path = headers::without_secrets(route, request.uri().path());
        tracing::warn!(path, "refused: not from a page of this site");
        state.plain.refused(StatusCode::FORBIDDEN, request.headers(), &headers::request_id(&request))
    }
}

/// Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`. A client that sends neither is not a browser with one
/// of our pages.
fn from_this_site(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    match (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(from)) => from == origin,
        (None, None) => false,
    }
}

/// Sends a visitor who is not signed in to the sign-in page, before any of the page is rendered; and who has signed in
/// without the second factor to the page that asks for it.
pub(super) async fn signed_in(request: Request, next: Next) -> Response {
    let context = request.extensions().get::<Arc<RequestContext>>();
    let actor = context.is_some_and(|context| context.actor.is_some());
    let half_open = context.and_then(|context| context.half_open);
    let path = request.uri().path();
    let is_open = match half_open {
        Some(half) => {
            path == page_of_step(half.needs()) || !(LED_ON.contains(&path) || app::needs_sign_in(path))
        }
        None => actor || !app::needs_sign_in(path),
    };
    if is_open {
        return next.run(request).await;
    }
    // A file would be downloaded after signing in, and leave the form where it is: the page that offers it comes instead.
    let is_file =
        request.extensions().get::<MatchedPath>().is_some_and(|path| downloads::is_file(path.as_str()));
    let wanted = match request.uri().path_and_query() {
        _ if is_file => downloads::page_of(request.uri()),
        wanted => wanted.map_or("/", |path| path.as_str()).to_owned(),
    };
    // From the start, a paper that they sit comes first.
    let sits = half_open.filter(|_| LED_ON.contains(&path)).and_then(|half| half.sits());
    if let Some(sitting) = sits {
        return Redirect::to(&format!("/assessments/sittings/{sitting}")).into_response();
    }
    let next: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    let page = half_open.map_or("/sign-in", |half| page_of_step(half.needs()));
    Redirect::to(&format!("{page}?next={next}")).into_response()
}

/// Open pages that make no sense after the password and before the second factor.
const LED_ON: [&str; 2] = ["/", "/sign-in"];

/// The one page of a half open session.
fn page_of_step(needs: Needs) -> &'static str {
    match needs {
        Needs::Code => app::accounts::ENTER_CODE,
        Needs::SetUp => app::accounts::SECOND_FACTOR,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_this_sites_own_pages_may_change_anything() {
        let site = "https://learning.example";
        for (fetch_site, origin, taken) in [
            (None, None, false),
            (Some("cross-site"), Some(site), false),
            (Some("same-site"), Some(site), false),
            (Some("none"), None, false),
            (None, Some("https://learning.example.evil"), false),
            (None, Some("http://learning.example"), false),
            (None, Some("null"), false),
            (Some("same-origin"), None, true),
            (Some("same-origin"), Some(site), true),
            (None, Some(site), true),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("sec-fetch-site", fetch_site), ("origin", origin)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            assert_eq!(from_this_site(&headers, site), taken, "{fetch_site:?} {origin:?}");
        }
    }
}
