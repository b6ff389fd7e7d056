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
const ASK_AGAIN: Duration = Duration::from_secs(2);

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

/// Asks whenever there is news, and gives what was found to `take`; for as long as the page lives.
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
        let (asked, taken) = (Cell::new(0_u32), Rc::new(Cell::new(0_u32)));
        let ask = move || {
            let number = asked.get() + 1;
            asked.set(number);
            let (this, take, taken, answer) = (this.clone(), take.clone(), taken.clone(), ask());
            spawn_local(async move {
                let found = answer.await;
                let Some(listener) = this.upgrade() else { return };
                // A slow answer must not undo the one to a later question.
                if taken.get() < number {
                    taken.set(number);
                    listener.found(&found);
                    take(found);
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
            lost: Cell::new(false),
            over: Cell::new(false),
            open: RefCell::default(),
        }
    });
    let message = Closure::new({
        let listener = listener.clone();
        move |event: MessageEvent| {
            // The stream may live although an answer was lost.
            if listener.lost.get() || event.data().as_string().as_deref() != Some("beat") {
                (listener.ask)();
            }
            listener.watch();
        }
    });
    listener.open.borrow_mut().on_message = Some(message);
    listener.open();
    let _ = window_event_listener_untyped("visibilitychange", {
        let listener = listener.clone();
        move |_| if document().hidden() { listener.close() } else { listener.look_again() }
    });
    let _ = window_event_listener(ev::pageshow, move |_| listener.look_again());
}

struct Listener {
    url: Option<String>,
    silence: Duration,
    ask: Box<dyn Fn()>,
    /// The last answer was.
    lost: Cell<bool>,
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
    fn found<T>(self: &Rc<Self>, found: &Found<T>) {
        self.lost.set(matches!(found, Found::Lost));
        match found {
            Found::Now(_) => {}
            Found::Lost if document().hidden() => {}
            Found::Lost => self.watch(),
            Found::Over => {
                self.over.set(true);
                self.close();
            }
        }
    }

    /// Somebody looks at the tab again, who may have signed in again elsewhere.
    fn look_again(self: &Rc<Self>) {
        self.over.set(false);
        if self.open.borrow().watchdog.is_none() {
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

    /// Starts the silence again. When it has passed, asks, and opens the stream anew: the browser itself may take a minute to
    /// see that a connection is dead.
    fn watch(self: &Rc<Self>) {
        let broken = {
            let this = self.clone();
            move || {
                (this.ask)();
                this.close();
                this.open();
            }
        };
        let patience = if self.lost.get() { ASK_AGAIN.min(self.silence) } else { self.silence };
        let handle = set_timeout_with_handle(broken, patience).ok();
        let before = std::mem::replace(&mut self.open.borrow_mut().watchdog, handle);
        if let Some(before) = before {
            before.clear();
        }
    }
}
