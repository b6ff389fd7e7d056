use serde::{Deserialize, Serialize};

/// A point in time as a page shows it. The server writes both texts: a browser in another time zone, or with a wrong
/// clock, then shows the same as the server did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// RFC 3339 in UTC, for `<time datetime>`.
    pub utc: String,
    /// The same in Europe/London, as people say it: "22 November 2026 at 10:42am".
    pub london: String,
}
