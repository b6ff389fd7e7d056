//! Pieces of the pages of an area.

mod head;
mod member;

pub use head::{Head, use_area};
pub use member::MemberDetails;
