//! The tab's one stream of events.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

use super::asker::Asker;

/// The event stream speaks every two seconds: when it has not for so long, the way is broken.
const SILENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Copy)]
struct OfTab(StoredValue<Rc<Stream>, LocalStorage>);

pub fn provide() {
    let stream = Rc::new_cyclic(|this| Stream {
        this: Weak::clone(this),
        parts: RefCell::default(),
        open: RefCell::default(),
        watchdog: RefCell::default(),
        news: Cell::new(0),
        shown: Cell::new(0),
    });
    // As long as the tab: nothing of this ends before.
    let hear = stream.clone();
    let _ = window_event_listener_untyped("visibilitychange", move |_| {
        if document().hidden() { hear.rest() } else { hear.look_again() }
    });
    let hear = stream.clone();
    let _ = window_event_listener(ev::pageshow, move |event| {
        if event.persisted() {
            hear.look_again();
        }
    });
    let hear = stream.clone();
    let _ =
        window_event_listener(ev::online, move |_| hear.parts().iter().for_each(|part| part.ask_if_lost()));
    provide_context(OfTab(StoredValue::new_local(stream)));
}

pub fn with(then: impl FnOnce(&Stream)) {
    if let Some(OfTab(stream)) = use_context() {
        stream.with_value(|stream| then(stream));
    }
}

pub fn tell_changed() -> impl Fn() + Copy {
    let stream = use_context();
    move || {
        if let Some(OfTab(stream)) = stream {
            stream.with_value(|stream| stream.changed());
        }
    }
}

/// Milliseconds since the document was loaded.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

pub struct Stream {
    this: Weak<Stream>,
    /// Who is told. A part is gone when its page is.
    parts: RefCell<Vec<Weak<Asker>>>,
    open: RefCell<Option<Open>>,
    watchdog: RefCell<Option<TimeoutHandle>>,
    /// How often there was news.
    news: Cell<u32>,
    /// How often when the page that is shown was asked for.
    shown: Cell<u32>,
}

struct Open {
    url: String,
    source: EventSource,
    _message: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.close();
    }
}

impl Stream {
    pub fn join(&self, part: &Rc<Asker>) {
        self.parts.borrow_mut().push(Rc::downgrade(part));
        self.keep_open();
        // It may be drawn from what was true before the news.
        if part.listens() && self.news.get() != self.shown.get() {
            part.ask();
        }
    }

    pub fn page_asked_for(&self) {
        self.shown.set(self.news.get());
    }

    fn parts(&self) -> Vec<Rc<Asker>> {
        let mut parts = self.parts.borrow_mut();
        parts.retain(|part| part.strong_count() > 0);
        parts.iter().filter_map(Weak::upgrade).collect()
    }

    /// Opens, changes or closes the stream as the parts want it.
    fn keep_open(&self) {
        let parts: Vec<_> = self.parts().into_iter().filter(|part| part.listens()).collect();
        if parts.is_empty() || document().hidden() {
            self.close();
            return;
        }
        let cohort = parts.iter().find_map(|part| part.cohort.as_deref());
        let url = cohort.map_or_else(|| "/live".to_owned(), |cohort| format!("/live?cohort={cohort}"));
        if self.open.borrow().as_ref().is_none_or(|open| open.url != url) {
            self.open(url);
        }
    }

    fn open(&self, url: String) {
        self.close();
        if let Ok(source) = EventSource::new(&url) {
            let this = self.this.clone();
            let message = Closure::new(move |event: MessageEvent| {
                if let Some(stream) = this.upgrade() {
                    crate::navigation::heard_of_build(&event.last_event_id());
                    stream.heard(event.data().as_string().as_deref() == Some("beat"));
                }
            });
            source.set_onmessage(Some(message.as_ref().unchecked_ref()));
            *self.open.borrow_mut() = Some(Open { url, source, _message: message });
        }
        self.watch();
    }

    fn close(&self) {
        if let Some(watchdog) = self.watchdog.take() {
            watchdog.clear();
        }
        // A stream that is closed from its own message: what hears it stays until that is over.
        if let Some(open) = self.open.take() {
            open.source.close();
            set_timeout(move || drop(open), Duration::ZERO);
        }
    }

    fn heard(&self, beat: bool) {
        self.watch();
        if !beat {
            self.changed();
        }
        // The page may have become another since.
        self.keep_open();
    }

    /// What is shown may not be so any more.
    fn changed(&self) {
        crate::ahead::forget();
        self.news.set(self.news.get().wrapping_add(1));
        for part in self.parts().iter().filter(|part| part.listens()) {
            part.ask();
        }
    }

    /// Starts the silence again. When it has passed, the parts ask, and the stream is opened anew: the browser itself may take a
    /// minute to see that a connection is dead.
    fn watch(&self) {
        let this = self.this.clone();
        let broken = move || {
            if let Some(stream) = this.upgrade() {
                stream.parts().iter().for_each(|part| part.ask_unless_lost());
                stream.close();
                stream.keep_open();
            }
        };
        let handle = set_timeout_with_handle(broken, SILENCE).ok();
        if let Some(before) = self.watchdog.replace(handle) {
            before.clear();
        }
    }

    /// Nobody looks at the tab: its connection goes, because a browser has few for each host.
    fn rest(&self) {
        self.close();
        self.parts().iter().for_each(|part| part.rest());
    }

    fn look_again(&self) {
        self.parts().iter().for_each(|part| part.look_again());
        self.keep_open();
    }
}
