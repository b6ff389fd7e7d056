use serde::{Deserialize, Serialize};

/// A point in time as a page shows it. The server writes both texts, so that a browser in another time zone, or with a
/// wrong clock, shows the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// RFC 3339 in UTC, for `<time datetime>`.
    pub utc: String,
    /// The same in Europe/London, as people say it: "22 November 2026 at 10:42am".
    pub london: String,
}

/// The years in which a typed time may be. They exclude a year of two digits, and one for which a key was held down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Years {
    pub first: i32,
    pub last: i32,
}

impl Years {
    /// From the year before this one to the tenth after it.
    pub fn around(this: i32) -> Self {
        Self { first: this.saturating_sub(1), last: this.saturating_add(10) }
    }

    pub fn contains(self, year: i32) -> bool {
        (self.first..=self.last).contains(&year)
    }

    /// As the `min` and `max` of an input of type `datetime-local`.
    pub fn limits(self) -> (String, String) {
        (format!("{}-01-01T00:00", self.first), format!("{}-12-31T23:59", self.last))
    }
}

/// Day and time in London as numbers, for a sentence that travels through the browser and must not carry foreign text.
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
