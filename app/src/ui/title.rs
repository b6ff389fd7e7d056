//! The title of a page, and text where an element holds no markup.
//!
//! Leptos escapes text in ordinary elements. In `<title>` and `<textarea>`, which end at their own closing tag and nowhere
//! before, it puts the text into the page as it is: what somebody typed could close the element and go on with markup of its
//! own. So [`Title`] and [`super::TextArea`] escape it, and `clippy.toml` forbids every other use of such elements.

#![expect(clippy::disallowed_methods, reason = "the one title, which escapes what it shows")]

use leptos::prelude::*;

use super::SITE;

/// What the browser's tab says: the text exactly as it was typed, and the name of the site.
#[component]
pub fn Title(#[prop(into)] text: String) -> impl IntoView {
    let text = if text.is_empty() { SITE.to_owned() } else { format!("{text} – {SITE}") };
    // The server writes it into the page; the browser takes it for what it is.
    let text = if cfg!(feature = "ssr") { escaped(&text) } else { text };
    view! { <leptos_meta::Title text /> }
}

/// The text as HTML that shows it, within an element whose content is text alone.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
