//! What goes on while a part of a page is shown, and ends with it. Called where an owner is: in a component or an effect.

use std::time::Duration;

use leptos::{ev::EventDescriptor, leptos_dom::helpers::WindowListenerHandle, prelude::*};
use wasm_bindgen::JsCast;

/// Hears an event of the window.
pub fn hear<E>(event: E, heard: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    let heard: Box<dyn Fn(E::EventType)> = Box::new(heard);
    until_cleanup(window_event_listener(event, heard));
}

/// Hears that somebody looks at the tab, or at another.
pub fn hear_looks(heard: impl Fn() + 'static) {
    boxed(Box::new(heard));

    // In functions that are generic, the closures here and below would be others for each type.
    fn boxed(heard: Box<dyn Fn()>) {
        until_cleanup(window_event_listener_untyped("visibilitychange", move |_| heard()));
    }
}

fn until_cleanup(listening: WindowListenerHandle) {
    on_cleanup(move || listening.remove());
}

/// Does it again and again.
pub fn every(time: Duration, done: impl Fn() + 'static) {
    boxed(time, Box::new(done));

    fn boxed(time: Duration, done: Box<dyn Fn()>) {
        if let Ok(going) = set_interval_with_handle(done, time) {
            on_cleanup(move || going.clear());
        }
    }
}
