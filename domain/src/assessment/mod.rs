//! Timed numeracy and literacy: question templates, the questions made of them, and marking.
//!
//! `Bank::read -> Template::question(seed) -> Question -> (asked() -> page) -> Response -> mark -> Verdict`
//!
//! | to change ... | open |
//! |---|---|
//! | what an expression can say | `expression` |
//! | what a template can say | `template`, `variable`, `wording`, and `docs/questions.md` |
//! | which units and spellings are known | `unit` |
//! | how a typed number is read | `entry` |
//! | what counts as right | `mark`, `rounding` |
//! | what a template must pass before it is asked | `check` |
//!
//! Every number is a [`Rational`]: there is no floating point here.

#[cfg(not(target_arch = "wasm32"))]
mod bank;
mod category;
mod check;
mod entry;
pub mod expression;
mod figures;
mod generate;
mod mark;
mod question;
mod random;
mod rational;
mod rounding;
pub mod template;
#[cfg(test)]
mod tests;
mod unit;
pub mod variable;
mod wording;

#[cfg(not(target_arch = "wasm32"))]
pub use bank::{Bank, BankError, BankFinding};
pub use category::{Area, Category, Difficulty};
pub use check::Finding;
pub use figures::{figures, quantity, quantity_in};
pub use generate::QuestionError;
pub use mark::{RoundingVerdict, UnitVerdict, ValueVerdict, Verdict, mark};
pub use question::{
    AskedOption, AskedQuestion, AskedView, Choice, Key, Named, NumberKey, OrderingKey, Question, Response,
    TextKey, UnitBox, UnitEntry,
};
pub use rational::{NotANumber, Rational};
pub use rounding::{Precision, Rounding};
pub use template::Template;
pub use unit::{Unit, UnitError};
pub use wording::Wording;
