//! The browser's part: its timers, and the calls to the server.

use std::{cell::Cell, rc::Rc, time::Duration};

use domain::{
    assessment::{
        delivery::{Failure, RoomQuestion, RoomState, Save, Saved, WindowWatch, pause_after},
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

/// The delay from the last keystroke to the call, at most twice this.
const SOON: Duration = Duration::from_millis(700);
const AGAIN: Duration = Duration::from_secs(2);
/// A call without a reply for this long counts as lost: a dead network can keep it waiting for minutes.
const PATIENCE: Duration = Duration::from_secs(8);
/// The delay from hiding the page to reporting that the candidate left: a reloaded page is gone by then.
const MOMENT: Duration = Duration::from_millis(500);
/// The interval of signs of life, which also update the remaining time.
const BEAT: Duration = Duration::from_secs(10);

/// Does something after a while. Boxed, so that the code for timers is compiled once and not for each of them.
fn later(run: impl FnOnce() + 'static, wait: Duration) {
    boxed(Box::new(run), wait);
}

/// A separate function: see `whenever`.
fn boxed(run: Box<dyn FnOnce()>, wait: Duration) {
    set_timeout(run, wait);
}

/// The calls of a page, one of each kind at a time.
#[derive(Clone, Copy)]
struct Calls {
    keeper: Keeper,
    /// The number of the running call; 0 when there is none.
    busy: StoredValue<u32>,
    made: StoredValue<u32>,
    due: StoredValue<bool>,
    asked_for_epoch: StoredValue<u32>,
}

impl Keeper {
    /// Starts all background work of the open room. Called once, when the page has been taken over.
    pub fn start(self) {
        let calls = Calls {
            keeper: self,
            busy: StoredValue::new(0),
            made: StoredValue::new(0),
            due: StoredValue::new(false),
            asked_for_epoch: StoredValue::new(0),
        };
        let early = self.paper.try_update_value(|paper| paper.early.take()).flatten();
        if self.is_tried() {
            if let Some((n, given)) = early {
                self.answer(n, given.response);
                self.flag(n, given.flagged);
            }
            return;
        }
        let drawn = early.as_ref().map(|(n, _)| self.kept(*n));
        // First into this opening's entry, then out of the older ones': it is always in one of them.
        let found = device::found(self.sitting);
        self.change(|outbox| found.iter().for_each(|(_, saves)| outbox.take_up(saves)));
        if self.keep() {
            let name = self.outbox.read_untracked().name();
            device::forget_others(self.sitting, &name, found);
        }
        // Answers given in this page are later than those of an older opening.
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
                later(over, MOMENT);
            } else {
                report(watch.try_update_value(WindowWatch::seen).unwrap_or_default());
                // Another window may have continued the paper meanwhile.
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

    /// Whether the room is still shown, with everything that belongs to it. A reply may come, or a timer fire, when it
    /// is not.
    fn is_shown(self) -> bool {
        self.paper.try_read_value().is_some()
    }

    /// The candidate left the room by a link. Unsent answers are stored as when the page is closed, and also sent as
    /// soon as possible.
    fn left(self) {
        let outbox = self.outbox.try_read_untracked();
        let kept = outbox.map(|outbox| (outbox.name(), outbox.unsent(), outbox.last()));
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

    /// Stores unsent answers on the device, and removes sent ones. Says whether the device accepted them.
    fn keep(self) -> bool {
        let (unsent, name) = {
            let outbox = self.outbox.read_untracked();
            (outbox.unsent(), outbox.name())
        };
        let kept = device::keep(self.sitting, &name, &unsent);
        self.change(|outbox| outbox.kept_on_device(kept));
        kept
    }

    /// The state of the sitting, and the answers that other windows have saved.
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
        // A live region announces the same words again only if they were removed first.
        if *self.told.read_untracked() == words {
            self.told.set(String::new());
            later(move || self.told.set(words), Duration::from_millis(200));
        } else {
            self.told.set(words);
        }
    }

    /// The consequence of a refusal for all unsent answers.
    fn refused_to(self, kind: ErrorKind) {
        match kind {
            // A sitting exists for seven years: a person who does not find it is another person.
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
                    // The button may be gone; and a screen reader announces the hint.
                    focus(".hints .box:last-of-type");
                }
                Err(_) => self.tell("The hint did not come, and is not counted. Open it again.".to_owned()),
            }
        });
    }

    /// Starts waiting for a reply. `failed` is called once, while the room is shown: when the call fails, or has had no
    /// reply for long.
    fn awaited(self, failed: impl Fn() + 'static) -> Awaited {
        let awaited = Awaited { keeper: self, waiting: Rc::new(Cell::new(true)), failed: Rc::new(failed) };
        let late = awaited.clone();
        later(move || late.give_up(), PATIENCE);
        awaited
    }

    /// Has the browser send a form of the room once the server has replied: without a network the browser would replace
    /// the room with an error page. `failed` is called when there is no reply, or none for long.
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

    /// Submits with all unsent answers. `failed` is called when that has not worked, or there is no reply for long; a
    /// late reply still counts.
    pub fn submit(self, failed: impl Fn() + 'static) {
        self.submit_within(false, Box::new(failed));
    }

    /// The time is up by this page's count. The server checks its own clock: this page may not have heard of added
    /// time. If the call fails, it is tried again; and the server submits the answers that it has, and says so with the
    /// next sign of life.
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
            later(again, pause_after(failures, chance));
        };
        self.submit_within(true, Box::new(failed));
    }

    fn submit_within(self, time_up: bool, failed: Box<dyn Fn()>) {
        if !self.is_shown() {
            return;
        }
        if let Some(marks) = self.marks() {
            let _ = window().location().assign(&marks);
            return;
        }
        let saves = self.outbox.read_untracked().last();
        let awaited = self.awaited(move || {
            failed();
            // Whatever the failure was, the answers are sent separately.
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
                        // A moment too early: once more when the time is up.
                        let left = u64::try_from(left).unwrap_or(0);
                        later(move || self.submit_when_over(0), Duration::from_millis(left + 250));
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

    /// Leads to the receipt. Answers that could not be sent before another window submitted are sent first, to be kept
    /// as late.
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

/// A reply that the page waits for.
#[derive(Clone)]
struct Awaited {
    keeper: Keeper,
    waiting: Rc<Cell<bool>>,
    failed: Rc<dyn Fn()>,
}

impl Awaited {
    /// It has arrived: says whether the page was still waiting.
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
    /// Takes an epoch once the page is visible: a browser may run it long before, or never show it. Only the reply to the
    /// last call counts, because each call takes an epoch.
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
        later(again, PATIENCE);
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
                    later(again, AGAIN);
                }
            }
        });
    }

    /// Sends changes, when the typing has paused or soon anyway.
    fn soon(self) {
        if self.due.get_value() || self.keeper.outbox.read_untracked().to_send().is_empty() {
            return;
        }
        self.due.set_value(true);
        later(move || self.send(), SOON);
    }

    /// Sends all unsent answers, one call at a time: changes made meanwhile go with the next.
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
        let call = self.made.get_value() + 1;
        self.made.set_value(call);
        self.busy.set_value(call);
        later(
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
            // A late reply is as good as any; but a later call may be running.
            let overtaken = self.busy.get_value() != call;
            if !overtaken {
                self.busy.set_value(0);
            }
            match answer {
                Ok(saved) => self.saved(&saves, saved),
                Err(_) if overtaken => {}
                // The refusal is final: it is shown, and the answer is not sent again.
                Err(error) if error.kind == ErrorKind::Invalid => {
                    keeper.change(|outbox| outbox.refuse(&saves));
                    self.send();
                }
                Err(error) => {
                    // The next call is due: the change of the outbox below must not cause another.
                    self.due.set_value(true);
                    keeper.change(|outbox| outbox.failed(Failure::Unreachable));
                    keeper.refused_to(error.kind);
                    later(move || self.send(), AGAIN);
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
        // Changes made meanwhile, if any.
        self.send();
    }
}

/// Two pages that are drawn at the same moment hardly ever get the same number.
pub fn salt() -> u32 {
    let now = window().performance().map(|clock| clock.time_origin() + clock.now()).unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "only the lowest digits are wanted"
    )]
    let salt = (now * 1000.0 % 4_294_967_296.0) as u32;
    salt
}

/// The contents of the form that the server drew.
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
