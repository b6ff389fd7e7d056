//! Timed numeracy and literacy. `services` and `app` have the same parts.
//!
//! `Bank::read -> Template::question(seed) -> Question -> (asked() -> page) -> Response -> mark -> Verdict`
//!
//! | part | what it decides |
//! |---|---|
//! | `bank` | the contents of templates, the checks on them, and the questions made from them |
//! | `question` | a question, its answer, and how it is marked; knowledge checks read numbers and units in the same way (`crate::quantity`) |
//! | `authoring` | what a draft still lacks |
//! | `delivery` | the exam room: answers on their way, order, calculator |
//! | `invigilation` | the description of a running exam |
//! | `results` | pass marks, outcomes, item statistics |
//! | `practice`, `adjustments` | the choice of practice; extra time and rest breaks |
//!
//! In each part, `wire` has the types that travel between server and browser. Every marked number is a
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
