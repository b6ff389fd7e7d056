use serde::{Deserialize, Serialize};

use super::count::count;

/// A point in time as a page shows it. The server writes both texts, so that a browser in another time zone, or with a
/// wrong clock, shows the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// RFC 3339 in UTC, for `<time datetime>`.
    pub utc: String,
    /// The same in Europe/London, as people say it: "22 November 2026 at 10:42am".
    pub london: String,
}

impl Moment {
    /// For a table with many of them: "22 Nov 2026, 10:42am".
    #[must_use]
    pub fn short(&self) -> String {
        let words: Vec<&str> = self.london.split(' ').collect();
        match words.as_slice() {
            [day, month, year, "at", clock] => {
                format!("{day} {} {year}, {clock}", month.get(..3).unwrap_or(month))
            }
            _ => self.london.clone(),
        }
    }
}

/// How long ago a day was, as people say it. The date stands beside it.
#[must_use]
pub fn ago(days: u32) -> String {
    let of = |number: u32, thing: &str| format!("{} ago", count(number, thing));
    match days {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        2..=13 => of(days, "day"),
        14..=62 => of(days / 7, "week"),
        63..=364 => of(days / 30, "month"),
        _ => of(days / 365, "year"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_a_table_is_short() {
        let short = |london: &str| Moment { utc: String::new(), london: london.to_owned() }.short();
        assert_eq!(short("22 November 2026 at 10:42am"), "22 Nov 2026, 10:42am");
        assert_eq!(short("1 May 2026 at midnight"), "1 May 2026, midnight");
        assert_eq!(short("tomorrow"), "tomorrow");
    }

    #[test]
    fn a_day_is_said_to_be_so_long_ago() {
        for (days, words) in [
            (0, "Today"),
            (1, "Yesterday"),
            (2, "2 days ago"),
            (13, "13 days ago"),
            (14, "2 weeks ago"),
            (62, "8 weeks ago"),
            (63, "2 months ago"),
            (364, "12 months ago"),
            (365, "1 year ago"),
            (900, "2 years ago"),
        ] {
            assert_eq!(ago(days), words);
        }
    }
}
