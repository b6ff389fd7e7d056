//! What goes on while a part of a page is shown, and ends with it. Called where an owner is: in a component or an effect.

use std::time::Duration;

use leptos::{ev::EventDescriptor, prelude::*};
use wasm_bindgen::JsCast;

/// Hears an event of the window.
pub fn hear<E>(event: E, heard: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    // In a box, so that one copy of what follows does for all that hear this event.
    let heard: Box<dyn Fn(E::EventType)> = Box::new(heard);
    let listening = window_event_listener(event, heard);
    on_cleanup(move || listening.remove());
}

/// Hears that somebody looks at the tab, or at another.
pub fn hear_looks(heard: impl Fn() + 'static) {
    let heard: Box<dyn Fn()> = Box::new(heard);
    let listening = window_event_listener_untyped("visibilitychange", move |_| heard());
    on_cleanup(move || listening.remove());
}

/// Does it again and again.
pub fn every(time: Duration, done: impl Fn() + 'static) {
    let done: Box<dyn Fn()> = Box::new(done);
    if let Ok(going) = set_interval_with_handle(done, time) {
        on_cleanup(move || going.clear());
    }
}
