//! Keeps a page that the application could not take over as the server drew it.
//!
//! A browser extension may insert an element beside a field before the application loads, or the browser may put a link
//! around a number. Leptos then does not find the elements that it expects, and stops with only a part of the page
//! taken over: its buttons would do nothing. Every page works without scripts, so the page returns to that state.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, js_sys};

use super::navigation::LinksLoadDocuments;

/// Set on the document when a page is left as drawn.
const LEFT: &str = "data-as-drawn";

/// Called when the application has crashed. It does nothing if the page had already been taken over.
pub fn leave_as_drawn() {
    let document = document();
    let (Some(root), Some(body)) = (document.document_element(), document.body()) else { return };
    if root.has_attribute("data-hydrated") || root.has_attribute(LEFT) {
        return;
    }
    let _ = root.set_attribute(LEFT, "");
    std::mem::forget(LinksLoadDocuments::begin());
    let focused = document.active_element().map(|element| element.id()).unwrap_or_default();
    let fields =
        || body.query_selector_all("input, textarea, select").map(|fields| js_sys::Array::from(&fields));
    let typed = fields();
    // Elements rebuilt from their own markup have no listeners. Typed text is not in the markup, so it is put back.
    body.set_inner_html(&body.inner_html());
    if let (Ok(typed), Ok(fields)) = (typed, fields()) {
        for n in 0..typed.length() {
            for what in ["value", "checked"].map(Into::into) {
                let stood = js_sys::Reflect::get(&typed.get(n), &what).unwrap_or_default();
                let _ = js_sys::Reflect::set(&fields.get(n), &what, &stood);
            }
        }
    }
    if let Some(element) = document.get_element_by_id(&focused) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}
