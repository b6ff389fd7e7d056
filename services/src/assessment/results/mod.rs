//! Results: a candidate's result, the results of a paper, its item analysis, corrections of a key and the job that marks everybody again, and
//! certificates.

mod corrections;
mod file;
mod items;
mod list;
pub(crate) mod own;
mod remarking;

pub(in crate::assessment) use corrections::still_marking;
pub use corrections::{Correction, Proposal, correct_item, look_at_correction};
pub use file::results_file;
pub use items::{items_page, items_page_with};
pub use list::results_page;
pub use own::{certificate_of, name_certificate, own_result, verified, verify};
#[cfg(test)]
pub(in crate::assessment) use remarking::{MOST_ASIDE, portion};
pub use remarking::{go_on_marking, remarking};
pub(crate) use remarking::{mark_again, mark_again_failed};
