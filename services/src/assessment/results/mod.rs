//! Results: a candidate's result, the results of a paper, its item analysis, corrections of a key, and certificates.

pub mod certificate;
mod corrections;
mod file;
mod items;
mod list;
pub(crate) mod own;

pub use corrections::{Correction, correct_item};
pub use file::results_file;
pub use items::items_page;
pub use list::results_page;
pub use own::{certificate_of, name_certificate, own_result, verify};
