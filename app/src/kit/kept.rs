//! What a document says of reading without a network: the script and the manifest, for who has asked for it on this
//! device, and on the page where one asks. See docs/offline.md.

#![expect(clippy::disallowed_methods, reason = "the script is a file, and nothing is written into it")]

use axum::http::{header, request::Parts};
use leptos::{nonce::use_nonce, prelude::*};

use super::navigation::page_path;

/// The page where one asks.
const OFFLINE: &str = "/offline";
/// The cookie that a device has which keeps pages. It does not say whose. `public/offline.js` sets it.
const KEEPS: &str = "keeps-pages=";
/// In the exam room nothing of this runs.
const SITTINGS: &str = "/assessments/sittings/";

pub(super) fn tags() -> Option<AnyView> {
    let path = page_path();
    if path.starts_with(SITTINGS) || !(path == OFFLINE || keeps()) {
        return None;
    }
    let tags = view! {
        <link rel="manifest" href="/manifest.webmanifest" />
        <script type="module" nonce=use_nonce() src="/offline.js"></script>
    };
    Some(tags.into_any())
}

fn keeps() -> bool {
    let said = with_context(|parts: &Parts| {
        let sent = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        sent.flat_map(|cookies| cookies.split(';')).any(|cookie| cookie.trim().starts_with(KEEPS))
    });
    said.unwrap_or_default()
}
