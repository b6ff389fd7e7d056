//! Carries out what the [`AnswerOutbox`] says: shows its answers, puts what is unsent where the browser keeps things, and sends it.
//!
//! What is decided stands in `domain/src/assessment/delivery/outbox.rs`; here are the signals, and in `keeper/browser.rs` the timers, the
//! storage and the calls. The server draws the room with the same type, and does none of that.

#[cfg_attr(feature = "hydrate", path = "keeper/browser.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "keeper/server.rs")]
mod side;

use domain::{
    Problem,
    assessment::{
        ItemId,
        delivery::{AnswerOutbox, Room, RoomQuestion, RoomState, SaveStatus, SittingId},
        question::Response,
    },
};
use leptos::prelude::*;

/// What stands in the controls of a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    pub response: Option<Response>,
    pub flagged: bool,
}

/// How an answer looks in the panel and in the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Missing,
    /// Something was answered that cannot be marked as it stands.
    Unreadable,
    /// A number whose unit is still to be chosen.
    NoUnit,
    Answered,
}

#[derive(Clone, Copy)]
pub struct Keeper {
    pub sitting: SittingId,
    pub outbox: RwSignal<AnswerOutbox>,
    pub state: RwSignal<RoomState>,
    /// What is said to the candidate, over the question: that there is more time than there was, or that a hint did not come.
    pub told: RwSignal<String>,
    paper: StoredValue<Paper>,
}

/// What the room was drawn with.
struct Paper {
    questions: Vec<RoomQuestion>,
    /// Of each question the hints that are open.
    hints: Vec<RwSignal<Vec<String>>>,
    /// What was answered in the page as the server drew it, before the scripts came: seen already, and not heard of yet. The
    /// question is meant by its place.
    early: Option<(usize, Given)>,
}

impl Keeper {
    /// `unsent` is the question whose answer the server does not have, although the room shows it.
    pub fn new(room: Room, unsent: Option<ItemId>) -> Self {
        let mut outbox = AnswerOutbox::new(&room, side::salt());
        if let Some(n) = room.questions.iter().position(|question| Some(question.item) == unsent) {
            outbox.answer(n, room.questions[n].response.clone());
            outbox.flag(n, room.questions[n].flagged);
        }
        let hints = room.questions.iter().map(|question| RwSignal::new(question.hints.clone())).collect();
        let early = side::early(&room.questions);
        Self {
            sitting: room.sitting,
            outbox: RwSignal::new(outbox),
            state: RwSignal::new(room.state),
            told: RwSignal::new(String::new()),
            paper: StoredValue::new(Paper { questions: room.questions, hints, early }),
        }
    }

    pub fn question(self, n: usize) -> Option<RoomQuestion> {
        self.paper.with_value(|paper| paper.questions.get(n).cloned())
    }

    /// The hints of a question that are open.
    pub fn hints(self, n: usize) -> RwSignal<Vec<String>> {
        self.paper.with_value(|paper| paper.hints[n])
    }

    /// Opened elsewhere since: this page is the older one.
    pub fn is_old(self) -> bool {
        self.outbox.read().is_old()
    }

    /// Nobody is signed in in this browser, as far as the last call could tell.
    pub fn is_signed_out(self) -> bool {
        self.outbox.read().is_signed_out()
    }

    /// How the answers stand, for the line that is always visible.
    pub fn status(self) -> SaveStatus {
        self.outbox.read().status()
    }

    /// Names a question as it is drawn. For another name it is drawn anew.
    pub fn drawn_as(self, n: usize) -> String {
        format!("{n} {}", self.outbox.read().filled(n))
    }

    /// What the controls of a question show when they are drawn.
    pub fn given(self, n: usize) -> Given {
        let early = self.paper.with_value(|paper| paper.early.clone());
        early.filter(|(place, _)| *place == n).map_or_else(|| self.kept(n), |(_, given)| given)
    }

    fn kept(self, n: usize) -> Given {
        let outbox = self.outbox.read_untracked();
        Given { response: outbox.response(n).cloned(), flagged: outbox.flagged(n) }
    }

    pub fn answer(self, n: usize, response: Option<Response>) {
        self.outbox.update(|outbox| outbox.answer(n, response));
    }

    pub fn flag(self, n: usize, flagged: bool) {
        self.outbox.update(|outbox| outbox.flag(n, flagged));
    }

    pub fn flagged(self, n: usize) -> bool {
        self.outbox.read().flagged(n)
    }

    pub fn look(self, n: usize) -> Look {
        match self.problem(n) {
            _ if self.outbox.read().response(n).is_none() => Look::Missing,
            None => Look::Answered,
            Some(Problem::UnitMissing) => Look::NoUnit,
            Some(_) => Look::Unreadable,
        }
    }

    /// Why the answer cannot be marked as it stands; said once it is kept, and not while it is being typed.
    pub fn problem(self, n: usize) -> Option<Problem> {
        let outbox = self.outbox.read();
        self.paper.with_value(|paper| {
            let field = &paper.questions.get(n)?.asked.field;
            match outbox.problem(n) {
                Some(problem) => Some(field.worded(problem)),
                // The server can tell whether an answer can be read; only this page knows which question it answers, and that a unit is
                // missing, say.
                None => field.problem_of(outbox.kept(n)?),
            }
        })
    }
}
