//! A plain form whose values are wrong goes back to the page that it came from. Leptos puts the error into that page's
//! address; what people typed has no place there (addresses are logged, kept and shared), so it moves to a cookie that
//! lives for the next page only. What is too long for a cookie is kept by the server, and the cookie has the token for it.

use app::api::{ApiError, FLASH_COOKIE, Flash, RequestContext};
use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::{prelude::FromServerFnError, server_fn::error::ServerFnUrlError};
use services::{Services, accounts::Actor, returned};
use url::{Position, Url};

use super::{WebState, form_pages, plain};

/// What a browser keeps of one cookie, with room for its name and marks.
const COOKIE_LIMIT: usize = 3800;
/// Before the token of a form that the server keeps. A form in the cookie itself begins with the slash of its path, encoded.
const KEPT: &str = "kept.";

/// Runs the server function. A form that was wrong goes back to its page with the error in a cookie.
pub(super) async fn answer(
    state: &WebState,
    context: &RequestContext,
    path: &str,
    mut parts: Parts,
    sent: Bytes,
) -> Response {
    let mut has_page = came_from(&parts.headers).is_some();
    if plain::wants_page(&parts.headers) && !has_page {
        let page = form_pages::of(path, &sent);
        has_page = page.is_some();
        // Without any page Leptos would say nothing of an error.
        let page = format!("{}{}", state.origin, page.as_deref().unwrap_or("/"));
        if let Ok(page) = HeaderValue::from_str(&page) {
            parts.headers.insert(header::REFERER, page);
        }
    }
    let request = Request::from_parts(parts, Body::from(sent));
    let mut response = leptos_axum::handle_server_fns(request).await.into_response();
    let Some((address, flash)) = error_in_address(&response) else { return response };
    if !has_page {
        return state.plain.returned(&flash.error);
    }
    let flash = match write_flash(&state.services, context.actor.as_ref(), flash).await {
        Ok(flash) => flash,
        Err(error) => {
            tracing::warn!(%error, "a form cannot be sent back");
            return state.plain.unavailable().into_response();
        }
    };
    if let Ok(address) = HeaderValue::from_str(&address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    let cookie = state.cookies.cookie(FLASH_COOKIE, &flash, Some(60));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whoever is not signed in any more goes back to the page that the form is on, which asks to sign in first.
pub(super) fn signed_out(state: &WebState, asked: &HeaderMap, request_id: &str) -> Response {
    if !plain::wants_page(asked) {
        return state.plain.refused(StatusCode::UNAUTHORIZED, asked, request_id);
    }
    let page = came_from(asked).unwrap_or_else(|| "/sign-in".to_owned());
    (StatusCode::FOUND, [(header::LOCATION, page)]).into_response()
}

/// The page that a form was sent from. A browser that says only the site, or nothing, says none.
fn came_from(asked: &HeaderMap) -> Option<String> {
    let from = Url::parse(asked.get(header::REFERER)?.to_str().ok()?).ok()?;
    Some(within_site(&from)).filter(|page| page != "/")
}

/// Only the path: the form came from this site, whatever name it has outside.
fn within_site(address: &Url) -> String {
    let path = &address[Position::BeforePath..];
    if path.starts_with('/') && !path.starts_with("//") { path.to_owned() } else { "/".to_owned() }
}

/// Takes the error out of the address that a failed form is sent back to.
fn error_in_address(response: &Response) -> Option<(String, Flash)> {
    let mut address = Url::parse(response.headers().get(header::LOCATION)?.to_str().ok()?).ok()?;
    let get =
        |name: &str| address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let (path, error) = (get("__path")?, get("__err")?);
    let flash = Flash { path, error: ServerFnUrlError::<ApiError>::decode_err(&error) };
    let rest: Vec<_> =
        address.query_pairs().into_owned().filter(|(key, _)| key != "__path" && key != "__err").collect();
    address.set_query(None);
    if !rest.is_empty() {
        address.query_pairs_mut().extend_pairs(rest);
    }
    Some((within_site(&address), flash))
}

/// The value of the cookie. What does not fit is kept for whoever is signed in; anybody else gets back what fits.
async fn write_flash(
    services: &Services,
    actor: Option<&Actor>,
    mut flash: Flash,
) -> services::Result<String> {
    let text = text_of(&flash);
    let encoded = encode(&text);
    if encoded.len() <= COOKIE_LIMIT {
        return Ok(encoded);
    }
    if let Some(actor) = actor {
        return Ok(format!("{KEPT}{}", returned::keep(services, actor, &text).await?.as_str()));
    }
    flash.error.typed.sort_by_key(|(_, value)| value.len());
    while encode(&text_of(&flash)).len() > COOKIE_LIMIT && flash.error.typed.pop().is_some() {}
    Ok(encode(&text_of(&flash)))
}

/// What the cookie stands for; nothing, when its time is up, it was forged, or it is somebody else's.
pub(super) async fn read_flash(
    services: &Services,
    actor: Option<&Actor>,
    cookie: &str,
) -> services::Result<Option<Flash>> {
    let text = match (cookie.strip_prefix(KEPT), actor) {
        (Some(token), Some(actor)) => returned::kept(services, actor, token).await?,
        (Some(_), None) => None,
        (None, _) => decode(cookie),
    };
    Ok(text.and_then(|text| flash_of(&text)))
}

fn text_of(flash: &Flash) -> String {
    format!("{} {}", flash.path, String::from_utf8_lossy(&flash.error.ser()))
}

fn flash_of(text: &str) -> Option<Flash> {
    let (path, json) = text.split_once(' ')?;
    let error: ApiError = serde_json::from_str(json).ok()?;
    Some(Flash { path: path.to_owned(), error })
}

/// Percent-encoded, as cookies need it.
fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn decode(cookie: &str) -> Option<String> {
    Some(url::form_urlencoded::parse(format!("={cookie}").as_bytes()).next()?.1.into_owned())
}

#[cfg(test)]
mod tests {
    use app::api::ErrorKind;
    use domain::{FieldProblem, Problem};

    use super::*;

    fn flash(typed: &str) -> Flash {
        let error = ApiError {
            kind: ErrorKind::Invalid,
            fields: vec![FieldProblem::new("email", Problem::EmailInvalid)],
            typed: vec![("email".into(), typed.into())],
            request_id: Some("1".into()),
        };
        Flash { path: "/api/accounts/sign_in".into(), error }
    }

    #[test]
    fn what_comes_back_is_what_was_sent() {
        for typed in ["", "a b+c=%;,\"é", "\u{0}\r\n"] {
            let cookie = encode(&text_of(&flash(typed)));
            assert!(
                cookie.bytes().all(|byte| byte.is_ascii_graphic() && !b";,\"\\".contains(&byte)),
                "{cookie}"
            );
            assert!(!cookie.starts_with(KEPT), "{cookie}");
            assert_eq!(flash_of(&decode(&cookie).unwrap()), Some(flash(typed)));
        }
    }

    #[test]
    fn a_forged_cookie_is_no_flash() {
        for forged in ["", "x", "/api/x {}", "%7B%7D", "/api/x+%7B%22kind%22%3A%22Nonsense%22%7D"] {
            assert_eq!(decode(forged).and_then(|text| flash_of(&text)), None, "{forged}");
        }
    }
}
