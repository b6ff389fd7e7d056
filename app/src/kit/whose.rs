//! Whose the tab is. A browser has one session for all its tabs: whoever signs in or out in another of them, this one shows what it was
//! loaded with, and would go on under somebody else's name.
//!
//! So a cookie beside the session's, which scripts can read and which opens nothing, says whose the session is. What it said when the
//! document was loaded is compared with what it says now, without asking the server.

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
        /// Whose the document is: nothing, until it is known that the cookie says the same as the page. A browser that gives scripts no
        /// cookie is asked no more.
        static LOADED: OnceCell<Option<String>> = const { OnceCell::new() };
        /// On which page something was typed last.
        static TYPED_ON: RefCell<String> = const { RefCell::new(String::new()) };
    }

    /// Whose the session is by now.
    fn now() -> Option<String> {
        let secure = window().location().protocol().is_ok_and(|protocol| protocol == "https:");
        let name = if secure { TLS_NAME } else { NAME };
        let cookies = document().unchecked_into::<web_sys::HtmlDocument>().cookie().ok()?;
        let person = |pair: &str| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
        cookies.split(';').find_map(person).filter(|person| !person.is_empty())
    }

    /// Whether the session is somebody else's than the document, or nobody's.
    pub fn is_somebody_else() -> bool {
        LOADED.with(|loaded| loaded.get().is_some_and(|loaded| *loaded != now()))
    }

    /// Loads the page as a document when it is asked for, or looked at again, as somebody else. Called once, where the router knows.
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
            // Nobody has gone anywhere yet. The form for signing in may have been sent while the application took the page over, and its
            // page be on the way.
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

    /// The tab is looked at, perhaps again. What was typed stays: the page says what has become of it when it is sent. So do the exam room
    /// and a check, which keep their answers. The page for signing in may be on its way to the next.
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
