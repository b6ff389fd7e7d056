//! Pieces of the pages.

pub mod bank_form;
pub mod card;
pub mod previewed;
