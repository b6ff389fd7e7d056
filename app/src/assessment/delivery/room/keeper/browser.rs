//! The browser's part: its timers, and the calls to the server.

use std::{cell::Cell, rc::Rc, time::Duration};

use domain::{
    assessment::{
        delivery::{AnswerOutbox, Failure, RoomQuestion, RoomState, Save, Saved, WindowWatch, pause_after},
        question::Response,
    },
    kit::live::Topic,
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, SubmitEvent};

use super::{Given, Keeper};
use crate::{
    assessment::delivery::{
        api::{begin_epoch, load_room_state, open_hint, report_window, save_answers, submit_answers},
        room::{device, question::focus},
    },
    kit::{
        api::ErrorKind,
        live::{Refresh, keep_current},
        send_later::send_later,
        ui::whenever,
        while_shown::{every, hear, hear_looks},
    },
};

/// From the last keystroke to the server, at most twice this.
const SOON: Duration = Duration::from_millis(700);
const AGAIN: Duration = Duration::from_secs(2);
/// A call without an answer for so long is taken for lost: a dead network can keep it waiting for minutes.
const PATIENCE: Duration = Duration::from_secs(8);
/// From hiding the page to telling that it was left: a page that is loaded again is gone by then.
const MOMENT: Duration = Duration::from_millis(500);
/// A sign of life, and a look at the time that is left.
const BEAT: Duration = Duration::from_secs(10);

/// The calls of a page, one of a kind at a time.
#[derive(Clone, Copy)]
struct Calls {
    keeper: Keeper,
    /// The number of the call that is under way; 0 when none is.
    busy: StoredValue<u32>,
    made: StoredValue<u32>,
    due: StoredValue<bool>,
    asked_for_epoch: StoredValue<u32>,
}

impl Keeper {
    /// Starts everything that goes on while the room is open. Called once, when the page has been taken over.
    pub fn start(self) {
        let calls = Calls {
            keeper: self,
            busy: StoredValue::new(0),
            made: StoredValue::new(0),
            due: StoredValue::new(false),
            asked_for_epoch: StoredValue::new(0),
        };
        let early = self.paper.try_update_value(|paper| paper.early.take()).flatten();
        let drawn = early.as_ref().map(|(n, _)| self.kept(*n));
        // First into this opening's place, then out of the older ones': at no moment is it in neither.
        let found = device::found(self.sitting);
        self.outbox.update(|outbox| found.iter().for_each(|(_, saves)| outbox.take_up(saves)));
        if self.keep() {
            let name = self.outbox.with_untracked(AnswerOutbox::name);
            device::forget_others(self.sitting, &name, found);
        }
        // What was done in this page is later than what an older opening left behind.
        if let (Some((n, given)), Some(drawn)) = (early, drawn) {
            if given.response != drawn.response {
                self.answer(n, given.response);
            }
            if given.flagged != drawn.flagged {
                self.flag(n, given.flagged);
            }
        }
        whenever(move || {
            self.outbox.track();
            self.keep();
            calls.soon();
        });
        calls.sit_down();
        let ask = move || async move {
            let answer = load_room_state(self.sitting).await;
            if let Err(error) = &answer {
                self.refused_to(error.kind);
            }
            answer
        };
        keep_current(Refresh::Of(Topic::Sitting(self.sitting)), ask, move |state| self.heard(state));
        let beat = move || {
            spawn_local(async move {
                if let Ok(state) = ask().await {
                    self.heard(state);
                }
            });
        };
        every(BEAT, beat);
        hear(ev::online, move |_| calls.send());
        let watch = StoredValue::new(WindowWatch::default());
        let report = move |all: Vec<bool>| {
            spawn_local(async move {
                for left in all {
                    drop(report_window(self.sitting, left).await);
                }
            });
        };
        hear_looks(move || {
            calls.send();
            if document().hidden() {
                watch.update_value(WindowWatch::hidden);
                let over = move || {
                    report(watch.try_update_value(WindowWatch::moment_over).flatten().into_iter().collect())
                };
                set_timeout(over, MOMENT);
            } else {
                report(watch.try_update_value(WindowWatch::seen).unwrap_or_default());
                // Another window may have gone on with the paper meanwhile.
                beat();
                if calls.asked_for_epoch.get_value() == 0 {
                    calls.sit_down();
                }
            }
        });
        hear(ev::pagehide, move |_| {
            watch.update_value(WindowWatch::goes);
            self.keep();
        });
        on_cleanup(move || self.left());
    }

    /// Whether the room is still there, and with it everything that belongs to it. An answer may come, or a time be over, when it is not.
    fn is_shown(self) -> bool {
        self.paper.try_with_value(|_| ()).is_some()
    }

    /// The room was left by a link. What is unsent is kept as it is when the page is closed, and sent besides, as
    /// soon as that can be.
    fn left(self) {
        let kept = self.outbox.try_with_untracked(|outbox| (outbox.name(), outbox.unsent(), outbox.last()));
        let Some((name, unsent, last)) = kept.filter(|(_, unsent, _)| !unsent.is_empty()) else { return };
        device::keep(self.sitting, &name, &unsent);
        let (sitting, opening) = (self.sitting, name.clone());
        let left = device::standing(sitting, &name);
        send_later(
            move || device::standing(sitting, &opening) == left,
            move || {
                let (name, last) = (name.clone(), last.clone());
                async move {
                    save_answers(sitting, last.clone()).await?;
                    device::sent(sitting, &name, &last);
                    Ok(())
                }
            },
        );
    }

    /// Puts what is unsent where the device keeps it, and takes out what has been sent. Says whether the device took it.
    fn keep(self) -> bool {
        let (unsent, name) = self.outbox.with_untracked(|outbox| (outbox.unsent(), outbox.name()));
        let kept = device::keep(self.sitting, &name, &unsent);
        self.change(|outbox| outbox.kept_on_device(kept));
        kept
    }

    /// Changes the outbox, and tells of it only if anything is different.
    fn change(self, change: impl FnOnce(&mut AnswerOutbox)) {
        self.outbox.try_maybe_update(|outbox| {
            let before = outbox.clone();
            change(outbox);
            (*outbox != before, ())
        });
    }

    /// How the sitting stands, and what other windows have kept.
    fn heard(self, mut state: RoomState) {
        if !self.is_shown() {
            return;
        }
        let earlier = std::mem::take(&mut state.earlier);
        self.change(|outbox| {
            outbox.belongs(true);
            outbox.signed_in();
            outbox.heard_of(state.epoch);
            outbox.merge(&earlier);
        });
        let before = self.state.get_untracked();
        if let Some(told) = state.more_time_than(&before) {
            self.tell(told);
        }
        state.knows_at_least(&before);
        self.state.set(state);
    }

    fn tell(self, words: String) {
        // The same words once more are heard only where they were gone.
        if *self.told.read_untracked() == words {
            self.told.set(String::new());
            set_timeout(move || self.told.set(words), Duration::from_millis(200));
        } else {
            self.told.set(words);
        }
    }

    /// What a refusal means for everything that is still to be sent.
    fn refused_to(self, kind: ErrorKind) {
        match kind {
            // A sitting is there for seven years: who does not find it is somebody else.
            ErrorKind::NotFound => self.change(|outbox| outbox.belongs(false)),
            ErrorKind::SignedOut => self.change(|outbox| outbox.failed(Failure::SignedOut)),
            _ => {}
        }
    }

    /// Asks for the next hint of a question.
    pub fn open_hint(self, n: usize) {
        let Some(item) = self.outbox.read_untracked().item(n) else { return };
        spawn_local(async move {
            let opened = open_hint(self.sitting, item).await;
            if !self.is_shown() {
                return;
            }
            match opened {
                Ok(opened) => {
                    self.hints(n).set(opened);
                    // The button may be gone; and who does not see the hint hears it.
                    focus(".hints .box:last-of-type");
                }
                Err(_) => self.tell("The hint did not come, and is not counted. Open it again.".to_owned()),
            }
        });
    }

    /// Begins to wait for an answer. `failed` is called once, while the room is shown: when it is given up, or has not come for long.
    fn awaited(self, failed: impl Fn() + 'static) -> Awaited {
        let awaited = Awaited { keeper: self, waiting: Rc::new(Cell::new(true)), failed: Rc::new(failed) };
        let late = awaited.clone();
        set_timeout(move || late.give_up(), PATIENCE);
        awaited
    }

    /// Has the browser send a form of the room once the server has answered: without one it would put a page of its own in the place of the
    /// room. `failed` is called when there is no answer, or none for long.
    pub fn send_when_reached(self, event: &SubmitEvent, failed: impl Fn() + 'static) {
        let form = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        event.prevent_default();
        let awaited = self.awaited(failed);
        spawn_local(async move {
            match load_room_state(self.sitting).await {
                Err(error) if matches!(error.kind, ErrorKind::Offline | ErrorKind::Unavailable) => {
                    awaited.give_up()
                }
                _ if awaited.came() => {
                    let _ = form.submit();
                }
                _ => {}
            }
        });
    }

    /// Submits with whatever is unsent. `failed` is called when that has not worked, or there is no answer for long; an answer
    /// that comes after all still counts.
    pub fn submit(self, failed: impl Fn() + 'static) {
        self.submit_within(false, Box::new(failed));
    }

    /// The time is up by this page's count. The server looks at its own clock: time may have been added that was not heard of
    /// here. Should it fail, it is tried again; and the server submits what it has, and says so with the next sign of life.
    pub fn time_is_up(self) {
        self.submit_when_over(0);
    }

    /// `failures`: how often in a row it has failed.
    fn submit_when_over(self, failures: u32) {
        let failed = move || {
            let again = move || {
                if self.is_shown()
                    && !self.state.read_untracked().submitted
                    && !self.outbox.read_untracked().is_old()
                {
                    self.submit_when_over(failures + 1);
                }
            };
            let chance = window().performance().map_or(0.5, |clock| clock.now().fract());
            set_timeout(again, pause_after(failures, chance));
        };
        self.submit_within(true, Box::new(failed));
    }

    fn submit_within(self, time_up: bool, failed: Box<dyn Fn()>) {
        if !self.is_shown() {
            return;
        }
        let saves = self.outbox.read_untracked().last();
        let awaited = self.awaited(move || {
            failed();
            // Whatever it was, the answers are sent by themselves.
            self.outbox.notify();
        });
        spawn_local(async move {
            let answer = submit_answers(self.sitting, saves.clone(), time_up).await;
            if !self.is_shown() {
                return;
            }
            match answer {
                Ok(state) => {
                    awaited.came();
                    self.change(|outbox| outbox.acknowledge(&saves, &[]));
                    let (submitted, left) = (state.submitted, state.remaining_ms);
                    self.heard(state);
                    if submitted {
                        self.leave();
                    } else if time_up && left < 2_000 {
                        // A moment early: once more when it is over.
                        let left = u64::try_from(left).unwrap_or(0);
                        set_timeout(move || self.submit_when_over(0), Duration::from_millis(left + 250));
                    }
                }
                Err(error) => {
                    self.refused_to(error.kind);
                    if error.kind == ErrorKind::Invalid {
                        self.change(|outbox| outbox.refuse(&saves));
                    }
                    awaited.give_up();
                }
            }
        });
    }

    /// To the receipt. What could not be sent before somebody else submitted is sent first, to be kept as late.
    pub fn leave(self) {
        let saves = self.outbox.read_untracked().last();
        let go = move || {
            let _ = window().location().assign(&format!("/assessments/sittings/{}/receipt", self.sitting));
        };
        if saves.is_empty() {
            go();
            return;
        }
        spawn_local(async move {
            let answer = save_answers(self.sitting, saves.clone()).await;
            if !self.is_shown() {
                return;
            }
            if let Ok(saved) = answer {
                self.change(|outbox| outbox.acknowledge(&saves, &saved.problems));
                self.keep();
            }
            go();
        });
    }
}

/// An answer that somebody waits for.
#[derive(Clone)]
struct Awaited {
    keeper: Keeper,
    waiting: Rc<Cell<bool>>,
    failed: Rc<dyn Fn()>,
}

impl Awaited {
    /// It has come: says whether it was still waited for.
    fn came(&self) -> bool {
        self.waiting.replace(false)
    }

    fn give_up(&self) {
        if self.came() && self.keeper.is_shown() {
            (self.failed)();
        }
    }
}

impl Calls {
    /// Takes an epoch, once somebody looks at the page: a browser may run it long before, or never show it. Only the answer to the
    /// last time that it was asked for counts, because each is an epoch.
    fn sit_down(self) {
        let keeper = self.keeper;
        if document().hidden() || !keeper.is_shown() {
            return;
        }
        let asked = self.asked_for_epoch.get_value() + 1;
        self.asked_for_epoch.set_value(asked);
        let again = move || {
            if keeper.is_shown()
                && self.asked_for_epoch.get_value() == asked
                && !keeper.outbox.read_untracked().has_epoch()
            {
                self.asked_for_epoch.set_value(0);
                self.sit_down();
            }
        };
        set_timeout(again, PATIENCE);
        spawn_local(async move {
            let answer = begin_epoch(keeper.sitting).await;
            if !keeper.is_shown() || self.asked_for_epoch.get_value() != asked {
                return;
            }
            match answer {
                Ok(begun) => {
                    keeper.change(|outbox| outbox.begin_epoch(begun.epoch));
                    keeper.heard(begun.state);
                }
                Err(error) => {
                    keeper.refused_to(error.kind);
                    set_timeout(again, AGAIN);
                }
            }
        });
    }

    /// Sends what has changed, when the typing has paused or soon anyway.
    fn soon(self) {
        if self.due.get_value() || self.keeper.outbox.read_untracked().to_send().is_empty() {
            return;
        }
        self.due.set_value(true);
        set_timeout(move || self.send(), SOON);
    }

    /// Sends whatever is unsent, one call at a time: what changes meanwhile goes with the next.
    fn send(self) {
        let keeper = self.keeper;
        if !keeper.is_shown() {
            return;
        }
        self.due.set_value(false);
        let saves = keeper.outbox.read_untracked().to_send();
        if saves.is_empty() || self.busy.get_value() > 0 {
            return;
        }
        self.made.update_value(|made| *made += 1);
        let call = self.made.get_value();
        self.busy.set_value(call);
        set_timeout(
            move || {
                if keeper.is_shown() && self.busy.get_value() == call {
                    self.busy.set_value(0);
                    keeper.change(|outbox| outbox.failed(Failure::Unreachable));
                    self.send();
                }
            },
            PATIENCE,
        );
        spawn_local(async move {
            let answer = save_answers(keeper.sitting, saves.clone()).await;
            if !keeper.is_shown() {
                return;
            }
            // An answer that comes after all is as good as any; but a later call may be under way.
            let overtaken = self.busy.get_value() != call;
            if !overtaken {
                self.busy.set_value(0);
            }
            match answer {
                Ok(saved) => self.saved(&saves, saved),
                Err(_) if overtaken => {}
                // It will never pass: it is said, and not sent again.
                Err(error) if error.kind == ErrorKind::Invalid => {
                    keeper.change(|outbox| outbox.refuse(&saves));
                    self.send();
                }
                Err(error) => {
                    // The next call is due: that the outbox changes below asks for none of its own.
                    self.due.set_value(true);
                    keeper.change(|outbox| outbox.failed(Failure::Unreachable));
                    keeper.refused_to(error.kind);
                    set_timeout(move || self.send(), AGAIN);
                }
            }
        });
    }

    fn saved(self, saves: &[Save], saved: Saved) {
        let keeper = self.keeper;
        keeper.change(|outbox| {
            outbox.acknowledge(saves, &saved.problems);
            outbox.said(saved.at, saved.late);
        });
        keeper.heard(saved.state);
        // What was changed meanwhile, if anything.
        self.send();
    }
}

/// Two pages that are drawn at the same moment hardly ever have the same.
pub fn salt() -> u32 {
    let now = window().performance().map(|clock| clock.time_origin() + clock.now()).unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "only its lowest figures are wanted"
    )]
    let salt = (now * 1000.0 % 4_294_967_296.0) as u32;
    salt
}

/// What stands in the form that the server drew.
pub fn early(questions: &[RoomQuestion]) -> Option<(usize, Given)> {
    let form = document().query_selector(".question-form").ok().flatten()?;
    let data = FormData::new_with_form(form.dyn_ref()?).ok()?;
    let text = |name: &str| data.get(name).as_string().unwrap_or_default();
    let chosen = data.get_all("chosen[]").iter().filter_map(|id| id.as_string()).collect();
    let item = text("item");
    let n = questions.iter().position(|question| question.item.to_string() == item)?;
    let response = Response::from_fields(&text("kind"), text("typed"), text("unit"), chosen);
    Some((n, Given { response, flagged: text("flagged") == "true" }))
}
