//! The title of a page, and text where an element holds no markup.
//!
//! Leptos escapes text in ordinary elements. In `<title>` and `<textarea>`, which end at their own closing tag and nowhere
//! before, it puts the text into the page as it is: what somebody typed could close the element and go on with markup of its
//! own. So [`PageTitle`] and [`super::TextArea`] escape it, and `clippy.toml` forbids every other use of such elements.

#![expect(clippy::disallowed_methods, reason = "the one title, which escapes what it shows")]

use leptos::prelude::*;

use super::SITE;

/// What the tab says now. Not in the page's own store: the server writes it when the page has been made.
#[derive(Clone)]
struct Shown(ArcRwSignal<String>);

/// Makes the title available to every page.
pub fn provide_title() {
    // In the browser the page that was loaded has one already.
    let title = if cfg!(feature = "ssr") { SITE.to_owned() } else { document().title() };
    provide_context(Shown(ArcRwSignal::new(title)));
}

/// The one title of the document; each page says with [`Title`] what it is. Several would each be kept, and the last shown.
#[component]
pub fn PageTitle() -> impl IntoView {
    let Shown(shown) = expect_context();
    // The server writes it into the page; the browser takes it for what it is.
    let text = move || if cfg!(feature = "ssr") { escaped(&shown.get()) } else { shown.get() };
    view! { <leptos_meta::Title text /> }
}

/// What the browser's tab says: the text exactly as it was typed, and the name of the site.
#[component]
pub fn Title(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let Some(Shown(shown)) = use_context() else { return };
    let with_site =
        |text: String| if text.is_empty() { SITE.to_owned() } else { format!("{text} – {SITE}") };
    shown.set(with_site(text.get_untracked()));
    let first = std::cell::Cell::new(true);
    super::whenever(move || {
        let text = text.get();
        if !first.replace(false) {
            shown.set(with_site(text));
        }
    });
}

/// The text as HTML that shows it, within an element whose content is text alone.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
