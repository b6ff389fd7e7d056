//! Requests the data of one part of a page, again and again.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::{Rc, Weak},
    time::Duration,
};

use domain::kit::live::{Topic, pace};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::{
    ConnectionState, Refresh,
    stream::{self, Stream, chance},
};
use crate::kit::api::{ApiError, ErrorKind, PageState};

/// How often due data is requested from then on.
const WHEN_DUE: Duration = Duration::from_secs(3);
/// A person never waits longer than this in front of a page.
const LONGEST: u32 = 24 * 60 * 60;

pub fn start<T, F>(
    news: Refresh,
    ask: impl Fn() -> F + 'static,
    take: impl Fn(T) + 'static,
    connection: RwSignal<ConnectionState>,
) where
    T: 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let take = Rc::new(take);
    let (topic, every, due_in) = match news {
        Refresh::OwnProgress => {
            (PageState::get().signed_in.map(|signed_in| Topic::Progress(signed_in.person)), None, None)
        }
        Refresh::Of(topic) => (Some(topic), None, None),
        Refresh::Every(every) => (None, Some(every), None),
        Refresh::Due { every, due_in } => (None, Some(every), Some(due_in)),
    };
    let stream_hears = stream::with(Stream::hears).unwrap_or_default();
    let asker = Rc::new_cyclic(|weak: &Weak<Asker>| {
        let this = weak.clone();
        let ask = move |number: u32| {
            let (this, take, answer) = (this.clone(), take.clone(), ask());
            spawn_local(async move {
                let answer = answer.await;
                // The reply now belongs to another person.
                let answer = if crate::kit::whose::is_somebody_else() {
                    Err(ApiError::new(ErrorKind::SignedOut))
                } else {
                    answer
                };
                // The page may have gone meanwhile, with everything that belongs to it.
                let Some(asker) = this.upgrade() else { return };
                // A slow reply must not overwrite the one to a later request.
                if asker.asked.get() == number {
                    asker.found(answer.as_ref().err());
                    if let Ok(now) = answer {
                        take(now);
                    }
                    asker.go_on();
                }
            });
        };
        Asker {
            this: weak.clone(),
            ask: Box::new(ask),
            topic,
            stream_hears,
            every: Cell::new(every.map(|seconds| Duration::from_secs(seconds.into()))),
            connection,
            asked: Cell::new(0),
            under_way: Cell::new(false),
            pausing: Cell::new(false),
            again: Cell::new(false),
            lost: Cell::new(0),
            timer: RefCell::default(),
            due: RefCell::default(),
        }
    });
    asker.wait();
    if let Some(seconds) = due_in.filter(|seconds| *seconds <= LONGEST) {
        let due = Duration::from_secs(seconds.into()) + pace::SPREAD.mul_f64(chance());
        let this = Rc::downgrade(&asker);
        let is_due = move || {
            if let Some(asker) = this.upgrade() {
                asker.every.set(Some(WHEN_DUE));
                asker.ask();
            }
        };
        *asker.due.borrow_mut() = set_timeout_with_handle(is_due, due).ok();
    }
    stream::with(|stream| stream.join(&asker));
    // Held only by the page: it ends with it.
    StoredValue::new_local(asker);
}

pub struct Asker {
    this: Weak<Asker>,
    /// Receives the number of the request.
    ask: Box<dyn Fn(u32)>,
    /// The topics that it follows.
    pub topic: Option<Topic>,
    stream_hears: Rc<Cell<bool>>,
    /// The interval at which it asks by itself. Otherwise the stream decides.
    every: Cell<Option<Duration>>,
    connection: RwSignal<ConnectionState>,
    /// The number of the last request.
    asked: Cell<u32>,
    /// Its reply is still to come.
    under_way: Cell<bool>,
    /// The reply has just arrived.
    pausing: Cell<bool>,
    /// News arrived meanwhile.
    again: Cell<bool>,
    /// How many replies in a row were lost.
    lost: Cell<u32>,
    /// The timer for the next request, or for the end of the pause.
    timer: RefCell<Option<TimeoutHandle>>,
    due: RefCell<Option<TimeoutHandle>>,
}

impl Drop for Asker {
    fn drop(&mut self) {
        for timer in [self.timer.take(), self.due.take()].into_iter().flatten() {
            timer.clear();
        }
    }
}

impl Asker {
    /// Whether it needs the stream to be open.
    pub fn listens(&self) -> bool {
        self.topic.is_some() && !self.is_over()
    }

    /// Signed out, or no longer allowed to see it.
    fn is_over(&self) -> bool {
        self.connection.try_get_untracked() == Some(ConnectionState::Over)
    }

    /// There is news.
    pub fn ask(&self) {
        if self.is_over() {
            return;
        }
        if self.pausing.get() || self.under_way.replace(true) {
            self.again.set(true);
            return;
        }
        self.again.set(false);
        self.stop_waiting();
        let number = self.asked.get() + 1;
        self.asked.set(number);
        let this = self.this.clone();
        let given_up = move || {
            if let Some(asker) =
                this.upgrade().filter(|asker| asker.under_way.get() && asker.asked.get() == number)
            {
                // A late reply is ignored.
                asker.asked.set(number + 1);
                asker.found(Some(&ApiError::new(ErrorKind::Offline)));
                asker.go_on();
            }
        };
        *self.timer.borrow_mut() = set_timeout_with_handle(given_up, pace::ANSWERED_WITHIN).ok();
        (self.ask)(number);
    }

    pub fn is_lost(&self) -> bool {
        self.lost.get() > 0
    }

    /// The network is back.
    pub fn ask_if_lost(&self) {
        if self.lost.replace(0) > 0 {
            self.ask();
        }
    }

    /// The tab is visible again, and the person may have signed in again elsewhere. Topics of the stream are requested
    /// when it is open.
    pub fn look_again(&self) {
        self.lost.set(0);
        if self.is_over() {
            self.connection.set(ConnectionState::Open);
        }
        if self.every.get().is_some() {
            self.ask();
        }
    }

    /// The tab is hidden.
    pub fn rest(&self) {
        if !self.under_way.get() {
            self.stop_waiting();
        }
    }

    /// Handles the result of a request.
    fn found(&self, error: Option<&ApiError>) {
        self.under_way.set(false);
        self.stop_waiting();
        let connection = match error.map(|error| error.kind) {
            None => ConnectionState::Open,
            Some(ErrorKind::SignedOut | ErrorKind::NotFound) => ConnectionState::Over,
            Some(_) => ConnectionState::Lost,
        };
        self.lost.set(if connection == ConnectionState::Lost { self.lost.get() + 1 } else { 0 });
        if self.connection.try_get_untracked().is_some_and(|before| before != connection) {
            self.connection.set(connection);
        }
    }

    /// Pauses, so that much simultaneous news causes one request; or asks when it is due.
    fn go_on(&self) {
        if self.is_lost() || !self.listens() {
            self.wait();
            return;
        }
        self.pausing.set(true);
        let over = |asker: &Self| {
            asker.pausing.set(false);
            if asker.again.get() {
                asker.ask();
            }
        };
        self.after(pace::PAUSE, over);
    }

    fn wait(&self) {
        let time = match (self.lost.get(), self.every.get()) {
            (0, None) => return,
            (0, Some(every)) => every,
            // The stream, which is being opened again, decides when.
            (_, None) if !self.stream_hears.get() => return,
            (lost, every) => pace::ask_again_in(lost, every, chance()),
        };
        if self.is_over() || document().hidden() {
            return;
        }
        self.after(time, Self::ask);
    }

    fn after(&self, time: Duration, then: impl Fn(&Self) + 'static) {
        let this = self.this.clone();
        let then = move || {
            if let Some(asker) = this.upgrade() {
                then(&asker);
            }
        };
        *self.timer.borrow_mut() = set_timeout_with_handle(then, time).ok();
    }

    fn stop_waiting(&self) {
        self.pausing.set(false);
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
    }
}
