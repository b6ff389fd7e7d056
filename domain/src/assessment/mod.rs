//! Timed numeracy and literacy. `services` and `app` have the same parts.
//!
//! `Bank::read -> Template::question(seed) -> Question -> (asked() -> page) -> Response -> mark -> Verdict`
//!
//! | part | what it decides |
//! |---|---|
//! | `bank` | what templates can say, what they must pass, and the questions made of them |
//! | `question` | a question, its answer, and how it is marked; knowledge checks read numbers and units in the same way (`crate::quantity`) |
//! | `authoring` | what a paper that is written lacks |
//! | `delivery` | the exam room: answers on their way, order, calculator |
//! | `invigilation` | what is said of an exam that goes on |
//! | `results` | pass marks, outcomes, item statistics |
//! | `practice`, `adjustments` | what to practise next; extra time and rest breaks |
//!
//! In each part, `wire` has what travels between server and browser. Every number that is marked is a
//! [`Rational`](crate::quantity::Rational): floating point there is only in the statistics of `results`.

pub mod adjustments;
pub mod authoring;
pub mod bank;
mod category;
pub mod delivery;
pub mod invigilation;
mod paper;
pub mod practice;
pub mod question;
pub mod results;
#[cfg(test)]
mod tests;

pub use category::{Category, Difficulty, Strand};
pub use paper::{ItemId, PaperId, PaperKind, PaperState, Release, SectionId};
