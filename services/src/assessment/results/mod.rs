//! Results: a candidate's own, a paper's, its items, corrections of a key, certificates.

pub mod certificate;
mod corrections;
mod file;
mod items;
pub(crate) mod own;
mod sheet;

pub use corrections::{Correction, correct_item};
pub use file::result_csv;
pub use items::item_sheet;
pub use own::{certificate_of, name_certificate, own_result, verify};
pub use sheet::result_sheet;
