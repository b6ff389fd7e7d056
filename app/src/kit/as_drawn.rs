//! A page that the application could not take over goes on as the server drew it.
//!
//! An extension of the browser may put an element beside a field before the application comes, or the browser a link around a number. Leptos
//! does not find what it expects then, and ends with a part of the page taken over: its buttons would do nothing. Every page works
//! without scripts, so the page goes back to that.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, HtmlElement, js_sys::Reflect};

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
    // Listeners of the window would follow links, and cannot: the browser does it by itself.
    let stop = Closure::<dyn Fn(Event)>::new(|event: Event| event.stop_propagation());
    for event in ["click", "submit"] {
        let _ =
            window().add_event_listener_with_callback_and_bool(event, stop.as_ref().unchecked_ref(), true);
    }
    stop.forget();
    keep_what_was_typed(&body);
    let focused = document.active_element().map(|element| element.id()).unwrap_or_default();
    // A copy has no listeners.
    let Ok(copy) = body.clone_node_with_deep(true) else { return };
    let _ = root.replace_child(&copy, &body);
    if let Some(element) = document.get_element_by_id(&focused) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// A copy of a field has what its attributes say.
fn keep_what_was_typed(body: &HtmlElement) {
    let Ok(fields) = body.query_selector_all("input, textarea, option") else { return };
    for field in (0..fields.length()).filter_map(|n| fields.get(n)) {
        let field: Element = field.unchecked_into();
        let stands = |name: &str| Reflect::get(&field, &name.into()).unwrap_or(JsValue::UNDEFINED);
        for state in ["checked", "selected"] {
            if let Some(on) = stands(state).as_bool() {
                let _ = field.toggle_attribute_with_force(state, on);
            }
        }
        match (field.tag_name().as_str(), stands("value").as_string()) {
            ("INPUT", Some(typed)) => drop(field.set_attribute("value", &typed)),
            ("TEXTAREA", Some(typed)) => field.set_text_content(Some(&typed)),
            _ => {}
        }
    }
}
