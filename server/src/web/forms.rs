//! A form that a browser sends by itself, because scripts are off or not there yet. What is wrong with it is the answer to its POST:
//! the page that the form is on, with what was typed. A form that was taken leads to another page.

use std::sync::Arc;

use app::kit::api::{ApiError, ErrorKind, RequestContext, Returned, Sent};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::{prelude::FromServerFnError, server_fn::redirect::REDIRECT_HEADER};
use url::{Position, Url};

use super::{WebState, pages, plain};

/// The field of every form that names its page: browsers do not always say where they come from.
const FROM: &str = "from";

/// Runs the server function. Scripts get its answer as it is.
pub(super) async fn answer(
    state: &WebState,
    context: &RequestContext,
    path: &str,
    mut parts: Parts,
    sent: Bytes,
) -> Response {
    if !plain::wants_page(&parts.headers) {
        return run(parts, sent).await;
    }
    let page = page_of(&parts.headers, &sent);
    let headers = parts.headers.clone();
    // So that the error comes as it is, and not in an address.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut response = run(parts, sent.clone()).await;
    if response.headers_mut().remove(REDIRECT_HEADER).is_some() {
        *response.status_mut() = StatusCode::FOUND;
        return response;
    }
    if response.status().is_success() {
        let page = page.unwrap_or_else(|| "/".to_owned());
        return (StatusCode::FOUND, [(header::LOCATION, page)]).into_response();
    }
    let body = to_bytes(std::mem::take(response.body_mut()), usize::MAX).await.unwrap_or_default();
    let error = ApiError::de(body);
    match page {
        Some(page) => page_again(state, context, headers, page, path, error, &sent).await,
        None => state.plain.returned(&error),
    }
}

async fn run(parts: Parts, sent: Bytes) -> Response {
    leptos_axum::handle_server_fns(Request::from_parts(parts, Body::from(sent))).await.into_response()
}

/// The page that the form is on, as it is with what came of it.
async fn page_again(
    state: &WebState,
    context: &RequestContext,
    mut headers: HeaderMap,
    page: String,
    path: &str,
    error: ApiError,
    sent: &[u8],
) -> Response {
    let Ok(uri) = page.parse::<Uri>() else { return state.plain.returned(&error) };
    let typed = url::form_urlencoded::parse(sent).into_owned().collect();
    let returned = Returned::new(path, error.clone(), typed);
    for of_form in [header::CONTENT_LENGTH, header::CONTENT_TYPE] {
        headers.remove(of_form);
    }
    let mut request = Request::new(Body::empty());
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (Method::GET, uri, headers);
    let context = RequestContext { sent: Some(Sent { page, returned }), ..context.clone() };
    request.extensions_mut().insert(Arc::new(context));
    let mut response = pages::render(State(state.clone()), request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return state.plain.returned(&error);
    }
    // Where the page says something else, that stands.
    if response.status() == StatusCode::OK && error.kind != ErrorKind::Unfinished {
        *response.status_mut() = error.kind.status();
    }
    response
}

/// Whoever is not signed in any more goes back to the page that the form is on, which asks to sign in first.
/// What was sent is waited for only where it says which page that is.
pub(super) async fn signed_out(
    state: &WebState,
    context: &RequestContext,
    asked: &HeaderMap,
    sent: impl Future<Output = Result<Bytes, StatusCode>>,
) -> Response {
    if !plain::wants_page(asked) {
        return state.plain.refused(StatusCode::UNAUTHORIZED, asked, &context.request_id);
    }
    let page = page_of(asked, &sent.await.unwrap_or_default()).filter(|page| page != "/");
    let page = page.unwrap_or_else(|| "/sign-in".to_owned());
    (StatusCode::FOUND, [(header::LOCATION, page)]).into_response()
}

/// The page that a form is on, as the form says it, or else the browser.
fn page_of(asked: &HeaderMap, sent: &[u8]) -> Option<String> {
    let named = url::form_urlencoded::parse(sent).find(|(name, _)| name == FROM).map(|(_, page)| page);
    let site = Url::parse("http://site.invalid").ok()?;
    let within = |page: &str| {
        let address = site.join(page).ok().filter(|address| address.origin() == site.origin())?;
        is_page(within_site(&address))
    };
    named.filter(|page| page.starts_with('/')).and_then(|page| within(&page)).or_else(|| came_from(asked))
}

/// The page that a form was sent from. A browser that says only the site, or nothing, says none; the answer to a form is no page.
fn came_from(asked: &HeaderMap) -> Option<String> {
    let from = Url::parse(asked.get(header::REFERER)?.to_str().ok()?).ok()?;
    is_page(within_site(&from)).filter(|page| page != "/")
}

fn is_page(address: String) -> Option<String> {
    (!address.starts_with("/api/")).then_some(address)
}

/// Only the path: the form came from this site, whatever name it has outside.
fn within_site(address: &Url) -> String {
    let path = &address[Position::BeforePath..Position::AfterQuery];
    if path.starts_with('/') && !path.starts_with("//") { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_on_a_page_of_this_site() {
        let elsewhere = "https://site.example/learn?a=b#c";
        for (from, referer, page) in [
            (Some("/account"), None, Some("/account")),
            (Some("/sign-in?next=%2Flearn"), Some(elsewhere), Some("/sign-in?next=%2Flearn")),
            (None, Some(elsewhere), Some("/learn?a=b")),
            // The answer to a form that was not taken stands at the form's own address.
            (None, Some("https://site.example/api/accounts/sign_in"), None),
            (Some("/api/accounts/sign_in"), None, None),
            (None, Some("https://site.example/"), None),
            (Some("//evil.example/x"), None, None),
            (Some("https://evil.example/x"), None, None),
            (Some("/\\evil.example"), None, None),
            (Some("/.//evil.example"), None, Some("/")),
            (None, None, None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(referer) = referer {
                headers.insert(header::REFERER, HeaderValue::from_static(referer));
            }
            let mut sent = url::form_urlencoded::Serializer::new(String::new());
            if let Some(from) = from {
                sent.append_pair(FROM, from);
            }
            assert_eq!(page_of(&headers, sent.finish().as_bytes()).as_deref(), page, "{from:?} {referer:?}");
        }
    }
}
