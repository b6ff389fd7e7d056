use leptos::prelude::*;

/// A number that rises whenever what is shown may have changed, here or on another device: ask again then.
///
/// It listens to the server's event stream. Silence of five seconds (the server speaks every two) means that the way is
/// broken: then it rises every five seconds until the stream is back. A tab that nobody looks at lets its connection
/// go, because a browser has few for each host, and asks again as soon as it is looked at.
///
/// `cohort` adds the news of that cohort, for whoever may follow it.
pub fn use_live(cohort: Option<String>) -> ReadSignal<u32> {
    let (version, set_version) = signal(0_u32);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::listen(cohort.as_deref(), set_version));
    #[cfg(not(feature = "hydrate"))]
    let _ = (cohort, set_version);
    version
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::RefCell, rc::Rc, time::Duration};

    use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{EventSource, MessageEvent};

    const SILENCE: Duration = Duration::from_secs(5);

    struct Listener {
        url: String,
        set_version: WriteSignal<u32>,
        source: Option<EventSource>,
        on_message: Option<Closure<dyn FnMut(MessageEvent)>>,
        watchdog: Option<TimeoutHandle>,
    }

    type Shared = Rc<RefCell<Listener>>;

    pub(super) fn listen(cohort: Option<&str>, set_version: WriteSignal<u32>) {
        let url = cohort.map_or_else(|| "/live".to_owned(), |cohort| format!("/live?cohort={cohort}"));
        let listener: Shared = Rc::new(RefCell::new(Listener {
            url,
            set_version,
            source: None,
            on_message: None,
            watchdog: None,
        }));
        let message = Closure::new({
            let listener = listener.clone();
            move |event: MessageEvent| {
                if event.data().as_string().as_deref() != Some("beat") {
                    rise(&listener);
                }
                watch(&listener);
            }
        });
        listener.borrow_mut().on_message = Some(message);
        open(&listener);
        // For as long as the page lives, and so does the island that asked.
        let _ = window_event_listener_untyped("visibilitychange", {
            let listener = listener.clone();
            move |_| if document().hidden() { close(&listener) } else { open(&listener) }
        });
        let _ = window_event_listener(ev::pageshow, move |_| open(&listener));
    }

    fn rise(listener: &Shared) {
        listener.borrow().set_version.try_update(|version| *version = version.wrapping_add(1));
    }

    fn open(listener: &Shared) {
        if listener.borrow().source.is_some() || document().hidden() {
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
        let handle = set_timeout_with_handle(
            {
                let listener = listener.clone();
                move || {
                    rise(&listener);
                    close(&listener);
                    open(&listener);
                }
            },
            SILENCE,
        );
        let mut this = listener.borrow_mut();
        if let Some(before) = this.watchdog.take() {
            before.clear();
        }
        this.watchdog = handle.ok();
    }
}
