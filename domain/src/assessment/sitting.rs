//! A sitting: the exam room as its page has it, what it sends, and what comes back.

use serde::{Deserialize, Serialize};

use super::{
    AskedOption, AskedQuestion, AskedView, ItemId, PaperId, PaperKind, Response, UnitBox, rules_in_words,
};
use crate::{Moment, Problem};

crate::id! {
    /// One attempt of one person at one paper.
    SittingId
}

/// How long after the deadline an answer still counts, in seconds: it was given in time and the network was slow.
pub const GRACE_SECONDS: u32 = 30;

/// Which of two answers is the later one. Every opening of the exam room is a *seat*, counted by the server; within it
/// the page counts. So a later opening is later than an earlier one whatever the clocks of two devices say, and what an
/// old page still has to send can never undo what was answered since.
pub const SEAT: i64 = 1 << 32;

/// Everything the exam room needs, at once: the network may be gone a moment later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub sitting: SittingId,
    pub title: String,
    pub kind: PaperKind,
    pub calculator: bool,
    /// The number of this opening of the room.
    pub seat: i64,
    pub state: RoomState,
    /// In the order of this candidate; none during a rest break.
    pub questions: Vec<RoomQuestion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomQuestion {
    pub item: ItemId,
    /// Title of the section that the question is in.
    pub section: String,
    pub marks: u16,
    pub asked: PageQuestion,
    /// The hints that were opened, as HTML. Hints can be opened where `asked.hints` is more than these.
    pub hints: Vec<String>,
    pub response: Option<Response>,
    pub flagged: bool,
    /// Of the answer that the server has; 0 when it has none.
    pub sequence: i64,
    /// Why the answer could not be marked as it stands.
    pub problem: Option<Problem>,
}

/// A question as a page draws it: no more than that, because the exam room carries it into the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageQuestion {
    /// HTML, like every text here but the units.
    pub stimulus: Option<String>,
    pub wording: String,
    /// How many hints can be opened.
    pub hints: usize,
    /// How the answer is rounded and written, where that is judged.
    #[serde(default)]
    pub rules: Option<String>,
    pub field: AnswerField,
}

/// What is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerField {
    Number(UnitField),
    Text,
    One(Vec<AskedOption>),
    Several(Vec<AskedOption>),
    Order(Vec<AskedOption>),
}

/// What stands beside the box for a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitField {
    None,
    Typed,
    Chosen(Vec<String>),
    Shown(String),
}

impl From<AskedQuestion> for PageQuestion {
    fn from(asked: AskedQuestion) -> Self {
        let rules = match asked.view {
            AskedView::Number { rounding, precision, .. } => rules_in_words(rounding, precision),
            _ => None,
        };
        let field = match asked.view {
            AskedView::Number { unit, .. } => AnswerField::Number(match unit {
                UnitBox::None => UnitField::None,
                UnitBox::Typed => UnitField::Typed,
                UnitBox::Chosen(units) => UnitField::Chosen(units.iter().map(ToString::to_string).collect()),
                UnitBox::Shown(unit) => UnitField::Shown(unit.to_string()),
            }),
            AskedView::TextEntry => AnswerField::Text,
            AskedView::SingleChoice(options) => AnswerField::One(options),
            AskedView::MultipleChoice(options) => AnswerField::Several(options),
            AskedView::Ordering(items) => AnswerField::Order(items),
        };
        Self { stimulus: asked.stimulus, wording: asked.wording, hints: asked.hints, rules, field }
    }
}

/// What changes while somebody sits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    /// Until the deadline, by the database's clock; below zero past it. During a rest break: as if it ended now.
    pub remaining_ms: i64,
    /// The deadline in words, like "11:40am".
    pub ends: String,
    pub paused: bool,
    /// Of the break allowance; 0 where none was granted.
    pub break_left_ms: i64,
    pub submitted: bool,
    /// The newest seat. Whoever has an older one looks at an old window.
    pub seat: i64,
    /// Where the page asks how things stand: what came from older seats, because the newest may not have heard of it, each with
    /// the reason why it cannot be marked as it stands.
    #[serde(default)]
    pub earlier: Vec<(Save, Option<Problem>)>,
}

/// An answer on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Save {
    pub item: ItemId,
    pub sequence: i64,
    /// `None` takes the answer back.
    pub response: Option<Response>,
    pub flagged: bool,
    /// The answer was not touched, and another window may have given one meanwhile: only the flag is meant.
    #[serde(default)]
    pub only_flag: bool,
}

/// Says that the answers are on the database's disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// In London, like "10:42am".
    pub at: String,
    /// Too late to count, and kept all the same.
    pub late: bool,
    pub problems: Vec<(ItemId, Problem)>,
    pub state: RoomState,
}

/// `/assessments`: what is set for somebody, and what they sat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateHome {
    pub papers: Vec<CandidatePaper>,
    pub results: Vec<PastSitting>,
    pub sets_papers: bool,
}

/// A paper as a candidate sees it before starting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidatePaper {
    pub id: PaperId,
    pub title: String,
    pub kind: PaperKind,
    pub organisation: String,
    pub instructions: String,
    pub opens: Moment,
    pub closes: Moment,
    /// For this person, extra time in it, if they start now or, before it opens, at its opening.
    pub minutes: u32,
    /// The close leaves less than the whole time.
    pub cut_by_close: bool,
    pub adjustment: super::Adjustment,
    pub questions: u32,
    pub pass_percent: u8,
    pub calculator: bool,
    pub attempts_left: u8,
    pub standing: Standing,
}

/// What a candidate can do with a paper now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    NotOpenYet,
    CanStart,
    Sitting(SittingId),
    NoAttemptsLeft,
    Closed,
}

/// One row of somebody's own past results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastSitting {
    pub sitting: SittingId,
    pub title: String,
    pub kind: PaperKind,
    pub submitted: Moment,
    /// `None` until the results are released.
    pub outcome: Option<ReleasedOutcome>,
    /// The day that it will be removed, in words.
    pub removed_on: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedOutcome {
    pub mark: u32,
    pub available: u32,
    pub passed: bool,
}

impl ReleasedOutcome {
    /// Whole per cent, rounded down: 84.9 is not 85.
    pub fn percent(self) -> u32 {
        (self.mark * 100).checked_div(self.available).unwrap_or(0)
    }

    /// "27 of 30 (90%)".
    pub fn in_words(self) -> String {
        format!("{} of {} ({}%)", self.mark, self.available, self.percent())
    }
}

/// `/assessments/sittings/{sitting}/receipt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub sitting: SittingId,
    pub title: String,
    pub submitted: Moment,
    /// By the server, because the time was up or the setter said so.
    pub by_server: bool,
    pub answered: u32,
    pub questions: u32,
    pub late: u32,
    /// SHA-256 of `text`, hexadecimal.
    pub hash: String,
    /// What was hashed: every answer as it was stored.
    pub text: String,
    pub released: bool,
}
