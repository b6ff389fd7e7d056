//! A page that the application could not take over goes on as the server drew it.
//!
//! An extension of the browser may put an element beside a field before the application comes, or the browser a link around a number. Leptos
//! does not find what it expects then, and ends with a part of the page taken over: its buttons would do nothing. Every page works
//! without scripts, so the page goes back to that.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, js_sys};

use super::navigation::LinksLoadDocuments;

/// On the document once a page is left as it was drawn.
const LEFT: &str = "data-as-drawn";

/// Called when the application has ended by a fault. Nothing is done where the page was taken over before.
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
    // What is made anew of its own markup has no listeners. What was typed is no markup.
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
