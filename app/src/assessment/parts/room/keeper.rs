//! Keeps the answers of a sitting: in the page, in the browser's storage until the server has them, and on their way there.
//!
//! An answer is `sent` only when the server said that it is on the database's disk. Whatever is not sent stands in the
//! browser's storage too, so a reload, a closed tab or a dead battery loses nothing; the next opening of the room on this
//! device sends it, with the sequence that it was given when it was answered.

#[cfg(feature = "hydrate")]
mod browser;

use domain::{
    Problem,
    assessment::{ItemId, Response, Room, RoomState, SEAT, Save, SittingId},
};
use leptos::prelude::*;

/// One question's answer as the page has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub save: Save,
    pub sent: bool,
    /// Whether the answer was given or changed in this page. Otherwise only the flag is sent: see [`Save::only_flag`].
    touched: bool,
    pub problem: Option<Problem>,
    pub hints: Vec<String>,
}

impl Draft {
    pub fn answered(&self) -> bool {
        self.save.response.is_some()
    }
}

/// How the answers stand, for the line that is always visible.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the browser's part of this file uses it"))]
pub enum Standing {
    /// Nothing was answered since the page was opened.
    Fresh,
    Saving,
    /// At this time, in London.
    Saved(String),
    /// After the deadline and its grace: kept, and not counted.
    Late,
    Unsaved,
    SignedOut,
}

#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the browser's part of this file uses it"))]
pub struct Keeper {
    pub sitting: SittingId,
    seat: i64,
    count: StoredValue<i64>,
    pub drafts: RwSignal<Vec<Draft>>,
    pub state: RwSignal<RoomState>,
    pub standing: RwSignal<Standing>,
    /// Grows when answers were put in from outside the page, which must then be drawn anew.
    pub filled: RwSignal<u32>,
    /// The number of the call that is under way; 0 when none is.
    busy: StoredValue<u32>,
    calls: StoredValue<u32>,
    due: StoredValue<bool>,
}

impl Keeper {
    /// `unsent` is the question whose answer the server does not have, although the room shows it.
    pub fn new(room: &Room, unsent: Option<ItemId>) -> Self {
        let draft = |question: &domain::assessment::RoomQuestion| {
            let sent = unsent != Some(question.item);
            Draft {
                save: Save {
                    item: question.item,
                    sequence: if sent { question.sequence } else { room.seat * SEAT + 1 },
                    response: question.response.clone(),
                    flagged: question.flagged,
                    only_flag: false,
                },
                sent,
                touched: !sent,
                problem: question.problem.clone(),
                hints: question.hints.clone(),
            }
        };
        Self {
            sitting: room.sitting,
            seat: room.seat,
            count: StoredValue::new(i64::from(unsent.is_some())),
            drafts: RwSignal::new(room.questions.iter().map(draft).collect()),
            state: RwSignal::new(room.state.clone()),
            standing: RwSignal::new(Standing::Fresh),
            filled: RwSignal::new(0),
            busy: StoredValue::new(0),
            calls: StoredValue::new(0),
            due: StoredValue::new(false),
        }
    }

    /// Opened elsewhere since: this page is the older one.
    pub fn is_old(self) -> bool {
        self.state.read().seat > self.seat
    }

    pub fn answer(self, n: usize, response: Option<Response>) {
        self.change(n, |draft| {
            draft.save.response = response;
            draft.touched = true;
        });
    }

    pub fn flag(self, n: usize, flagged: bool) {
        self.change(n, |draft| draft.save.flagged = flagged);
    }

    fn change(self, n: usize, change: impl FnOnce(&mut Draft)) {
        self.count.update_value(|count| *count += 1);
        let sequence = self.seat * SEAT + self.count.get_value();
        self.drafts.update(|drafts| {
            if let Some(draft) = drafts.get_mut(n) {
                change(draft);
                draft.save.sequence = sequence;
                draft.save.only_flag = !draft.touched;
                draft.sent = false;
                draft.problem = None;
            }
        });
        #[cfg(feature = "hydrate")]
        self.keep_and_send();
    }

    /// The sequence of a form that is sent without scripts: newer than all before this page, and than the page's last answer.
    pub fn form_sequence(self, last: i64) -> i64 {
        (self.seat * SEAT).max(last) + 1
    }

    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "the browser's part of this file uses it")
    )]
    fn unsent(self) -> Vec<Save> {
        self.drafts.with_untracked(|drafts| {
            drafts.iter().filter(|draft| !draft.sent).map(|draft| draft.save.clone()).collect()
        })
    }
}
