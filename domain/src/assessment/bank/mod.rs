//! Banks of question templates: reading them, checking them, and making questions of them.
//!
//! | to change ... | open |
//! |---|---|
//! | what an expression can say | `expression` |
//! | what a template can say | `template`, `variable`, `wording`, and `docs/questions.md` |
//! | what a template must pass before it is asked | `check`, `guessing` |
//! | how a question is made of a template | `generate` |

mod check;
pub mod expression;
mod generate;
// The server alone reads banks: what only reading needs is not built for the browser.
#[cfg(not(target_arch = "wasm32"))]
pub mod guessing;
#[cfg(not(target_arch = "wasm32"))]
mod source;
pub mod template;
pub mod variable;
mod wire;
mod wording;

pub use check::{Finding, Form};
pub use generate::QuestionError;
#[cfg(not(target_arch = "wasm32"))]
pub use source::{Bank, BankError, BankFinding};
pub use template::Template;
pub use wire::{BankDraftId, BankPreviewed, OwnTemplates, PreviewedQuestion, TemplateCard, TemplateId};
pub use wording::Wording;
