use app::{App, shell};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::from_fn,
    response::Response,
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};

use super::{WebState, guard, headers};

/// A route for each page, behind the guard.
pub(super) fn routes(state: &WebState) -> Router<WebState> {
    let options = state.leptos.clone();
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(App), policy, move || shell(options.clone()))
        .route_layer(from_fn(guard::signed_in))
}

/// Every other address: the site's own page, which says that there is nothing here, with status 404.
pub(super) async fn not_found(State(state): State<WebState>, request: Request<Body>) -> Response {
    let options = state.leptos.clone();
    leptos_axum::render_app_async_with_context(policy, move || shell(options.clone()))(request).await
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
