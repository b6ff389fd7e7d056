//! Reading without a network: what a device keeps, and what it tells when it is back.

use serde::{Deserialize, Serialize};

/// How many pages a device is told to keep at most.
pub const MOST_PAGES_KEPT: i64 = 400;
/// How many openings are taken at once.
pub const MOST_LATE_OPENINGS: usize = 200;

/// A page that was read without a network, from the copy on the learner's device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateOpening {
    pub course: String,
    pub module: String,
    pub page: String,
    /// By the clock of the device, in milliseconds since 1970.
    pub at: i64,
}
