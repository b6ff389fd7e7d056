//! Work that goes on while a part of a page is shown, and ends with it. Call it inside an owner: in a component or an
//! effect.

use std::time::Duration;

use leptos::{ev::EventDescriptor, leptos_dom::helpers::WindowListenerHandle, prelude::*};
use wasm_bindgen::JsCast;

/// Listens to an event of the window.
pub fn hear<E>(event: E, heard: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    let heard: Box<dyn Fn(E::EventType)> = Box::new(heard);
    until_cleanup(window_event_listener(event, heard));
}

/// Called when the tab becomes visible or hidden.
pub fn hear_looks(heard: impl Fn() + 'static) {
    boxed(Box::new(heard));

    // In generic functions, each type would have its own closures here and below.
    fn boxed(heard: Box<dyn Fn()>) {
        until_cleanup(window_event_listener_untyped("visibilitychange", move |_| heard()));
    }
}

fn until_cleanup(listening: WindowListenerHandle) {
    on_cleanup(move || listening.remove());
}

/// Repeats it at an interval.
pub fn every(time: Duration, done: impl Fn() + 'static) {
    boxed(time, Box::new(done));

    fn boxed(time: Duration, done: Box<dyn Fn()>) {
        if let Ok(going) = set_interval_with_handle(done, time) {
            on_cleanup(move || going.clear());
        }
    }
}
