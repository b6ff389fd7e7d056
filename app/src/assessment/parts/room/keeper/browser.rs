//! The browser's part: its storage, its timers, and the calls to the server.

use std::time::Duration;

use domain::{
    Problem,
    assessment::{Response, RoomQuestion, RoomState},
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::FormData;

use super::{Given, Keeper, Save, Standing};
use crate::{
    api::ErrorKind,
    assessment::api::{load_room_state, open_hint, report_window, save_answers, submit_answers},
    live::{Found, News, listen},
};

/// From the last keystroke to the server, at most twice this.
const SOON: Duration = Duration::from_millis(700);
const AGAIN: Duration = Duration::from_secs(2);
/// A call without an answer for so long is taken for lost: a dead network can keep it waiting for minutes.
const PATIENCE: Duration = Duration::from_secs(8);
/// A sign of life, and a look at the time that is left.
const BEAT: Duration = Duration::from_secs(10);

impl Keeper {
    /// Starts everything that goes on while the room is open. Called once, when the page has been taken over.
    pub fn start(self) {
        // What was done in this page is later than what an older opening left behind, whichever is found first.
        let early = self.early();
        self.take_up_unsent();
        self.take_up_early(early);
        if !self.unsent().is_empty() {
            self.keep_and_send();
        }
        let ask = move || async move { Found::from(load_room_state(self.sitting).await) };
        let take = move |found: Found<RoomState>| {
            if let Found::Now(mut state) = found {
                self.take_up_earlier(std::mem::take(&mut state.earlier));
                self.state.set(state);
            }
        };
        listen(News::Stream("/live".to_owned()), ask, take);
        let beat = move || spawn_local(async move { take(ask().await) });
        let _ = set_interval_with_handle(beat, BEAT);
        let _ = window_event_listener(ev::online, move |_| self.send());
        let _ = window_event_listener_untyped("visibilitychange", move |_| {
            let left = document().hidden();
            spawn_local(async move { drop(report_window(self.sitting, left).await) });
            self.send();
            if !left {
                // Another window may have gone on with the paper meanwhile.
                beat();
            }
        });
        let _ = window_event_listener(ev::pagehide, move |_| self.keep());
    }

    /// What was done before the scripts came, against what the server drew: the question's place, its answer and its flag.
    fn early(self) -> Option<(usize, Option<Option<Response>>, Option<bool>)> {
        let (n, given) = self.early.try_update_value(Option::take).flatten()?;
        let drawn = self.drafted(n);
        let answered = (given.response != drawn.response).then_some(given.response);
        Some((n, answered, (given.flagged != drawn.flagged).then_some(given.flagged)))
    }

    /// It is done now.
    fn take_up_early(self, early: Option<(usize, Option<Option<Response>>, Option<bool>)>) {
        let Some((n, answered, flagged)) = early else { return };
        if let Some(response) = answered {
            self.answer(n, response);
        }
        if let Some(flagged) = flagged {
            self.flag(n, flagged);
        }
    }

    /// What another window has kept since this one was opened. What was answered here is later, and stays; what was only found in
    /// the browser's storage may be older.
    fn take_up_earlier(self, earlier: Vec<(Save, Option<Problem>)>) {
        self.drafts.maybe_update(|drafts| {
            let mut filled = false;
            for (save, problem) in earlier {
                let Some(draft) = drafts.iter_mut().find(|draft| draft.save.item == save.item) else {
                    continue;
                };
                let later = draft.save.sequence < save.sequence;
                let answered = (!draft.touched || later) && draft.save.response != save.response;
                let flagged = (!draft.flag_touched || later) && draft.save.flagged != save.flagged;
                if later {
                    draft.save.sequence = save.sequence;
                }
                if answered {
                    (draft.save.response, draft.problem) = (save.response, problem);
                }
                if flagged {
                    draft.save.flagged = save.flagged;
                }
                if answered || flagged {
                    draft.filled += 1;
                    filled = true;
                }
            }
            filled
        });
    }

    /// What an earlier opening of the room on this device could not send. Older than what the server has: it is dropped.
    fn take_up_unsent(self) {
        let Some(storage) = storage() else { return };
        let keys = self.stored(&storage);
        // In a rest break the room is empty: what is unsent goes as it stands.
        if self.drafts.read_untracked().is_empty() {
            self.send_stored();
            return;
        }
        let mut filled = false;
        for (_, saves) in &keys {
            self.drafts.update(|drafts| {
                for save in saves.iter().cloned() {
                    let newer = drafts
                        .iter_mut()
                        .find(|draft| draft.save.item == save.item && draft.save.sequence < save.sequence);
                    let Some(draft) = newer else { continue };
                    if save.only_flag && !draft.touched {
                        let response = draft.save.response.take();
                        draft.save = Save { response, ..save };
                    } else if save.only_flag {
                        draft.save.flagged = save.flagged;
                    } else {
                        (draft.save, draft.touched) = (save, true);
                    }
                    draft.flag_touched = true;
                    draft.sent = false;
                    draft.filled += 1;
                    filled = true;
                }
            });
        }
        // First into this opening's place, then out of the older ones': at no moment is it in neither.
        self.keep();
        for (key, _) in keys.iter().filter(|(key, _)| *key != self.key()) {
            let _ = storage.remove_item(key);
        }
        if filled {
            self.standing.set(Standing::Saving);
            self.send();
        }
    }

    /// What lies unsent in the browser's storage, by the opening of the room that left it there.
    fn stored(self, storage: &web_sys::Storage) -> Vec<(String, Vec<Save>)> {
        let prefix = format!("room:{}:", self.sitting);
        let keys = (0..storage.length().unwrap_or(0)).filter_map(|n| storage.key(n).ok().flatten());
        let saves = |key: &str| {
            let json = storage.get_item(key).ok().flatten().unwrap_or_default();
            serde_json::from_str(&json).unwrap_or_default()
        };
        keys.filter(|key| key.starts_with(&prefix)).map(|key| (key.clone(), saves(&key))).collect()
    }

    /// Sends what lies in the storage, until it has arrived: for a rest break, which has no questions to put it to.
    fn send_stored(self) {
        let Some(storage) = storage() else { return };
        let stored = self.stored(&storage);
        let saves: Vec<Save> = stored.iter().flat_map(|(_, saves)| saves.iter().cloned()).collect();
        if saves.is_empty() {
            return;
        }
        self.standing.set(Standing::Saving);
        spawn_local(async move {
            match save_answers(self.sitting, saves).await {
                Ok(saved) => {
                    for (key, _) in &stored {
                        let _ = storage.remove_item(key);
                    }
                    self.standing.set(if saved.late { Standing::Late } else { Standing::Saved(saved.at) });
                    self.state.set(saved.state);
                }
                Err(_) => {
                    self.standing.set(Standing::Unsaved);
                    set_timeout(move || self.send_stored(), AGAIN);
                }
            }
        });
    }

    fn key(self) -> String {
        format!("room:{}:{}", self.sitting, self.seat)
    }

    /// Puts what is unsent into the browser's storage, and takes out what has been sent.
    fn keep(self) {
        let Some(storage) = storage() else { return };
        let unsent = self.unsent();
        let _ = if unsent.is_empty() {
            storage.remove_item(&self.key())
        } else {
            storage.set_item(&self.key(), &serde_json::to_string(&unsent).unwrap_or_default())
        };
    }

    pub fn keep_and_send(self) {
        self.keep();
        if !matches!(self.standing.get_untracked(), Standing::Unsaved | Standing::SignedOut) {
            self.standing.set(Standing::Saving);
        }
        if !self.due.get_value() {
            self.due.set_value(true);
            set_timeout(move || self.send(), SOON);
        }
    }

    /// Sends whatever is unsent, one call at a time: what changes meanwhile goes with the next.
    pub fn send(self) {
        self.due.set_value(false);
        let saves = self.unsent();
        if saves.is_empty() || self.busy.get_value() > 0 {
            return;
        }
        self.calls.update_value(|calls| *calls += 1);
        let call = self.calls.get_value();
        self.busy.set_value(call);
        set_timeout(
            move || {
                if self.busy.get_value() == call {
                    self.busy.set_value(0);
                    self.standing.set(Standing::Unsaved);
                    self.send();
                }
            },
            PATIENCE,
        );
        spawn_local(async move {
            let answer = save_answers(self.sitting, saves.clone()).await;
            // An answer that comes after all is as good as any; but a later call may be under way.
            let overtaken = self.busy.get_value() != call;
            if !overtaken {
                self.busy.set_value(0);
            }
            match answer {
                Ok(saved) => {
                    self.acknowledge(&saves);
                    self.drafts.update(|drafts| {
                        for draft in drafts.iter_mut().filter(|draft| draft.sent) {
                            let problem = saved.problems.iter().find(|(item, _)| *item == draft.save.item);
                            // Of an answer that was not sent nothing is said.
                            if saves.iter().any(|save| save.item == draft.save.item && !save.only_flag) {
                                draft.problem = problem.map(|(_, problem)| problem.clone());
                            }
                        }
                    });
                    self.state.set(saved.state);
                    if !self.unsent().is_empty() {
                        self.send();
                    } else if saved.late {
                        self.standing.set(Standing::Late);
                    } else if self.state.read_untracked().seat > self.seat {
                        self.standing.set(Standing::Elsewhere(saved.at));
                    } else {
                        self.standing.set(Standing::Saved(saved.at));
                    }
                }
                Err(_) if overtaken => {}
                Err(error) => {
                    self.standing.set(match error.kind {
                        ErrorKind::SignedOut => Standing::SignedOut,
                        _ => Standing::Unsaved,
                    });
                    set_timeout(move || self.send(), AGAIN);
                }
            }
        });
    }

    fn acknowledge(self, saves: &[Save]) {
        self.drafts.update(|drafts| {
            for draft in drafts.iter_mut() {
                // What was changed again meanwhile has a higher sequence and is still to be sent.
                draft.sent |= saves
                    .iter()
                    .any(|save| save.item == draft.save.item && save.sequence == draft.save.sequence);
            }
        });
        self.keep();
    }

    /// Asks for the next hint of a question.
    pub fn open_hint(self, n: usize) {
        let item = self.drafts.with_untracked(|drafts| drafts.get(n).map(|draft| draft.save.item));
        let Some(item) = item else { return };
        spawn_local(async move {
            if let Ok(hints) = open_hint(self.sitting, item).await {
                self.drafts.update(|drafts| {
                    if let Some(draft) = drafts.get_mut(n) {
                        draft.hints = hints;
                    }
                });
            }
        });
    }

    /// Submits with whatever is unsent. `failed` is called when that has not worked, or there is no answer for long; an answer
    /// that comes after all still counts.
    pub fn submit(self, failed: impl Fn() + Copy + 'static) {
        self.submit_within(false, failed, move |_| {});
    }

    /// The time is up by this page's count. The server looks at its own clock: time may have been added that was not heard of
    /// here. Should it fail, the server submits what it has, and says so with the next sign of life.
    pub fn time_is_up(self) {
        let go_on = move |left: i64| {
            // A moment early: once more when it is over.
            if left < 2_000 {
                let left = u64::try_from(left).unwrap_or(0);
                set_timeout(move || self.time_is_up(), Duration::from_millis(left + 250));
            }
        };
        self.submit_within(true, move || self.send(), go_on);
    }

    fn submit_within(
        self,
        time_up: bool,
        failed: impl Fn() + Copy + 'static,
        go_on: impl Fn(i64) + Copy + 'static,
    ) {
        let saves = self.unsent();
        let waiting = StoredValue::new(true);
        let give_up = move || {
            if waiting.try_get_value() == Some(true) {
                waiting.set_value(false);
                failed();
            }
        };
        set_timeout(give_up, PATIENCE);
        spawn_local(async move {
            match submit_answers(self.sitting, saves.clone(), time_up).await {
                Ok(state) => {
                    waiting.set_value(false);
                    self.acknowledge(&saves);
                    let (submitted, left) = (state.submitted, state.remaining_ms);
                    self.state.set(state);
                    if submitted {
                        self.leave();
                    } else {
                        go_on(left);
                    }
                }
                Err(_) => give_up(),
            }
        });
    }

    /// To the receipt. What could not be sent before somebody else submitted is sent first, to be kept as late.
    pub fn leave(self) {
        let saves = self.unsent();
        if saves.is_empty() {
            self.go();
            return;
        }
        spawn_local(async move {
            if save_answers(self.sitting, saves.clone()).await.is_ok() {
                self.acknowledge(&saves);
            }
            self.go();
        });
    }

    fn go(self) {
        let _ = window().location().assign(&format!("/assessments/sittings/{}/receipt", self.sitting));
    }
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

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
