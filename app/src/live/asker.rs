//! Asks for one part of a page, again and again.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::{Rc, Weak},
    time::Duration,
};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::{News, Way, stream};
use crate::api::{ApiError, ErrorKind};

/// How soon an answer that was lost is asked for again: twice as long each time, so that a server with too much to do is not asked
/// more and more.
const ASK_AGAIN: Duration = Duration::from_secs(2);
const AT_LEAST_EVERY: Duration = Duration::from_secs(30);
/// Whoever has no answer by then has none.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// What is due is asked for so often from then on.
const WHEN_DUE: Duration = Duration::from_secs(3);
/// Everybody who waits for the same thing asks within this time, and not at the same moment.
const SPREAD: Duration = Duration::from_secs(2);
/// More than this nobody waits in front of a page.
const LONGEST: u32 = 24 * 60 * 60;

pub fn start<T, F>(news: News, ask: impl Fn() -> F + 'static, take: impl Fn(T) + 'static, way: RwSignal<Way>)
where
    T: 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let take = Rc::new(take);
    let (cohort, every, due_in) = match news {
        News::Own => (None, None, None),
        News::Cohort(cohort) => (Some(cohort), None, None),
        News::Every(every) => (None, Some(every), None),
        News::Due { every, due_in } => (None, Some(every), Some(due_in)),
    };
    let asker = Rc::new_cyclic(|weak: &Weak<Asker>| {
        let this = weak.clone();
        let ask = move |number: u32| {
            let (this, take, answer) = (this.clone(), take.clone(), ask());
            spawn_local(async move {
                let answer = answer.await;
                // The page may have gone meanwhile, and everything that is its own.
                let Some(asker) = this.upgrade() else { return };
                // A slow answer must not undo the one to a later question.
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
            cohort,
            every: Cell::new(every.map(|seconds| Duration::from_secs(seconds.into()))),
            way,
            asked: Cell::new(0),
            under_way: Cell::new(false),
            again: Cell::new(false),
            lost: Cell::new(0),
            timer: RefCell::default(),
            due: RefCell::default(),
        }
    });
    asker.wait();
    if let Some(seconds) = due_in.filter(|seconds| *seconds <= LONGEST) {
        let due = Duration::from_secs(seconds.into()) + SPREAD.mul_f64(stream::now().fract());
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
    // Held by the page, and by nobody else: it ends with it.
    StoredValue::new_local(asker);
}

pub struct Asker {
    this: Weak<Asker>,
    /// Takes the number of the question.
    ask: Box<dyn Fn(u32)>,
    pub cohort: Option<String>,
    /// Asks by itself after this time. Otherwise the stream says when.
    every: Cell<Option<Duration>>,
    way: RwSignal<Way>,
    /// The number of the last question.
    asked: Cell<u32>,
    /// Its answer is still to come.
    under_way: Cell<bool>,
    /// News came meanwhile.
    again: Cell<bool>,
    /// How many answers in a row were lost.
    lost: Cell<u32>,
    /// To ask again.
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
    /// Whether the stream has to be open for it.
    pub fn listens(&self) -> bool {
        self.every.get().is_none() && !self.is_over()
    }

    /// Signed out, or no longer allowed to see it.
    fn is_over(&self) -> bool {
        self.way.try_get_untracked() == Some(Way::Over)
    }

    /// There is news.
    pub fn ask(&self) {
        if self.is_over() {
            return;
        }
        if self.under_way.replace(true) {
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
                // An answer that comes after all is nobody's.
                asker.asked.set(number + 1);
                asker.found(Some(&ApiError::new(ErrorKind::Offline)));
                asker.go_on();
            }
        };
        *self.timer.borrow_mut() = set_timeout_with_handle(given_up, ANSWERED_WITHIN).ok();
        (self.ask)(number);
    }

    /// The stream is silent: the way may be broken. What was lost is asked for in its own time.
    pub fn ask_unless_lost(&self) {
        if self.listens() && self.lost.get() == 0 {
            self.ask();
        }
    }

    /// The network is back.
    pub fn ask_if_lost(&self) {
        if self.lost.replace(0) > 0 {
            self.ask();
        }
    }

    /// Somebody looks at the tab again, who may have signed in again elsewhere. What the stream tells of is asked for when it is open.
    pub fn look_again(&self) {
        self.lost.set(0);
        if self.is_over() {
            self.way.set(Way::Open);
        }
        if self.every.get().is_some() {
            self.ask();
        }
    }

    /// Nobody looks at the tab.
    pub fn rest(&self) {
        if !self.under_way.get() {
            self.stop_waiting();
        }
    }

    /// Takes in what came of asking.
    fn found(&self, error: Option<&ApiError>) {
        self.under_way.set(false);
        self.stop_waiting();
        let way = match error.map(|error| error.kind) {
            None => Way::Open,
            Some(ErrorKind::SignedOut | ErrorKind::NotFound) => Way::Over,
            Some(_) => Way::Lost,
        };
        self.lost.set(if way == Way::Lost { self.lost.get() + 1 } else { 0 });
        if self.way.try_get_untracked().is_some_and(|before| before != way) {
            self.way.set(way);
        }
    }

    /// Asks for what came meanwhile, or when it is time.
    fn go_on(&self) {
        if self.again.get() && self.lost.get() == 0 {
            self.ask();
        } else {
            self.wait();
        }
    }

    fn wait(&self) {
        let time = match (self.lost.get(), self.every.get()) {
            (0, None) => return,
            (0, Some(every)) => every,
            (lost, every) => {
                let longer = ASK_AGAIN.min(every.unwrap_or(ASK_AGAIN)) * 2_u32.pow((lost - 1).min(4));
                // Not all pages at the same moment.
                longer.min(AT_LEAST_EVERY).mul_f64(0.75 + stream::now().fract() / 2.0)
            }
        };
        if self.is_over() || document().hidden() {
            return;
        }
        let this = self.this.clone();
        let ask = move || {
            if let Some(asker) = this.upgrade() {
                asker.ask();
            }
        };
        *self.timer.borrow_mut() = set_timeout_with_handle(ask, time).ok();
    }

    fn stop_waiting(&self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
    }
}
