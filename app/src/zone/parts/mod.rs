//! Pieces of the pages of an area.

mod found;
mod head;
mod search_form;

pub use found::found;
pub use head::{Head, use_area};
pub use search_form::search_form;
