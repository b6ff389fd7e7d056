//! The owner of the tab. A browser has one session for all its tabs: after a sign-in or sign-out in another of them,
//! this one still shows its old data, and would go on under another person's name.
//!
//! So a cookie beside the session's, which scripts can read and which gives no access, names the session's owner. Its
//! value when the document was loaded is compared with its value now, without asking the server.

/// The name of the cookie.
pub const NAME: &str = "signed-in";
/// Over TLS.
pub const TLS_NAME: &str = "__Host-signed-in";

#[cfg(feature = "hydrate")]
pub use browser::{follow, is_somebody_else};

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::{Cell, OnceCell, RefCell};

    use leptos::{ev, prelude::*};
    use leptos_router::hooks::use_location;
    use wasm_bindgen::JsCast;

    use crate::kit::whose::{NAME, TLS_NAME};
    use crate::kit::{api::PageState, navigation, ui::whenever};

    thread_local! {
        /// The owner of the document: nothing, until the cookie is known to agree with the page. If a browser gives
        /// scripts no cookie, it is not checked again.
        static LOADED: OnceCell<Option<String>> = const { OnceCell::new() };
        /// The page on which text was last typed.
        static TYPED_ON: RefCell<String> = const { RefCell::new(String::new()) };
    }

    /// The owner of the session now.
    fn now() -> Option<String> {
        let secure = window().location().protocol().is_ok_and(|protocol| protocol == "https:");
        let name = if secure { TLS_NAME } else { NAME };
        let cookies = document().unchecked_into::<web_sys::HtmlDocument>().cookie().ok()?;
        let person = |pair: &str| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
        cookies.split(';').find_map(person).filter(|person| !person.is_empty())
    }

    /// Whether the session belongs to another person than the document, or to none.
    pub fn is_somebody_else() -> bool {
        LOADED.with(|loaded| loaded.get().is_some_and(|loaded| *loaded != now()))
    }

    /// Loads the page as a document when it is requested, or becomes visible again, as another person. Called once,
    /// inside the router.
    pub fn follow() {
        let of_page = PageState::get().signed_in.map(|signed_in| signed_in.person.to_string());
        if of_page == now() {
            let _ = LOADED.with(|loaded| loaded.set(of_page));
        }
        let location = use_location();
        let first = Cell::new(true);
        whenever(move || {
            location.pathname.track();
            location.search.track();
            // There has been no navigation yet. The sign-in form may have been sent while the application took the page
            // over, and the next page may be on its way.
            if !first.replace(false) && is_somebody_else() {
                navigation::load_asked_for();
            }
        });
        let _ = window_event_listener(ev::input, |_| TYPED_ON.set(path()));
        let _ = window_event_listener_untyped("visibilitychange", |_| look());
    }

    fn path() -> String {
        window().location().pathname().unwrap_or_default()
    }

    /// The tab is visible, perhaps again. A page with typed text stays: it shows the outcome when the text is sent. So
    /// do the exam room and a check, which keep their answers. The sign-in page may be on its way to the next.
    fn look() {
        let path = path();
        let keeps = path == "/sign-in"
            || path.ends_with("/check")
            || (path.starts_with("/assessments/sittings/") && path.matches('/').count() == 3)
            || TYPED_ON.with_borrow(|typed| *typed == path);
        if !keeps && !document().hidden() && is_somebody_else() {
            navigation::load_asked_for();
        }
    }
}
