use axum::{
    extract::{MatchedPath, Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header},
    middleware::Next,
    response::Response,
};
use tower_http::request_id::{MakeRequestId, RequestId};
use tracing::Instrument;
use uuid::Uuid;

use super::{WebState, functions};

const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A new id for each request: a client could send any other request's id.
#[derive(Clone, Copy)]
pub(super) struct NewRequestId;

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&Uuid::now_v7().to_string()).ok().map(RequestId::new)
    }
}

/// Removes the id that came with a request. After this every request has none, and gets a new one.
pub(super) async fn without_id(mut request: Request) -> Request {
    request.headers_mut().remove(REQUEST_ID_HEADER);
    request
}

/// The id of the request.
pub(super) fn request_id(request: &Request) -> String {
    let id = request.extensions().get::<RequestId>();
    id.and_then(|id| id.header_value().to_str().ok()).unwrap_or_default().to_owned()
}

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of the request that this task serves, for code without access to the request.
pub(super) fn current_request_id() -> String {
    REQUEST_ID.try_with(String::clone).unwrap_or_default()
}

/// One line in the log for each request: method, path (never the query, which may contain typed text), status, time.
pub(super) async fn trace(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let id = request_id(&request);
    let span = tracing::info_span!("request", request_id = id, method = %request.method());
    let path = without_secrets(route.as_deref(), request.uri().path());
    let probed = matches!(path.as_str(), "/healthz" | "/readyz");
    async move {
        let start = tokio::time::Instant::now();
        let response = REQUEST_ID.scope(id, next.run(request)).await;
        let (status, ms) = (response.status().as_u16(), start.elapsed().as_millis());
        if status >= 500 {
            tracing::error!(path, status, ms, "served");
        } else if path.starts_with("/pkg/") || path.starts_with("/fonts/") || probed && status == 200 {
            tracing::debug!(path, status, ms, "served");
        } else {
            tracing::info!(path, status, ms, "served");
        }
        response
    }
    .instrument(span)
    .await
}

/// A path in the form that may be logged. Links of mails contain a secret, and so do similar paths: one
/// with an extra slash, or a part of one. For an unknown route, nothing that may be a secret is logged; ids are not
/// secret.
pub(super) fn without_secrets(route: Option<&str>, path: &str) -> String {
    const SHORTEST: usize = 32;
    const SECRET: [&str; 9] = [
        "/choose-password",
        "/activate",
        "/stop-reminders",
        "/stop-messages",
        "/stop-cohort-reminders",
        "/stop-own-reminders",
        "/calendar",
        "/mail/stop",
        "/register",
    ];
    match route {
        Some(route) if SECRET.iter().any(|secret| route.starts_with(secret)) => route.to_owned(),
        Some(route) if route != functions::ROUTE => path.to_owned(),
        _ => {
            let parts = path.split('/').map(|part| {
                if part.len() >= SHORTEST && Uuid::try_parse(part).is_err() { "…" } else { part }
            });
            parts.collect::<Vec<_>>().join("/")
        }
    }
}

/// The policy of a page: what it may load and do. Scripts only with the nonce; styles only from files; nothing embedded,
/// nothing from anywhere else.
pub(super) fn content_policy(nonce: Option<&str>) -> String {
    let scripts = nonce.map(|nonce| format!(" 'nonce-{nonce}' 'wasm-unsafe-eval'")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// In Cache-Control, of what is not packed on its way: files that are packed already, and of which a browser asks for parts. A packed one has
/// neither parts nor a length.
pub(super) const AS_IT_IS: &str = "no-transform";

pub(super) fn may_be_packed(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let cached = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
    cached.is_none_or(|cached| !cached.contains(AS_IT_IS))
}

/// The policy of responses that are not documents: opened as one, they can run and frame nothing.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Sets the headers of every response. A page's own policy, with its nonce, is kept. Headers that matter only to a
/// document are not sent with a server function's reply to scripts: they would be most of a small reply.
pub(super) async fn secure(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let private = !(request.uri().path().starts_with("/pkg/") || request.uri().path().starts_with("/media/"));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let data = kind.is_some_and(|kind| kind.starts_with("application/json"));
    let policy = if data { DATA_POLICY.to_owned() } else { content_policy(None) };
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&policy)
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let of_all = [("x-content-type-options", "nosniff"), ("cross-origin-resource-policy", "same-origin")];
    let of_documents = [
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
        ),
    ];
    let of_documents = of_documents.into_iter().filter(|_| !data);
    for (name, value) in of_all.into_iter().chain(of_documents) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    // Only found files are cached: an error, or a folder's own address, is requested again.
    let found =
        matches!(response.status(), StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED);
    let headers = response.headers_mut();
    if !found {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let varies = headers
        .get_all(header::VARY)
        .iter()
        .any(|vary| vary.to_str().is_ok_and(|vary| vary.to_ascii_lowercase().contains("accept-encoding")));
    if !varies {
        // One browser can decode what another cannot.
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if private {
        // Shared computers: the back button must not show another person's page.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if state.cookies == app::kit::api::CookieStyle::Tls {
        let value = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_as_it_is_is_not_packed() {
        let packed = |cached: Option<&'static str>| {
            let cached = cached.map(|cached| (header::CACHE_CONTROL, HeaderValue::from_static(cached)));
            may_be_packed(StatusCode::OK, Version::HTTP_11, &cached.into_iter().collect(), &Extensions::new())
        };
        assert!(packed(None) && packed(Some("no-store")));
        assert!(!packed(Some("private, no-cache, no-transform")));
    }

    #[test]
    fn every_path_is_logged_and_no_secret() {
        let token = "q".repeat(43);
        let id = "0197c3a0-0000-7000-8000-000000000000";
        for (route, path, logged) in [
            (
                Some("/choose-password/{token}"),
                format!("/choose-password/{token}"),
                "/choose-password/{token}",
            ),
            (Some("/activate/{token}"), format!("/activate/{token}"), "/activate/{token}"),
            (Some("/stop-reminders/{token}"), format!("/stop-reminders/{token}"), "/stop-reminders/{token}"),
            (Some("/mail/stop/{token}"), format!("/mail/stop/{token}"), "/mail/stop/{token}"),
            (Some("/stop-messages/{token}"), format!("/stop-messages/{token}"), "/stop-messages/{token}"),
            (
                Some("/mail/stop-messages/{token}"),
                format!("/mail/stop-messages/{token}"),
                "/mail/stop-messages/{token}",
            ),
            (
                Some("/stop-cohort-reminders/{token}"),
                format!("/stop-cohort-reminders/{token}"),
                "/stop-cohort-reminders/{token}",
            ),
            (
                Some("/mail/stop-cohort-reminders/{token}"),
                format!("/mail/stop-cohort-reminders/{token}"),
                "/mail/stop-cohort-reminders/{token}",
            ),
            (
                Some("/mail/stop-own-reminders/{token}"),
                format!("/mail/stop-own-reminders/{token}"),
                "/mail/stop-own-reminders/{token}",
            ),
            (
                Some("/stop-own-reminders/{token}"),
                format!("/stop-own-reminders/{token}"),
                "/stop-own-reminders/{token}",
            ),
            (Some("/calendar/{file}"), format!("/calendar/{token}.ics"), "/calendar/{file}"),
            (None, format!("/calendar/{token}.ics/"), "/calendar/…/"),
            (Some("/register/{token}"), format!("/register/{token}"), "/register/{token}"),
            (None, format!("/choose-password/{token}/"), "/choose-password/…/"),
            (None, format!("//choose-password/{token}"), "//choose-password/…"),
            (None, format!("/choose-password/{token}/x"), "/choose-password/…/x"),
            (None, format!("/choose%2Dpassword/{token}%20"), "/choose%2Dpassword/…"),
            (None, format!("/choose-password%2F{token}"), "/…"),
            (
                None,
                format!("/assessments/sittings/{id}/nothing"),
                &*format!("/assessments/sittings/{id}/nothing"),
            ),
            (Some("/learn/{course}"), "/learn/quiz".to_owned(), "/learn/quiz"),
        ] {
            assert_eq!(without_secrets(route, &path), logged);
        }
    }
}
