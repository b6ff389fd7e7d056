//! Reading pages that a browser keeps for reading without a network, and the files that it does so with. See
//! docs/offline.md.

use std::sync::Arc;

use app::kit::api::RequestContext;
use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use tower::ServiceBuilder;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use super::WebState;

/// The pages that may be kept, and no others.
const READING: [&str; 3] = ["/learn/{course}", "/learn/{course}/{module}", "/learn/{course}/{module}/{page}"];

/// Sent by `offline.js` when it fetches a page to keep it: nobody looks at it yet.
const TO_KEEP: &str = "x-to-keep";

/// In the response to that: the page may be kept, for this person.
const MAY_BE_KEPT: HeaderName = HeaderName::from_static("x-may-be-kept");

/// A browser asks for these each time whether they have changed: without that a new version would not be noticed, and the
/// worker is what answers when there is no network.
const ASKED_FOR: [&str; 4] = ["/worker.js", "/offline.js", "/manifest.webmanifest", "/icon.svg"];
const ICONS: [&str; 3] = ["/icon-192.png", "/icon-512.png", "/icon-maskable-512.png"];

/// Whether the request fetches a page to keep it. Such a request does not count as a look, so it must be for a page of a
/// course: looks at others are recorded.
pub(super) fn is_to_keep(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>();
    *request.method() == Method::GET
        && request.headers().contains_key(TO_KEEP)
        && path.is_some_and(|path| READING.contains(&path.as_str()))
}

/// Says that a page may be kept, and whose it is.
pub(super) async fn mark(request: Request, next: Next) -> Response {
    let context = request.extensions().get::<Arc<RequestContext>>().filter(|_| is_to_keep(&request));
    let owner = context.and_then(|context| Some(context.actor.as_ref()?.person().to_string()));
    let mut response = next.run(request).await;
    if response.status() == StatusCode::OK
        && let Some(owner) = owner.and_then(|owner| HeaderValue::from_str(&owner).ok())
    {
        response.headers_mut().insert(MAY_BE_KEPT, owner);
    }
    response
}

/// The worker, the script that asks for it, and what a device needs to show the site like a program.
pub(super) fn files(site_root: &str) -> Router<WebState> {
    let cached = |how: &'static str| {
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static(how))
    };
    let asked_for = ServiceBuilder::new().layer(cached("no-cache")).service(ServeDir::new(site_root));
    let icons =
        ServiceBuilder::new().layer(cached("public, max-age=86400")).service(ServeDir::new(site_root));
    let router =
        ASKED_FOR.iter().fold(Router::new(), |router, path| router.route_service(path, asked_for.clone()));
    ICONS.iter().fold(router, |router, path| router.route_service(path, icons.clone()))
}
