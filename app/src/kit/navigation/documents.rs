//! When pages are loaded as documents: the part of the application that would draw them is missing, or the server has
//! another version of it.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Event;

thread_local! {
    /// How many [`LinksLoadDocuments`] there are.
    static ALIVE: Cell<u32> = const { Cell::new(0) };
    /// The server is of another build than this tab.
    static OLD: Cell<bool> = const { Cell::new(false) };
}

/// The server is of another build than this tab.
pub fn is_old() -> bool {
    OLD.get()
}

/// While this lives, links behave as without scripts: the application is not there to follow them.
pub struct LinksLoadDocuments(Closure<dyn FnMut(Event)>);

/// Whether one lives.
pub fn links_load_documents() -> bool {
    ALIVE.get() > 0
}

impl LinksLoadDocuments {
    pub fn begin() -> Self {
        ALIVE.set(ALIVE.get() + 1);
        // Stopped at the document while it bubbles: the pressed element has handled the click, and the router, at the
        // window, does not get it.
        let heard = Closure::<dyn FnMut(Event)>::new(|event: Event| event.stop_propagation());
        let _ = document().add_event_listener_with_callback("click", heard.as_ref().unchecked_ref());
        Self(heard)
    }
}

impl Drop for LinksLoadDocuments {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
        let _ = document().remove_event_listener_with_callback("click", self.0.as_ref().unchecked_ref());
    }
}

/// While this lives, the page says that a part of it is missing. The notice comes after everything that the application
/// takes over.
pub struct Incomplete(Option<web_sys::Element>);

impl Incomplete {
    pub fn say() -> Self {
        let said = document().create_element("p").ok().filter(|said| {
            let _ = said.set_attribute("class", "notice incomplete");
            let _ = said.set_attribute("role", "status");
            document().body().is_some_and(|body| body.append_child(said).is_ok())
        });
        if let Some(said) = &said {
            said.set_text_content(Some(
                "A part of this page did not load. You can use it all the same; we keep trying.",
            ));
        }
        Self(said)
    }
}

impl Drop for Incomplete {
    fn drop(&mut self) {
        if let Some(said) = &self.0 {
            said.remove();
        }
    }
}

/// The server has named the build of its application. A tab of another build may soon not understand it: from here on
/// its links load documents.
pub fn heard_of_build(build: &str) {
    let own = || {
        let file = document().get_element_by_id("styles")?;
        file.get_attribute("href")?.rsplit('/').nth(1).map(str::to_owned)
    };
    if !build.is_empty() && !OLD.get() && own().is_some_and(|own| own != build) {
        OLD.set(true);
        std::mem::forget(LinksLoadDocuments::begin());
    }
}
