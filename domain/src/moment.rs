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

/// Day and time in London as numbers, for a sentence that travels through the browser and must not be anybody's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTime {
    pub day: u8,
    pub month: u8,
    pub hour: u8,
    pub minute: u8,
}

impl std::fmt::Display for DayTime {
    /// "27 November at 10:42am".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let month = MONTHS.get(usize::from(self.month).wrapping_sub(1)).copied().unwrap_or_default();
        let hour = match self.hour % 12 {
            0 => 12,
            hour => hour,
        };
        let half = if self.hour < 12 { "am" } else { "pm" };
        write!(f, "{} {month} at {hour}:{:02}{half}", self.day, self.minute)
    }
}
