//! The title of a page, and text where an element holds no markup.
//!
//! Leptos escapes text in ordinary elements. In `<title>` and `<textarea>`, which end only at their own closing tag, it
//! puts the text into the page unescaped: typed text could close the element and add markup of its own. So
//! [`PageTitle`] and [`super::TextArea`] escape it, and `clippy.toml` forbids every other use of such elements.

#![expect(clippy::disallowed_methods, reason = "the only title, which escapes its text")]

use leptos::prelude::*;

use super::SITE;

/// The current title of the tab. It is not in the page's own store: the server writes it when the page has been made.
#[derive(Clone)]
struct Shown(ArcRwSignal<String>);

/// Makes the title available to every page.
pub fn provide_title() {
    // In the browser the loaded page already has one.
    let title = if cfg!(feature = "ssr") { SITE.to_owned() } else { document().title() };
    provide_context(Shown(ArcRwSignal::new(title)));
}

/// The only title of the document; each page sets it with [`Title`]. Several titles would all be kept, and the last
/// shown.
#[component]
pub fn PageTitle() -> impl IntoView {
    let Shown(shown) = expect_context();
    // The server writes it into the page; the browser takes it over.
    let text = move || if cfg!(feature = "ssr") { escaped(&shown.get()) } else { shown.get() };
    view! { <leptos_meta::Title text /> }
}

/// The title of the browser's tab: the text exactly as typed, and the name of the site.
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

/// The text escaped as HTML, for an element that contains text alone.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
