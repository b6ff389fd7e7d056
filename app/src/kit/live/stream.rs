//! The tab's one stream of events.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use domain::kit::live::{Topic, pace};
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent, js_sys::Math};

use super::asker::Asker;

#[derive(Clone, Copy)]
struct OfTab(StoredValue<Rc<Stream>, LocalStorage>);

pub fn provide() {
    let stream = Rc::new_cyclic(|this| Stream {
        this: Weak::clone(this),
        parts: RefCell::default(),
        open: RefCell::default(),
        timer: RefCell::default(),
        due: Cell::new(false),
        hears: Rc::default(),
        failed: Cell::new(0),
        news: Cell::new(0),
        shown: Cell::new(0),
    });
    // It lives as long as the tab.
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
    let _ = window_event_listener(ev::online, move |_| {
        let hear = hear.clone();
        set_timeout(move || hear.online(), pace::SPREAD.mul_f64(chance()));
    });
    provide_context(OfTab(StoredValue::new_local(stream)));
}

pub fn with<T>(then: impl FnOnce(&Stream) -> T) -> Option<T> {
    use_context().map(|OfTab(stream)| stream.with_value(|stream| then(stream)))
}

pub fn tell_changed() -> impl Fn() + Copy {
    let stream = use_context();
    move || {
        if let Some(OfTab(stream)) = stream {
            stream.with_value(|stream| stream.changed(None));
        }
    }
}

/// A new number between 0 and 1, different in each tab.
pub fn chance() -> f64 {
    Math::random()
}

pub struct Stream {
    this: Weak<Stream>,
    /// The listening parts. A part goes with its page.
    parts: RefCell<Vec<Weak<Asker>>>,
    open: RefCell<Option<Open>>,
    /// The timer for the silence of the open stream, or for opening the next.
    timer: RefCell<Option<TimeoutHandle>>,
    /// A check of the parts' topics is due in a moment.
    due: Cell<bool>,
    hears: Rc<Cell<bool>>,
    /// How many streams in a row failed to open.
    failed: Cell<u32>,
    /// How often there has been news.
    news: Cell<u32>,
    /// `news` at the moment when the shown page was requested.
    shown: Cell<u32>,
}

struct Open {
    topics: Vec<Topic>,
    source: EventSource,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(Event)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

impl Stream {
    pub fn join(&self, part: &Rc<Asker>) {
        self.parts.borrow_mut().push(Rc::downgrade(part));
        // Once all parts of the page are there.
        if !self.due.replace(true) {
            let this = self.this.clone();
            let look = move || {
                if let Some(stream) = this.upgrade() {
                    stream.due.set(false);
                    stream.keep_open();
                }
            };
            set_timeout(look, Duration::ZERO);
        }
        // It may be drawn from data older than the news.
        if part.listens() && self.news.get() != self.shown.get() {
            part.ask();
        }
    }

    /// Whether the stream would report news now.
    pub fn hears(&self) -> Rc<Cell<bool>> {
        self.hears.clone()
    }

    pub fn page_asked_for(&self) {
        self.shown.set(self.news.get());
    }

    fn parts(&self) -> Vec<Rc<Asker>> {
        let mut parts = self.parts.borrow_mut();
        parts.retain(|part| part.strong_count() > 0);
        parts.iter().filter_map(Weak::upgrade).collect()
    }

    fn listening(&self) -> Vec<Rc<Asker>> {
        self.parts().into_iter().filter(|part| part.listens()).collect()
    }

    /// Opens, changes or closes the stream as the parts need it. A stream that covers more than they need stays open,
    /// so that another page with the same topics causes no request. A new stream begins with the news that everything
    /// may have changed.
    fn keep_open(&self) {
        let mut wanted = Vec::new();
        for topic in self.listening().iter().filter_map(|part| part.topic) {
            if !wanted.contains(&topic) {
                wanted.push(topic);
            }
        }
        let covers = |open: &Open| wanted.iter().all(|topic| open.topics.contains(topic));
        if wanted.is_empty() || document().hidden() {
            self.close();
            self.failed.set(0);
        } else if !self.open.borrow().as_ref().is_some_and(covers) {
            self.open(wanted);
        }
    }

    fn open(&self, topics: Vec<Topic>) {
        self.close();
        let names: Vec<_> = topics.iter().map(Topic::to_string).collect();
        if let Ok(source) = EventSource::new(&format!("/live?topics={}", names.join(","))) {
            let this = self.this.clone();
            let message = Closure::new(move |event: MessageEvent| {
                if let Some(stream) = this.upgrade() {
                    crate::kit::navigation::heard_of_build(&event.last_event_id());
                    stream.heard(&event.data().as_string().unwrap_or_default());
                }
            });
            source.set_onmessage(Some(message.as_ref().unchecked_ref()));
            let this = self.this.clone();
            let error = Closure::new(move |_| {
                if let Some(stream) = this.upgrade() {
                    stream.broken(false);
                }
            });
            source.set_onerror(Some(error.as_ref().unchecked_ref()));
            *self.open.borrow_mut() = Some(Open { topics, source, _message: message, _error: error });
        }
        self.watch();
    }

    fn close(&self) {
        self.hears.set(false);
        self.after(None);
        // A stream may be closed by its own message: its listener stays until that is handled.
        if let Some(open) = self.open.take() {
            open.source.close();
            set_timeout(move || drop(open), Duration::ZERO);
        }
    }

    fn heard(&self, event: &str) {
        // A message that was on its way when the stream was closed does not count for the next.
        if self.open.borrow().is_none() {
            return;
        }
        self.hears.set(true);
        self.failed.set(0);
        self.watch();
        if let Some(of) = event.strip_prefix("changed") {
            self.changed(of.trim().parse().ok());
        }
        // The page may have changed since.
        self.keep_open();
    }

    /// The shown data may be out of date: for a topic, or for all.
    fn changed(&self, topic: Option<Topic>) {
        crate::kit::ahead::forget();
        self.news.set(self.news.get().wrapping_add(1));
        for part in self.listening() {
            if topic.is_none() || part.topic == topic {
                part.ask();
            }
        }
    }

    /// Restarts the timer for silence.
    fn watch(&self) {
        let this = self.this.clone();
        let silent = move || {
            if let Some(stream) = this.upgrade() {
                stream.broken(true);
            }
        };
        self.after(Some((Box::new(silent), pace::SILENCE + pace::SPREAD.mul_f64(chance()))));
    }

    /// The stream has ended, or is silent: the browser may take a minute to notice a dead connection. Another is opened
    /// after a pause. If that fails, the parts ask by themselves after each try.
    fn broken(&self, silent: bool) {
        let heard = self.hears.get();
        self.close();
        self.failed.set(if heard { 0 } else { self.failed.get() + 1 });
        let parts = self.listening();
        let answers = parts.iter().all(|part| !part.is_lost());
        if silent || !heard {
            parts.iter().for_each(|part| part.ask());
        }
        if parts.is_empty() || document().hidden() {
            return;
        }
        let this = self.this.clone();
        let again = move || {
            if let Some(stream) = this.upgrade() {
                stream.keep_open();
            }
        };
        self.after(Some((Box::new(again), pace::open_again_in(self.failed.get(), answers, chance()))));
    }

    fn after(&self, then: Option<(Box<dyn Fn()>, Duration)>) {
        let handle = then.and_then(|(then, time)| set_timeout_with_handle(then, time).ok());
        if let Some(before) = self.timer.replace(handle) {
            before.clear();
        }
    }

    /// The tab is hidden: its connection is closed, because a browser has few for each host.
    fn rest(&self) {
        self.close();
        self.failed.set(0);
        self.parts().iter().for_each(|part| part.rest());
    }

    fn look_again(&self) {
        self.parts().iter().for_each(|part| part.look_again());
        self.keep_open();
    }

    fn online(&self) {
        self.parts().iter().for_each(|part| part.ask_if_lost());
        if !self.hears.get() {
            // One that has been opening since then may never send anything.
            self.close();
            self.failed.set(0);
            self.keep_open();
        }
    }
}
