//! Pieces of the pages on which papers are set.

mod asked;
mod bank_form;
mod came_back;
mod changed;
mod checked;
mod create;
mod head;
mod line_form;
mod lines;
mod lists;
mod section;
mod summary;

pub use asked::PreviewedList;
pub use bank_form::BankForm;
pub use came_back::CameBack;
pub use changed::ChangedMeanwhile;
pub use checked::Checked;
pub use create::CreateForm;
pub use domain::count;
pub use head::{OrganisationHead, PaperHead, Position, use_organisation, use_paper};
pub use lines::{LinesTable, Totals, level};
pub use lists::{CandidateList, StateTag};
pub use section::PaperSection;
pub use summary::SettingsSummary;
