//! Keeps the answers of a sitting: in the page, in the browser's storage until the server has them, and on their way there.
//!
//! An answer is `sent` only when the server said that it is on the database's disk. Whatever is not sent stands in the
//! browser's storage too, so a reload, a closed tab or a dead battery loses nothing; the next opening of the room on this
//! device sends it, with the sequence that it was given when it was answered.

#[cfg(feature = "hydrate")]
mod browser;

use domain::{
    Problem,
    assessment::{ItemId, Response, Room, RoomQuestion, RoomState, SEAT, Save, SittingId},
};
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use browser::early;

/// The server draws the page: nobody has seen it yet.
#[cfg(not(feature = "hydrate"))]
fn early(_: &[RoomQuestion]) -> Option<(usize, Given)> {
    None
}

/// One question's answer as the page has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub save: Save,
    pub sent: bool,
    /// Whether the answer was given or changed in this page. Otherwise only the flag is sent: see [`Save::only_flag`].
    touched: bool,
    /// The same of the flag.
    flag_touched: bool,
    /// Grows when the answer or the flag was put in from outside the page: the question is then drawn anew.
    filled: u32,
    pub problem: Option<Problem>,
    pub hints: Vec<String>,
}

impl Draft {
    pub fn answered(&self) -> bool {
        self.save.response.is_some()
    }
}

/// What stands in the controls of a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    pub response: Option<Response>,
    pub flagged: bool,
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
    /// The same in a window that is not the newest: where both answered a question, the newer one's answer stands.
    Elsewhere(String),
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
    /// What was answered in the page as the server drew it, before the scripts came: seen already, and not heard of yet. The
    /// question is meant by its place.
    early: StoredValue<Option<(usize, Given)>>,
    /// The number of the call that is under way; 0 when none is.
    busy: StoredValue<u32>,
    calls: StoredValue<u32>,
    due: StoredValue<bool>,
}

impl Keeper {
    /// `unsent` is the question whose answer the server does not have, although the room shows it.
    pub fn new(room: &Room, unsent: Option<ItemId>) -> Self {
        let draft = |question: &RoomQuestion| {
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
                flag_touched: !sent,
                filled: 0,
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
            early: StoredValue::new(early(&room.questions)),
            busy: StoredValue::new(0),
            calls: StoredValue::new(0),
            due: StoredValue::new(false),
        }
    }

    /// Opened elsewhere since: this page is the older one.
    pub fn is_old(self) -> bool {
        self.state.read().seat > self.seat
    }

    /// Names a question as it is drawn. For another name it is drawn anew.
    pub fn drawn_as(self, n: usize) -> String {
        let name = |draft: &Draft| format!("{} {}", draft.save.item, draft.filled);
        self.drafts.with(|drafts| drafts.get(n).map(name)).unwrap_or_default()
    }

    /// What the controls of a question show when they are drawn.
    pub fn given(self, n: usize) -> Given {
        match self.early.get_value() {
            Some((place, given)) if place == n => given,
            _ => self.drafted(n),
        }
    }

    fn drafted(self, n: usize) -> Given {
        let given =
            |draft: &Draft| Given { response: draft.save.response.clone(), flagged: draft.save.flagged };
        self.drafts.with_untracked(|drafts| drafts.get(n).map(given)).unwrap_or_default()
    }

    pub fn answer(self, n: usize, response: Option<Response>) {
        self.change(n, |draft| {
            draft.save.response = response;
            draft.touched = true;
            draft.problem = None;
        });
    }

    pub fn flag(self, n: usize, flagged: bool) {
        self.change(n, |draft| {
            draft.save.flagged = flagged;
            draft.flag_touched = true;
        });
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
