//! Fetches pages before the person follows the link to them: when the pointer rests on it, when it has the focus, when
//! a finger touches it. It fetches the page's WebAssembly file and, for course pages, the data. The click then finds
//! both.
//!
//! Data fetched ahead is used once, and soon: news from the server and sent forms make it old. The opening of a page is
//! recorded when the page is shown, so nothing is fetched for a page that writes when it is drawn, like a check.

use crate::kit::api::ApiError;

#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The data fetched ahead for the page at this address, or the result of `ask`.
#[cfg(feature = "hydrate")]
pub async fn taken<T, F>(address: &str, ask: impl FnOnce() -> F) -> Result<T, ApiError>
where
    T: 'static,
    F: Future<Output = Result<T, ApiError>>,
{
    // A failed request is repeated.
    match browser::take(address) {
        Some(answer) => match answer.await {
            Ok(Ok(found)) => Ok(found),
            _ => ask().await,
        },
        None => ask().await,
    }
}

#[cfg(not(feature = "hydrate"))]
pub async fn taken<T, F>(_address: &str, ask: impl FnOnce() -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    ask().await
}

#[cfg(feature = "hydrate")]
pub use browser::{follow, forget};

/// The name of the file of pages (see [`crate::kit::area`]) that the page at this path is in, if it is in one.
#[cfg(feature = "ssr")]
pub(crate) fn file_of(path: &str) -> Option<&'static str> {
    crate::target_of(path)?.0.file()
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{any::Any, cell::RefCell, time::Duration};

    use futures::channel::oneshot::{Receiver, channel};
    use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Element, Event};

    use crate::{
        Target,
        home::HomePages,
        kit::{api::ApiError, navigation::links_load_documents},
        learning::api::{load_course, load_courses, load_module, read_page},
    };

    /// The pointer only passes over a link for less than this.
    const RESTS: Duration = Duration::from_millis(65);
    /// In milliseconds: after this time the click fetches the current data.
    const OLD: f64 = 20_000.0;

    struct Kept {
        address: String,
        since: f64,
        /// A `Receiver` of the result of the page's server function.
        answer: Box<dyn Any>,
    }

    thread_local! {
        static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
        /// The event by which a person rests on a link, and when it will have lasted long enough.
        static RESTING: RefCell<Option<(String, TimeoutHandle)>> = const { RefCell::new(None) };
    }

    fn now() -> f64 {
        window().performance().map_or(0.0, |performance| performance.now())
    }

    /// The fetched data may be out of date.
    pub fn forget() {
        KEPT.with_borrow_mut(Vec::clear);
    }

    pub fn take<T: 'static>(address: &str) -> Option<Receiver<Result<T, ApiError>>> {
        let kept = KEPT.with_borrow_mut(|all| {
            let place = all.iter().position(|kept| kept.address == address)?;
            Some(all.swap_remove(place))
        })?;
        let answer = (now() - kept.since < OLD).then_some(kept.answer)?;
        answer.downcast().ok().map(|answer| *answer)
    }

    fn keep<T: 'static>(address: &str, ask: impl Future<Output = Result<T, ApiError>> + 'static) {
        let since = now();
        let (tell, answer) = channel();
        let begun = KEPT.with_borrow_mut(|all| {
            all.retain(|kept| since - kept.since < OLD);
            let begun = all.iter().any(|kept| kept.address == address);
            if !begun {
                all.push(Kept { address: address.to_owned(), since, answer: Box::new(answer) });
            }
            begun
        });
        if !begun {
            spawn_local(async move {
                let _ = tell.send(ask.await);
            });
        }
    }

    /// Detects which link the person is about to follow. Called once.
    pub fn follow() {
        let rest = |event: Event| {
            let link = link(&event);
            // The pointer is always somewhere: if it is on no link, that says nothing about the focused one.
            let of_other =
                RESTING.with_borrow(|resting| resting.as_ref().is_some_and(|(by, _)| *by != event.type_()));
            if link.is_none() && of_other {
                return;
            }
            stop();
            let Some(link) = link else { return };
            if let Ok(handle) = set_timeout_with_handle(move || fetch(&link), RESTS) {
                RESTING.with_borrow_mut(|resting| *resting = Some((event.type_(), handle)));
            }
        };
        for name in ["mouseover", "focusin"] {
            let _ = window_event_listener_untyped(name, rest);
        }
        // A finger, or a pressed button, is followed by a click soon. Passive listeners: scrolling does not wait for them.
        let touched = Closure::<dyn FnMut(Event)>::new(|event: Event| {
            if let Some(link) = link(&event) {
                fetch(&link);
            }
        });
        let options = web_sys::AddEventListenerOptions::new();
        options.set_passive(true);
        for name in ["touchstart", "mousedown"] {
            let _ = window().add_event_listener_with_callback_and_add_event_listener_options(
                name,
                touched.as_ref().unchecked_ref(),
                &options,
            );
        }
        touched.forget();
        // Once a navigation has begun, nothing is fetched ahead.
        let _ = window_event_listener(ev::click, |_| stop());
        let _ = window_event_listener(ev::submit, |_| forget());
    }

    fn stop() {
        if let Some((_, resting)) = RESTING.with_borrow_mut(Option::take) {
            resting.clear();
        }
    }

    /// The address of the event's link, if the application will follow it.
    fn link(event: &Event) -> Option<String> {
        let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href^='/']").ok()??;
        let leaves = ["target", "download"].iter().any(|name| link.has_attribute(name))
            || link.get_attribute("rel").is_some_and(|rel| rel.contains("external"))
            || links_load_documents();
        link.get_attribute("href").filter(|href| {
            !leaves
                && !href.contains(['?', '#'])
                && window().location().pathname().ok().as_ref() != Some(href)
        })
    }

    fn fetch(address: &str) {
        let Some((target, parts)) = crate::target_of(address) else { return };
        let mut parts = parts.into_iter();
        let mut next = || parts.next().unwrap_or_default();
        match target {
            Target::HomePages(HomePages::Courses) => keep(address, load_courses()),
            Target::Course => keep(address, load_course(next())),
            Target::Module => keep(address, load_module(next(), next())),
            Target::Reading => keep(address, read_page(next(), next(), next(), true)),
            // The room is entered by loading a document.
            Target::RoomPages(_) => return,
            _ => {}
        }
        if let Some(fetch) = target.fetch() {
            spawn_local(async move {
                let _ = fetch().await;
            });
        }
    }
}
