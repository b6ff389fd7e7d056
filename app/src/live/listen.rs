use std::future::Future;

use leptos::prelude::*;

use super::ApiError;

/// Keeps what is shown equal to what the server would answer now, whatever changes it, here or on another device.
///
/// It listens to the server's event stream and asks with `load` when that says so. Silence of five seconds (the server speaks
/// every two) means that the way is broken: then it asks every five seconds until the stream is back. An answer that does not
/// come is asked for again. A tab that nobody looks at lets its connection go, because a browser has few for each host, and
/// asks as soon as it is looked at. Whoever is signed out, or may no longer see it, is left alone until the tab is looked at again.
///
/// `cohort` adds the news of that cohort, for whoever may follow it. For islands, which live as long as their page.
pub fn keep_current<T, L, F>(cohort: Option<String>, current: RwSignal<T>, load: L)
where
    T: PartialEq + Send + Sync + 'static,
    L: Fn() -> F + 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    #[cfg(feature = "hydrate")]
    Effect::new({
        let load = std::rc::Rc::new(load);
        move |_| browser::keep_current(cohort.as_deref(), current, load.clone())
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (cohort, current, load);
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::RefCell, future::Future, rc::Rc, time::Duration};

    use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{EventSource, MessageEvent};

    use crate::api::{ApiError, ErrorKind};

    const SILENCE: Duration = Duration::from_secs(5);
    const ASK_AGAIN: Duration = Duration::from_secs(2);

    struct Listener {
        url: String,
        /// Asks the server; called whenever there may be news.
        ask: Rc<dyn Fn()>,
        source: Option<EventSource>,
        on_message: Option<Closure<dyn FnMut(MessageEvent)>>,
        watchdog: Option<TimeoutHandle>,
        /// Nothing more to be had: the session has ended, or the permission has.
        over: bool,
    }

    type Shared = Rc<RefCell<Listener>>;

    pub(super) fn keep_current<T, L, F>(cohort: Option<&str>, current: RwSignal<T>, load: Rc<L>)
    where
        T: PartialEq + Send + Sync + 'static,
        L: Fn() -> F + 'static,
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        let url = cohort.map_or_else(|| "/live".to_owned(), |cohort| format!("/live?cohort={cohort}"));
        let listener: Shared = Rc::new_cyclic(|this| {
            let this = this.clone();
            let asked = Rc::new(RefCell::new(0_u32));
            let ask = move || {
                let (this, load, asked) = (this.clone(), load.clone(), asked.clone());
                *asked.borrow_mut() += 1;
                let number = *asked.borrow();
                spawn_local(async move {
                    let answer = load().await;
                    let Some(listener) = this.upgrade() else { return };
                    // A slow answer must not undo the one to a later question.
                    if *asked.borrow() == number {
                        take(&listener, current, answer);
                    }
                });
            };
            RefCell::new(Listener {
                url,
                ask: Rc::new(ask),
                source: None,
                on_message: None,
                watchdog: None,
                over: false,
            })
        });
        let message = Closure::new({
            let listener = listener.clone();
            move |event: MessageEvent| {
                if event.data().as_string().as_deref() != Some("beat") {
                    ask(&listener);
                }
                watch(&listener);
            }
        });
        listener.borrow_mut().on_message = Some(message);
        open(&listener);
        // For as long as the page lives.
        let _ = window_event_listener_untyped("visibilitychange", {
            let listener = listener.clone();
            move |_| if document().hidden() { close(&listener) } else { look_again(&listener) }
        });
        let _ = window_event_listener(ev::pageshow, move |_| look_again(&listener));
    }

    fn take<T: PartialEq + Send + Sync + 'static>(
        listener: &Shared,
        current: RwSignal<T>,
        answer: Result<T, ApiError>,
    ) {
        match answer {
            Ok(new) => {
                if current.with_untracked(|shown| *shown != new) {
                    current.set(new);
                }
            }
            Err(error) if matches!(error.kind, ErrorKind::SignedOut | ErrorKind::NotFound) => {
                listener.borrow_mut().over = true;
                close(listener);
            }
            Err(_) => {
                let listener = listener.clone();
                set_timeout(move || ask(&listener), ASK_AGAIN);
            }
        }
    }

    /// Somebody looks at the tab again, who may have signed in again elsewhere.
    fn look_again(listener: &Shared) {
        listener.borrow_mut().over = false;
        open(listener);
    }

    fn ask(listener: &Shared) {
        let ask = listener.borrow().ask.clone();
        ask();
    }

    fn open(listener: &Shared) {
        if listener.borrow().over || listener.borrow().source.is_some() || document().hidden() {
            return;
        }
        let source = {
            let this = listener.borrow();
            let source = EventSource::new(&this.url).ok();
            if let (Some(source), Some(message)) = (&source, &this.on_message) {
                source.set_onmessage(Some(message.as_ref().unchecked_ref()));
            }
            source
        };
        listener.borrow_mut().source = source;
        watch(listener);
    }

    fn close(listener: &Shared) {
        let mut this = listener.borrow_mut();
        if let Some(source) = this.source.take() {
            source.close();
        }
        if let Some(watchdog) = this.watchdog.take() {
            watchdog.clear();
        }
    }

    /// Starts the five seconds again. When they pass, asks, and opens the stream anew: the browser itself may take a
    /// minute to see that a connection is dead.
    fn watch(listener: &Shared) {
        let silent = {
            let listener = listener.clone();
            move || {
                ask(&listener);
                close(&listener);
                open(&listener);
            }
        };
        let handle = set_timeout_with_handle(silent, SILENCE);
        let mut this = listener.borrow_mut();
        if let Some(before) = this.watchdog.take() {
            before.clear();
        }
        this.watchdog = handle.ok();
    }
}
