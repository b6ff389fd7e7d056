//! Server functions, called by the page's scripts or as the action of a plain form. The common checks are made here,
//! before any of them runs: that it exists, that a visitor who is not signed in is refused first, that the body has
//! arrived and is not too large, and that no text contains a NUL, which PostgreSQL does not store.

use std::{collections::HashSet, error::Error, sync::Arc, sync::LazyLock, time::Duration};

use app::kit::api::RequestContext;
use axum::{
    Extension,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use http_body_util::LengthLimitError;
use leptos::server_fn::axum::server_fn_paths;
use tokio::time::timeout;

use super::{BODY_LIMIT, WebState, forms};

/// The route of them all.
pub(super) const ROUTE: &str = "/api/{*function}";

/// How long the body may take to arrive: less than a browser waits for its reply (see [`super::whole`]).
const ARRIVES_WITHIN: Duration = Duration::from_secs(20);

static PATHS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| server_fn_paths().map(|(path, _)| path).collect());

/// The server function at this path.
pub(super) fn named(path: &str) -> Option<&'static str> {
    PATHS.get(path).copied()
}

pub(super) async fn call(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let refused = |status| state.plain.refused(status, &parts.headers, &context.request_id);
    let Some(path) = named(parts.uri.path()) else { return refused(StatusCode::NOT_FOUND) };
    if !context.may_call(path) {
        return forms::signed_out(&state, &context, &parts.headers, arrived(&parts.headers, body)).await;
    }
    match arrived(&parts.headers, body).await {
        Ok(sent) => {
            let sent = without_nul(sent, is_json(&parts.headers));
            forms::answer(&state, &context, path, parts, sent).await
        }
        Err(status) => refused(status),
    }
}

/// The whole body.
async fn arrived(headers: &HeaderMap, body: Body) -> Result<Bytes, StatusCode> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_LIMIT) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match timeout(ARRIVES_WITHIN, to_bytes(body, BODY_LIMIT)).await {
        Ok(Ok(sent)) => Ok(sent),
        Ok(Err(error)) if error.source().is_some_and(|error| error.is::<LengthLimitError>()) => {
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        }
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|content_type| content_type.starts_with("application/json"))
}

/// Nobody types a NUL: it is left out.
fn without_nul(sent: Bytes, json: bool) -> Bytes {
    let escape: &[u8] = if json { br"\u0000" } else { b"%00" };
    let found = |sent: &[u8]| sent.contains(&0) || sent.windows(escape.len()).any(|part| part == escape);
    if !found(&sent) {
        return sent;
    }
    if json {
        let Ok(mut value) = serde_json::from_slice(&sent) else { return sent };
        strip(&mut value);
        return serde_json::to_vec(&value).map_or(sent, Bytes::from);
    }
    let mut kept = sent.to_vec();
    // The characters on both sides of one may form another.
    while found(&kept) {
        kept.retain(|byte| *byte != 0);
        let mut rest = kept.as_slice();
        let mut without = Vec::with_capacity(kept.len());
        while let Some((first, after)) = rest.split_first() {
            if let Some(after) = rest.strip_prefix(escape) {
                rest = after;
            } else {
                without.push(*first);
                rest = after;
            }
        }
        kept = without;
    }
    kept.into()
}

fn strip(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => text.retain(|character| character != '\0'),
        serde_json::Value::Array(values) => values.iter_mut().for_each(strip),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_keeps_a_nul_and_every_other_stays_as_it_is() {
        let kept = |sent: &'static str, json| {
            String::from_utf8(without_nul(Bytes::from_static(sent.as_bytes()), json).to_vec()).unwrap()
        };
        for (sent, arrives) in
            [("a=b%00c", "a=bc"), ("a=%%0000", "a="), ("a=\0b", "a=b"), ("a=%20%010", "a=%20%010")]
        {
            assert_eq!(kept(sent, false), arrives);
        }
        for (sent, arrives) in [
            (r#"{"a":["b\u0000c",1],"d":{"e":"\u0000"}}"#, r#"{"a":["bc",1],"d":{"e":""}}"#),
            // A typed backslash with four zeros.
            (r#"{"a":"\\u0000"}"#, r#"{"a":"\\u0000"}"#),
            (r#"{"a" : "b"}"#, r#"{"a" : "b"}"#),
            (r#"{"a":"\u0000"#, r#"{"a":"\u0000"#),
        ] {
            assert_eq!(kept(sent, true), arrives);
        }
    }
}
