//! NMP Zone: closed communities of prescribers, by area. Nobody outside an area learns more of it than its name and its aim.

pub mod directory;
pub mod joining;
pub mod messages;
pub mod profile;
pub mod resources;
mod telephone;

use serde::{Deserialize, Serialize};

pub use telephone::{Telephone, dialled};

crate::id!(AreaId);
crate::id!(
    /// The membership of one person in one area: members know each other by it, and it ends with the membership.
    MemberId
);

/// What every page of an area says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaHead {
    pub slug: String,
    pub name: String,
    /// The reader leads the area, so the page offers what only leads do.
    #[serde(default)]
    pub lead: bool,
}
