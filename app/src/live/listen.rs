use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::Rc,
    time::Duration,
};

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

use crate::api::{ApiError, ErrorKind};

/// The event stream speaks every two seconds: when it has not for so long, the way is broken.
const SILENCE: Duration = Duration::from_secs(5);
/// How soon an answer that was lost is asked for again: twice as long each time, so that a server with too much to do is not asked
/// more and more.
const ASK_AGAIN: Duration = Duration::from_secs(2);
const AT_LEAST_EVERY: Duration = Duration::from_secs(30);
/// Whoever has no answer by then has none.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// Where news comes from.
pub enum News {
    /// The server's event stream at this address. While it is silent, the server is asked every five seconds.
    Stream(String),
    /// Nowhere: the server is asked anew after this time.
    Every(Duration),
}

/// What came of asking.
pub enum Found<T> {
    Now(T),
    /// The server does not answer just now. It is asked again soon.
    Lost,
    /// Nothing more to be had: the session has ended, or the permission has.
    Over,
}

impl<T> From<Result<T, ApiError>> for Found<T> {
    fn from(answer: Result<T, ApiError>) -> Self {
        match answer {
            Ok(now) => Self::Now(now),
            Err(error) if matches!(error.kind, ErrorKind::SignedOut | ErrorKind::NotFound) => Self::Over,
            Err(_) => Self::Lost,
        }
    }
}

/// Asks whenever there is news, and gives what was found to `take`; for as long as the page lives. One question is under way at a
/// time: whatever news comes meanwhile is asked for once, afterwards.
///
/// A tab that nobody looks at lets its connection go, because a browser has few for each host, and asks as soon as it is looked
/// at. Whoever is signed out, or may no longer see it, is left alone until the tab is looked at again.
pub fn listen<T, F>(news: News, ask: impl Fn() -> F + 'static, take: impl Fn(Found<T>) + 'static)
where
    T: 'static,
    F: Future<Output = Found<T>> + 'static,
{
    let take = Rc::new(take);
    let listener = Rc::new_cyclic(|this: &std::rc::Weak<Listener>| {
        let this = this.clone();
        let ask = move || {
            let Some(number) = this.upgrade().and_then(|listener| listener.asks()) else { return };
            let given_up = {
                let (this, take) = (this.clone(), take.clone());
                move || {
                    if let Some(listener) = this.upgrade().filter(|listener| listener.waits_for(number)) {
                        listener.found(&Found::<T>::Lost);
                        take(Found::Lost);
                    }
                }
            };
            set_timeout(given_up, ANSWERED_WITHIN);
            let (this, take, answer) = (this.clone(), take.clone(), ask());
            spawn_local(async move {
                let found = answer.await;
                let Some(listener) = this.upgrade() else { return };
                // A slow answer must not undo the one to a later question.
                if listener.asked.get() == number {
                    let again = listener.found(&found);
                    take(found);
                    if again {
                        (listener.ask)();
                    }
                }
            });
        };
        let (url, silence) = match news {
            News::Stream(url) => (Some(url), SILENCE),
            News::Every(time) => (None, time),
        };
        Listener {
            url,
            silence,
            ask: Box::new(ask),
            asked: Cell::new(0),
            under_way: Cell::new(false),
            again: Cell::new(false),
            lost: Cell::new(0),
            heard: Cell::new(0.0),
            over: Cell::new(false),
            open: RefCell::default(),
        }
    });
    let message = Closure::new({
        let listener = listener.clone();
        move |event: MessageEvent| {
            let beat = event.data().as_string().as_deref() == Some("beat");
            listener.heard.set(now());
            if !beat {
                (listener.ask)();
            }
            // The stream may live although an answer was lost: that is asked for in its own time.
            if !beat || listener.lost.get() == 0 {
                listener.watch();
            }
        }
    });
    listener.open.borrow_mut().on_message = Some(message);
    listener.open();
    let _ = window_event_listener_untyped("visibilitychange", {
        let listener = listener.clone();
        move |_| if document().hidden() { listener.close() } else { listener.look_again() }
    });
    let _ = window_event_listener_untyped("online", {
        let listener = listener.clone();
        move |_| {
            if listener.lost.replace(0) > 0 && !document().hidden() {
                (listener.ask)();
                listener.watch();
            }
        }
    });
    let _ = window_event_listener(ev::pageshow, move |_| listener.look_again());
}

/// Milliseconds since the page was opened.
fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

struct Listener {
    url: Option<String>,
    silence: Duration,
    ask: Box<dyn Fn()>,
    /// The number of the last question.
    asked: Cell<u32>,
    /// Its answer is still to come.
    under_way: Cell<bool>,
    /// News came meanwhile.
    again: Cell<bool>,
    /// How many answers in a row were lost.
    lost: Cell<u32>,
    /// When the stream was heard last.
    heard: Cell<f64>,
    over: Cell<bool>,
    open: RefCell<Open>,
}

#[derive(Default)]
struct Open {
    source: Option<EventSource>,
    on_message: Option<Closure<dyn FnMut(MessageEvent)>>,
    watchdog: Option<TimeoutHandle>,
}

impl Listener {
    /// The number of a new question; none while one is under way.
    fn asks(&self) -> Option<u32> {
        if self.under_way.replace(true) {
            self.again.set(true);
            return None;
        }
        self.again.set(false);
        self.asked.set(self.asked.get() + 1);
        Some(self.asked.get())
    }

    fn waits_for(&self, number: u32) -> bool {
        self.under_way.get() && self.asked.get() == number
    }

    /// Whether to ask again at once, for news that came meanwhile.
    fn found<T>(self: &Rc<Self>, found: &Found<T>) -> bool {
        self.under_way.set(false);
        let lost = if matches!(found, Found::Lost) { self.lost.get() + 1 } else { 0 };
        self.lost.set(lost);
        match found {
            Found::Now(_) => return self.again.get(),
            Found::Lost if document().hidden() => {}
            Found::Lost => self.watch(),
            Found::Over => {
                self.over.set(true);
                self.close();
            }
        }
        false
    }

    /// Somebody looks at the tab again, who may have signed in again elsewhere.
    fn look_again(self: &Rc<Self>) {
        self.over.set(false);
        if self.open.borrow().watchdog.is_none() {
            self.lost.set(0);
            if self.url.is_none() {
                (self.ask)();
            }
            self.open();
        }
    }

    fn open(self: &Rc<Self>) {
        if self.over.get() || document().hidden() {
            return;
        }
        if let Some(url) = &self.url {
            let source = EventSource::new(url).ok();
            let mut open = self.open.borrow_mut();
            if let (Some(source), Some(message)) = (&source, &open.on_message) {
                source.set_onmessage(Some(message.as_ref().unchecked_ref()));
            }
            open.source = source;
        }
        self.watch();
    }

    fn close(&self) {
        let mut open = self.open.borrow_mut();
        if let Some(source) = open.source.take() {
            source.close();
        }
        if let Some(watchdog) = open.watchdog.take() {
            watchdog.clear();
        }
    }

    /// Starts the silence again. When it has passed, asks, and opens a stream that has fallen silent anew: the browser itself may
    /// take a minute to see that a connection is dead.
    fn watch(self: &Rc<Self>) {
        let broken = {
            let this = self.clone();
            move || {
                (this.ask)();
                if now() - this.heard.get() < SILENCE.as_secs_f64() * 1000.0 {
                    this.watch();
                } else {
                    this.close();
                    this.open();
                }
            }
        };
        let handle = set_timeout_with_handle(broken, self.patience()).ok();
        let before = std::mem::replace(&mut self.open.borrow_mut().watchdog, handle);
        if let Some(before) = before {
            before.clear();
        }
    }

    fn patience(&self) -> Duration {
        match self.lost.get() {
            0 => self.silence,
            lost => {
                let longer = ASK_AGAIN.min(self.silence) * 2_u32.pow((lost - 1).min(4));
                // Not all pages at the same moment.
                longer.min(AT_LEAST_EVERY).mul_f64(0.75 + now().fract() / 2.0)
            }
        }
    }
}
