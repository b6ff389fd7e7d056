//! Pieces of the pages.

mod answered;
pub mod bank_form;
pub mod card;
pub mod draws;
mod figure_fields;
mod labels;
#[cfg(feature = "hydrate")]
pub mod live;
pub mod picture;
pub mod previewed;
pub mod written;
