//! Wire types of adjustments.

use serde::{Deserialize, Serialize};

use super::Adjustment;
use crate::{FormToken, kit::list::Page};

crate::id! {
    /// The extra time that an organisation gave one person, or an address that may have no account yet.
    AdjustmentId
}

/// `/assessments/adjustments/{organisation}`: one page of the people with extra time or rest breaks from the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustedPeople {
    /// For [`super::AdjustmentsSeen`].
    pub form: FormToken,
    /// When the organisation last gave somebody time, in microseconds since 1970; 0 for never. What is newer was not on this page.
    pub seen: i64,
    pub organisation: String,
    pub people: Page<AdjustedPerson>,
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
