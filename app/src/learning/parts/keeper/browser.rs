//! The browser's part: the form, the storage, the timers and the calls.

use std::{rc::Rc, time::Duration};

use domain::{
    assessment::delivery::EPOCH_SPAN,
    learning::{Answers, CheckSave, CheckSaved},
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::FormData;

use super::{CheckKeeper, SaveStatus};
use crate::{
    kit::{
        api::{ApiError, ErrorKind, wire},
        device::{self, CHECK},
        send_later::send_later,
        while_shown::{hear, hear_looks},
    },
    learning::api::save_check,
};

/// The delay from the last keystroke to the call, at most twice this.
const SOON: Duration = Duration::from_millis(700);
const AGAIN: Duration = Duration::from_secs(2);
/// A call without a reply for this long counts as lost.
const PATIENCE: Duration = Duration::from_secs(8);

impl CheckKeeper {
    /// Called once, when the page has been taken over. Earlier answers are found in the form.
    pub fn start(self) {
        self.send_stored();
        hear(ev::input, move |_| self.heed());
        hear(ev::change, move |_| self.heed());
        hear(ev::online, move |_| self.send());
        hear_looks(move || self.send());
        let tell = crate::kit::live::tell_changed();
        on_cleanup(move || self.left(tell));
        self.heed();
    }

    /// Whether the page is still shown, with everything that belongs to it.
    fn is_shown(self) -> bool {
        self.busy.try_get_value().is_some()
    }

    /// The learner left the page by a link. The form has gone with it; its answers are on the device, and are sent from
    /// there as soon as possible. The next page may show how much is answered: it asks again when they have arrived.
    fn left(self, tell: impl Fn() + Copy + 'static) {
        let key = self.key();
        let Some(text) = device::read(&key).filter(|_| !self.stopped()) else { return };
        let Ok(save) = wire::read::<CheckSave>(&text) else { return };
        let (course, module) = (self.course.get_value(), self.module.get_value());
        let stands = move || device::read(&key).is_some_and(|now| now == text);
        let stands = Rc::new(stands);
        let is_there = Rc::clone(&stands);
        let key = self.key();
        send_later(
            move || stands(),
            move || {
                let call = save_check(course.clone(), module.clone(), save.clone());
                let (is_there, key) = (Rc::clone(&is_there), key.clone());
                async move {
                    call.await?;
                    if is_there() {
                        device::forget([key]);
                    }
                    tell();
                    Ok(())
                }
            },
        );
    }

    /// Something in the form may have changed.
    fn heed(self) {
        if self.unsent().is_empty() {
            return;
        }
        self.count.update(|count| *count += 1);
        self.store();
        if self.status.get_untracked() == SaveStatus::Saved {
            self.status.set(SaveStatus::Fresh);
        }
        if !self.due.get_value() {
            self.due.set_value(true);
            set_timeout(
                move || {
                    if self.due.try_set_value(false).is_none() {
                        self.send();
                    }
                },
                SOON,
            );
        }
    }

    /// Answers in the form that the server does not have.
    fn unsent(self) -> Answers {
        let Some(mut shown) = shown(&self.ids.get_value()) else { return Answers::new() };
        self.known.with_value(|known| {
            shown
                .retain(|id, given| known.get(id).map(Vec::as_slice).unwrap_or_default() != given.as_slice());
        });
        shown
    }

    /// Nothing more from this page can be saved.
    fn stopped(self) -> bool {
        matches!(self.status.get_untracked(), SaveStatus::Over | SaveStatus::SomebodyElse)
    }

    fn save_of(self, answers: Answers) -> CheckSave {
        let sequence = self.epoch * EPOCH_SPAN + self.count.get_untracked();
        CheckSave { attempt: self.attempt, version: self.version, sequence, answers }
    }

    fn send(self) {
        if !self.is_shown() {
            return;
        }
        let Some(answers) = Some(self.unsent()).filter(|answers| !answers.is_empty()) else { return };
        if self.busy.get_value() != 0 || self.stopped() {
            return;
        }
        self.calls.update_value(|calls| *calls += 1);
        let call = self.calls.get_value();
        self.busy.set_value(call);
        let over = move || self.busy.try_get_value() != Some(call);
        let failed = move |status: SaveStatus| {
            self.busy.set_value(0);
            self.status.set(status);
            set_timeout(move || self.send(), AGAIN);
        };
        set_timeout(
            move || {
                if !over() {
                    failed(SaveStatus::Unsaved);
                }
            },
            PATIENCE,
        );
        spawn_local(async move {
            let result = self.call(self.save_of(answers.clone())).await;
            if over() {
                return;
            }
            match result {
                Ok(CheckSaved::Kept { changed, overtaken, refused }) => {
                    self.busy.set_value(0);
                    self.overtaken.update(|all| {
                        all.retain(|id| !answers.contains_key(id));
                        all.extend(overtaken);
                    });
                    self.refused.update(|all| {
                        all.retain(|problem| {
                            problem.field.strip_prefix("q-").is_some_and(|id| !answers.contains_key(id))
                        });
                        all.extend(refused);
                    });
                    // A refused answer is not sent again until it is changed.
                    self.known.update_value(|known| known.extend(answers));
                    self.changed.set(self.changed.get_untracked() || !changed.is_empty());
                    if self.unsent().is_empty() {
                        self.forget();
                        self.status.set(SaveStatus::Saved);
                    } else {
                        self.send();
                    }
                }
                Ok(CheckSaved::Marked) => {
                    self.busy.set_value(0);
                    self.forget();
                    self.status.set(SaveStatus::Over);
                }
                Err(error) => match error.kind {
                    ErrorKind::SignedOut => failed(SaveStatus::SignedOut),
                    // A try exists until it is marked: a person who does not find it is another person.
                    ErrorKind::NotFound => {
                        self.busy.set_value(0);
                        self.store();
                        self.status.set(SaveStatus::SomebodyElse);
                    }
                    _ => failed(SaveStatus::Unsaved),
                },
            }
        });
    }

    async fn call(self, save: CheckSave) -> Result<CheckSaved, ApiError> {
        save_check(self.course.get_value(), self.module.get_value(), save).await
    }

    fn key(self) -> String {
        format!("{CHECK}{}:{}", self.attempt, self.epoch)
    }

    fn store(self) {
        let save = self.save_of(self.unsent());
        if let Ok(json) = serde_json::to_string(&save) {
            device::write(&self.key(), &json);
        }
    }

    /// Every answer of this opening is on the server.
    pub fn forget(self) {
        device::forget([self.key()]);
    }

    /// Answers that an earlier opening on this device could not send: they are sent now, with their old sequence, and
    /// the page is redrawn from the server's state.
    fn send_stored(self) {
        if !self.is_shown() {
            return;
        }
        let found = device::keys(&format!("{CHECK}{}:", self.attempt));
        let stored: Vec<(String, CheckSave)> = found
            .into_iter()
            .filter(|key| *key != self.key())
            .filter_map(|key| Some((key.clone(), wire::read(&device::read(&key)?).ok()?)))
            .collect();
        if stored.is_empty() {
            return;
        }
        spawn_local(async move {
            for (key, save) in stored {
                let answer = self.call(save).await;
                if !self.is_shown() {
                    return;
                }
                match answer {
                    Ok(_) => device::forget([key]),
                    Err(error) if error.kind == ErrorKind::NotFound => {
                        self.status.set(SaveStatus::SomebodyElse);
                        return;
                    }
                    Err(_) => {
                        set_timeout(move || self.send_stored(), AGAIN);
                        return;
                    }
                }
            }
            // Answers given in this page meanwhile are in the storage or on the server, and return with the rest.
            let _ = window().location().reload();
        });
    }
}

/// The contents of the form, for each question.
fn shown(ids: &[String]) -> Option<Answers> {
    let form = document().query_selector("form.check").ok().flatten()?;
    let data = FormData::new_with_form(form.dyn_ref()?).ok()?;
    let given = |id: &String| {
        let all = data.get_all(&format!("answers[{id}][]"));
        all.iter().filter_map(|text| text.as_string()).filter(|text| !text.trim().is_empty()).collect()
    };
    Some(ids.iter().map(|id| (id.clone(), given(id))).collect())
}
