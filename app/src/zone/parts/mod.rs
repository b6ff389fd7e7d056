//! Pieces of the pages of an area.

mod head;
mod library;

pub use head::{Head, use_area};
pub use library::{FactFields, MemberSelect, ThingFields, member, out, tags};
