//! Timed numeracy and literacy: question templates, the questions made of them, and marking.
//!
//! `Bank::read -> Template::question(seed) -> Question -> (asked() -> page) -> Response -> mark -> Verdict`
//!
//! | to change ... | open |
//! |---|---|
//! | what an expression can say | `expression` |
//! | what a template can say | `template`, `variable`, `wording`, and `docs/questions.md` |
//! | which units and spellings are known | `unit` in `crate::quantity` |
//! | how a typed number is read | `entry` beside it |
//! | what counts as right | `mark`, `rounding` |
//! | what a template must pass before it is asked | `check` |
//!
//! Every number that is marked is a [`Rational`]: floating point there is only in the statistics of `analysis`.

mod advice;
mod analysis;
#[cfg(not(target_arch = "wasm32"))]
mod bank;
mod calculator;
mod category;
mod check;
pub mod expression;
mod figures;
mod generate;
mod mark;
mod outbox;
mod paper;
mod practice;
mod question;
mod response;
mod result;
mod rounding;
mod shortage;
mod sitting;
pub mod template;
#[cfg(test)]
mod tests;
pub mod variable;
mod window;
mod wording;

pub use advice::Advice;
pub use analysis::{Alike, Analysis, FEWEST, ItemStatistics, Tally, analyse, tally};
#[cfg(not(target_arch = "wasm32"))]
pub use bank::{Bank, BankError, BankFinding};
pub use calculator::{Calculator, Press};
pub use category::{Area, Category, Difficulty};
pub use check::{Finding, Form};
pub use figures::{figures, quantity, quantity_in};
pub use generate::QuestionError;
pub use mark::{RoundingVerdict, UnitVerdict, ValueVerdict, Verdict, mark};
pub use outbox::{AnswerOutbox, Failure, SaveStatus, UNSEATED, pause_after};
pub use paper::{
    AdjustedPeople, AdjustedPerson, Adjustment, AdjustmentChange, AdjustmentId, BankDraftId, BankPreviewed,
    CandidatesPage, Choice as ListChoice, InvitedLearner, ItemId, ItemMark, LineId, LineView, MyPapers,
    Outcome, OwnTemplates, PaperCard, PaperChange, PaperId, PaperKind, PaperPage, PaperSettings, PaperState,
    PaperVersions, PreviewedQuestion, PublicationPage, Release, SectionId, SectionView, SectionsPage,
    TemplateCard, TemplateId, outcome, shuffled,
};
pub use practice::{CategoryHistory, KEPT_QUESTIONS, PracticeHome, PracticeId, PracticePage, weakest};
pub use question::{
    AskedOption, AskedQuestion, AskedView, Choice, Key, Named, NumberKey, OrderingKey, Question, Response,
    TextKey, UnitBox, UnitEntry,
};
pub use result::{
    CandidateRow, CategoryResult, CertificateName, CorrectionRow, IncidentRow, Invigilation, ItemRow,
    ItemSheet, ItemVariant, MOST_CORRECTIONS, MOST_INCIDENTS, QuestionResult, ResultSheet, SectionResult,
    SheetRow, SittingDesk, SittingResult, SittingRow, SittingTime, Verification, missed,
};
pub use rounding::{Precision, Rounding, rules_in_words};
pub use shortage::asked_again;
pub use sitting::{
    AnswerField, BREAK_GRACE_SECONDS, CandidateHome, CandidatePaper, Drawn, GRACE_SECONDS, LastAttempt,
    MOST_PAPERS, MOST_RESULTS, PageQuestion, PastSitting, Receipt, ReleasedOutcome, Room, RoomQuestion,
    RoomState, SEAT, Save, Saved, Seated, SectionPass, SittingId, Standing, SubmittedBy, UnitField,
    whole_percent,
};
pub use template::Template;
pub use window::WindowWatch;
pub use wording::Wording;

use crate::quantity::{Rational, Unit};
