//! Wire types of adjustments.

use serde::{Deserialize, Serialize};

use super::Adjustment;

crate::id! {
    /// The extra time that an organisation gave one person, or an address that may have no account yet.
    AdjustmentId
}

/// `/assessments/adjustments/{organisation}`: one page of the people with extra time from the organisation, or of the
/// search results.
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
    /// The address, for a person whose name the organisation does not know.
    pub name: String,
    pub email: String,
    pub adjustment: Adjustment,
}
