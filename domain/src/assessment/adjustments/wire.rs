//! What travels about adjustments.

use serde::{Deserialize, Serialize};

use super::Adjustment;

crate::id! {
    /// What an organisation gave one person, or an address that nobody may have an account with yet.
    AdjustmentId
}

/// `/assessments/adjustments/{organisation}`: one page of whom the organisation gave something, or of those that were searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustedPeople {
    pub people: Vec<AdjustedPerson>,
    pub search: String,
    /// How many the search finds.
    pub found: u32,
    pub all: u32,
    /// From 1.
    pub page: u32,
    pub pages: u32,
}

/// One row of [`AdjustedPeople`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustedPerson {
    pub id: AdjustmentId,
    /// The address, of whom the organisation does not know by name.
    pub name: String,
    pub email: String,
    pub adjustment: Adjustment,
}
