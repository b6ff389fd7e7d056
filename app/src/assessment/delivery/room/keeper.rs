//! Carries out the decisions of the [`AnswerOutbox`]: shows its answers, stores unsent ones in the browser, and sends
//! them.
//!
//! The decisions are in `domain/src/assessment/delivery/outbox.rs`; here are the signals, and in `keeper/browser.rs`
//! the timers, the storage and the calls. The server draws the room with the same type, and does none of that.

#[cfg_attr(feature = "hydrate", path = "keeper/browser.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "keeper/server.rs")]
mod side;

use domain::{
    Problem,
    assessment::{
        ItemId, PaperId,
        authoring::TriedAnswers,
        delivery::{AnswerOutbox, Room, RoomQuestion, RoomState, SaveStatus, SittingId},
        question::{AnswerField, Response, Said},
    },
};
use leptos::prelude::*;

use super::Place;

/// The contents of a question's controls.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    pub response: Option<Response>,
    pub flagged: bool,
}

/// The look of an answer in the panel and in the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Missing,
    /// An answer that cannot be marked as it is.
    Unreadable,
    /// A number without its unit.
    NoUnit,
    Answered,
}

/// A try of the setter's at their own paper, in place of a sitting. Nothing of it is sent to be kept.
#[derive(Clone, Copy)]
pub struct Trying {
    pub(super) paper: PaperId,
    pub(super) seed: u32,
    /// The address of a place in the room.
    pub(super) way_to: fn(Self, Keeper, Place) -> String,
    /// The address of the marks.
    pub(super) marks: fn(Self, Keeper) -> String,
    /// What a form carries.
    pub(super) carried: fn(Self, Keeper) -> AnyView,
}

#[derive(Clone, Copy)]
pub struct Keeper {
    pub sitting: SittingId,
    pub outbox: RwSignal<AnswerOutbox>,
    pub state: RwSignal<RoomState>,
    /// The notice to the candidate above the question: that there is more time, or that a hint did not arrive.
    pub told: RwSignal<String>,
    paper: StoredValue<Paper>,
}

/// The values that the room was drawn with.
struct Paper {
    questions: Vec<RoomQuestion>,
    /// The open hints of each question.
    hints: Vec<RwSignal<Vec<String>>>,
    /// The answer given in the server's page before the scripts loaded: shown already, but not yet processed. The
    /// question is given by its index.
    early: Option<(usize, Given)>,
    /// In a room that is only tried.
    trial: Option<Trying>,
}

impl Keeper {
    /// `unsent` is the question whose answer the room shows but the server does not have.
    pub fn new(room: Room, unsent: Option<ItemId>, trial: Option<Trying>) -> Self {
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
            paper: StoredValue::new(Paper { questions: room.questions, hints, early, trial }),
        }
    }

    pub(super) fn trial(self) -> Option<Trying> {
        self.paper.read_value().trial
    }

    pub fn is_tried(self) -> bool {
        self.trial().is_some()
    }

    /// All answers that are in the room, each with the index of its question.
    pub fn answers(self) -> TriedAnswers {
        let questions = self.paper.read_value().questions.len();
        let outbox = self.outbox.read_untracked();
        (0..questions).filter_map(|n| Some((n, outbox.response(n)?.clone()))).collect()
    }

    pub fn question(self, n: usize) -> Option<RoomQuestion> {
        self.paper.read_value().questions.get(n).cloned()
    }

    pub fn asks_number(self, n: usize) -> bool {
        let paper = self.paper.read_value();
        paper.questions.get(n).is_some_and(|question| matches!(question.asked.field, AnswerField::Number(_)))
    }

    /// The hints of a question that are open.
    pub fn hints(self, n: usize) -> RwSignal<Vec<String>> {
        self.paper.read_value().hints[n]
    }

    /// A newer opening exists: this page is the older one.
    pub fn is_old(self) -> bool {
        self.outbox.read().is_old()
    }

    /// No person is signed in in this browser, as far as the last call could tell.
    pub fn is_signed_out(self) -> bool {
        self.outbox.read().is_signed_out()
    }

    /// The state of the answers, for the line that is always visible.
    pub fn status(self) -> SaveStatus {
        self.outbox.read().status()
    }

    /// The name under which a question is drawn. A new name draws it again.
    pub fn drawn_as(self, n: usize) -> String {
        format!("{n} {}", self.outbox.read().filled(n))
    }

    /// What the controls of a question show at first.
    pub fn given(self, n: usize) -> Given {
        let early = self.paper.read_value().early.clone();
        early.filter(|(place, _)| *place == n).map_or_else(|| self.kept(n), |(_, given)| given)
    }

    fn kept(self, n: usize) -> Given {
        let outbox = self.outbox.read_untracked();
        Given { response: outbox.response(n).cloned(), flagged: outbox.flagged(n) }
    }

    pub fn answer(self, n: usize, response: Option<Response>) {
        self.change(|outbox| outbox.answer(n, response));
    }

    pub fn flag(self, n: usize, flagged: bool) {
        self.change(|outbox| outbox.flag(n, flagged));
    }

    /// Changes the outbox, and notifies only if anything is different.
    fn change(self, change: impl FnOnce(&mut AnswerOutbox)) {
        let mut change = Some(change);
        self.changed_by(&mut |outbox: &mut AnswerOutbox| {
            if let Some(change) = change.take() {
                change(outbox);
            }
        });
    }

    /// A separate function: in a generic one, each closure would have all code for signals of its own.
    fn changed_by(self, change: &mut dyn FnMut(&mut AnswerOutbox)) {
        self.outbox.try_maybe_update(|outbox| {
            let before = outbox.clone();
            change(outbox);
            (*outbox != before, ())
        });
    }

    pub fn flagged(self, n: usize) -> bool {
        self.outbox.read().flagged(n)
    }

    pub fn look(self, n: usize) -> Look {
        // Known without the server too: no word in the box for a number looks answered while there is no network, and no
        // number without its unit.
        let known = match self.outbox.read().response(n) {
            None => return Look::Missing,
            Some(response) if response.has_no_figure() => Look::Unreadable,
            Some(response) if self.lacks_unit(n, response) => Look::NoUnit,
            Some(_) => Look::Answered,
        };
        match self.problem(n) {
            None => known,
            Some(Problem::UnitMissing) => Look::NoUnit,
            Some(_) => Look::Unreadable,
        }
    }

    fn lacks_unit(self, n: usize, response: &Response) -> bool {
        let paper = self.paper.read_value();
        paper.questions.get(n).is_some_and(|question| question.asked.field.problem_of(response).is_some())
    }

    /// How many questions are handed in as answered, as the receipt and the invigilator count them: without those whose
    /// answer cannot be read.
    pub fn answered(self, questions: usize) -> usize {
        (0..questions).filter(|n| matches!(self.look(*n), Look::Answered | Look::NoUnit)).count()
    }

    /// The answer to a question in words; `None` if there is none.
    pub fn said(self, n: usize) -> Option<Said> {
        let outbox = self.outbox.read();
        let response = outbox.response(n)?;
        let paper = self.paper.read_value();
        Some(paper.questions.get(n)?.asked.field.said(response))
    }

    /// Why the answer cannot be marked as it is; shown once it is saved, and not while it is being typed.
    pub fn problem(self, n: usize) -> Option<Problem> {
        let outbox = self.outbox.read();
        let paper = self.paper.read_value();
        let field = &paper.questions.get(n)?.asked.field;
        match outbox.problem(n) {
            Some(problem) => Some(field.worded(problem)),
            // The server can tell whether an answer is readable; only this page knows its question, and for example
            // that a unit is missing. Nothing of a try is saved.
            None if paper.trial.is_some() => field.problem_of(outbox.response(n)?),
            None => field.problem_of(outbox.kept(n)?),
        }
    }
}
