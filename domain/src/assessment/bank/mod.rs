//! Banks of question templates: reading them, checking them, and making questions from them.
//!
//! | to change ... | open |
//! |---|---|
//! | the language of expressions | `expression` |
//! | the contents of a template | `template`, `variable`, `wording`, `figure`, and `docs/questions.md` |
//! | the checks on a template before it is used | `check`, `guessing` |
//! | how a question is made from a template | `generate` |
//! | a template as a form, and as the text of a file | `form` |
//! | what a setter looks for in the banks, and the titles of questions | `browse` |

mod browse;
mod check;
mod draws;
pub mod expression;
pub mod figure;
pub mod form;
mod generate;
mod list;
// Only the server reads banks: code that only reading needs is not built for the browser.
#[cfg(not(target_arch = "wasm32"))]
pub mod guessing;
#[cfg(not(target_arch = "wasm32"))]
mod source;
pub mod template;
pub mod variable;
mod wire;
mod wording;

pub use browse::{AnsweredBy, BankQuery, ByCategory, QuestionKind, titled};
pub use check::{Finding, Form};
pub use generate::QuestionError;
pub use list::{InUse, OfCategory, OfDifficulty, TemplateSort, TemplatesQuery};
#[cfg(not(target_arch = "wasm32"))]
pub use source::{Bank, BankError, BankFinding};
pub use template::Template;
pub use wire::{
    BankCard, BankDraftId, BankPage, BankPreviewed, BankQuestion, CategoryStock, Draw, Fault, OwnTemplate,
    OwnTemplates, PreviewedQuestion, QuestionDraftId, TemplateCard, TemplateId, TriedQuestion, Writing,
};
pub use wording::Wording;
