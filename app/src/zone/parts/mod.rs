//! Pieces of the pages of an area.

mod head;
mod library;
mod member;

pub use head::{Head, use_area};
pub use library::{FactFields, ThingFields, member, out, tags};
pub use member::MemberDetails;
