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
/// For Leptos every attribute is a type, and so is every closure for its value: for each that only one page has, a
/// browser would load a copy of all code for attributes.
pub fn attribute<V: Into<String>>(
    name: &'static str,
    value: impl Fn() -> Option<V> + Send + 'static,
) -> CustomAttr<&'static str, SharedReactiveFunction<Option<String>>> {
    let value: SharedReactiveFunction<Option<String>> = Arc::new(Mutex::new(move || value().map(Into::into)));
    custom_attribute(name, value)
}

/// The same for a value that stays as it is drawn, with one closure for all of them.
pub fn fixed(
    name: &'static str,
    value: Option<&str>,
) -> CustomAttr<&'static str, SharedReactiveFunction<Option<String>>> {
    let value = value.map(str::to_owned);
    attribute(name, move || value.clone())
}

/// A property of an element by its name, as `prop:checked=…` sets it; for the same reason it has one type, whatever its
/// value is.
pub fn property<V: Into<JsValue>>(
    name: &'static str,
    value: impl Fn() -> V + Send + 'static,
) -> Property<&'static str, SharedReactiveFunction<JsValue>> {
    let value: SharedReactiveFunction<JsValue> = Arc::new(Mutex::new(move || value().into()));
    prop(name, value)
}

/// A boxed event handler: `on:click=handler(move |event: MouseEvent| …)`. For each closure a browser would load a copy
/// of all code for events.
pub fn handler<E>(at_event: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(at_event)
}

/// Typed text stays as typed: a phone that corrects an answer changes it. Leptos' elements do not know this attribute.
pub fn uncorrected() -> CustomAttr<&'static str, SharedReactiveFunction<Option<String>>> {
    fixed("autocorrect", Some("off"))
}
