use std::sync::LazyLock;

use app::{App, shell};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Redirect, Response},
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};

use super::{WebState, guard, headers, kept};

/// Every page's route. Listed once for each process: while Leptos lists them, no page on any thread gets its data, and
/// would wait for ever.
static LISTED: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// The addresses of the pages, as the application names them.
pub fn addresses() -> impl Iterator<Item = &'static str> {
    LISTED.iter().map(AxumRouteListing::path)
}

/// A route for each page, behind the guard. Server functions have their own route: see [`super::functions`].
pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .leptos_routes_with_handler(LISTED.clone(), render)
        .route_layer(from_fn(guard::signed_in))
        .route_layer(from_fn(kept::mark))
}

/// Renders the whole page before its first byte goes out, so that its status is right and it works without scripts. An
/// unknown address gets the site's own page for that, with status 404.
pub(super) async fn render(State(state): State<WebState>, request: Request<Body>) -> Response {
    if fetched_ahead(&request) {
        // The page is not shown yet, and the opening of some pages is recorded. The browser asks again when it is
        // shown.
        return StatusCode::TOO_EARLY.into_response();
    }
    let options = state.leptos.clone();
    leptos_axum::render_app_async_with_context(policy, move || shell(options.clone()))(request).await
}

/// An address without a page. One with an extra slash redirects to the page without it.
pub(super) async fn nowhere(state: State<WebState>, request: Request<Body>) -> Response {
    let wanted = request.uri();
    let path = wanted.path().trim_end_matches('/');
    let trimmed = path.len() < wanted.path().len() && path.starts_with('/');
    if trimmed && !path.starts_with("//") && !path.contains('\\') && request.method().is_safe() {
        let query = wanted.query().map(|query| format!("?{query}")).unwrap_or_default();
        return Redirect::permanent(&format!("{path}{query}")).into_response();
    }
    render(state, request).await
}

/// Refuses a file that the person has not asked for yet: some downloads are recorded.
pub(super) async fn not_ahead(request: Request, next: Next) -> Response {
    if fetched_ahead(&request) { StatusCode::TOO_EARLY.into_response() } else { next.run(request).await }
}

/// Whether the browser asks before the person has followed the link.
fn fetched_ahead(request: &Request<Body>) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        let value = request.headers().get(*name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.contains("prefetch") || value.contains("prerender") || value.contains("preview")
    })
}

/// The page's policy names the nonce that its scripts carry.
fn policy() {
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    if let (Some(response), Ok(value)) =
        (use_context::<ResponseOptions>(), HeaderValue::from_str(&headers::content_policy(nonce.as_deref())))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}
