//! Pieces of the pages of an area.

mod head;

pub use head::{Head, use_area};
