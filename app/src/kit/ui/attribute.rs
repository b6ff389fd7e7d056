use std::sync::{Arc, Mutex};

use leptos::{
    tachys::{
        html::{
            attribute::custom::{CustomAttr, custom_attribute},
            property::{Property, prop},
        },
        reactive_graph::SharedReactiveFunction,
    },
    wasm_bindgen::JsValue,
};

/// An attribute by its name, which is there while it has a value: `{..attribute("aria-invalid", move || wrong().then_some("true"))}`.
/// For Leptos every attribute is a type, and so is every closure that gives its value: of each that one page alone has, a browser would
/// load a copy of all that attributes need.
pub fn attribute<V: Into<String>>(
    name: &'static str,
    value: impl Fn() -> Option<V> + Send + 'static,
) -> CustomAttr<&'static str, SharedReactiveFunction<Option<String>>> {
    let value: SharedReactiveFunction<Option<String>> = Arc::new(Mutex::new(move || value().map(Into::into)));
    custom_attribute(name, value)
}

/// A property of an element by its name, as `prop:checked=…` sets it; for the same reason of one type, whatever its value is.
pub fn property<V: Into<JsValue>>(
    name: &'static str,
    value: impl Fn() -> V + Send + 'static,
) -> Property<&'static str, SharedReactiveFunction<JsValue>> {
    let value: SharedReactiveFunction<JsValue> = Arc::new(Mutex::new(move || value().into()));
    prop(name, value)
}

/// What is done at an event, in a box: `on:click=handler(move |event: MouseEvent| …)`. Of each closure a browser would load a copy of all
/// that events need.
pub fn handler<E>(at_event: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(at_event)
}

/// What is typed stays as it is typed: a phone that corrects an answer changes it. The attribute is not among those that elements
/// know here.
pub fn uncorrected() -> CustomAttr<&'static str, SharedReactiveFunction<Option<String>>> {
    attribute("autocorrect", || Some("off"))
}
