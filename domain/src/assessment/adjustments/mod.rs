//! Extra time and rest breaks of a person.

mod list;
mod listed;
mod wire;

use serde::{Deserialize, Serialize};

use crate::{FormToken, count};

pub use list::{AdjustmentSort, AdjustmentsQuery, Given};
pub use listed::{ListFault, ListedTime, MOST_BREAKS, MOST_LISTED, MOST_MINUTES, MOST_PERCENT, read_list};
pub use wire::{AdjustedPeople, AdjustedPerson, AdjustmentId};

/// What an organisation gives one person in its papers: extra time and rest breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Adjustment {
    /// In per cent of the paper's limit.
    pub extra_percent: u8,
    pub extra_minutes: u16,
    /// How long the clock may be stopped in one sitting, in total.
    pub break_minutes: u16,
}

impl Adjustment {
    /// The paper's limit with the percentage added, in seconds; a part of a second counts for the candidate.
    pub fn allowed_seconds(self, limit_minutes: u16) -> u32 {
        (u32::from(limit_minutes) * 60 * (100 + u32::from(self.extra_percent))).div_ceil(100)
    }

    /// The time that the percentage adds to the limit, in seconds. It goes beyond the close of the paper, as the extra
    /// minutes do.
    pub fn percent_seconds(self, limit_minutes: u16) -> u32 {
        self.allowed_seconds(limit_minutes) - u32::from(limit_minutes) * 60
    }

    pub fn in_words(self) -> String {
        let mut parts = self.extra_parts();
        if self.break_minutes > 0 {
            parts.push(format!("{} of rest breaks", count(self.break_minutes, "minute")));
        }
        parts.join(", ")
    }

    /// The extra time alone; empty without any.
    pub fn extra_in_words(self) -> String {
        self.extra_parts().join(", ")
    }

    /// The rest breaks alone; empty without any.
    pub fn breaks_in_words(self) -> String {
        if self.break_minutes > 0 { count(self.break_minutes, "minute") } else { String::new() }
    }

    fn extra_parts(self) -> Vec<String> {
        let mut parts = Vec::new();
        if self.extra_percent > 0 {
            parts.push(format!("{}% extra time", self.extra_percent));
        }
        if self.extra_minutes > 0 {
            parts.push(count(self.extra_minutes, "extra minute"));
        }
        parts
    }
}

/// A change to an [`Adjustment`]. `None` leaves the old value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AdjustmentChange {
    pub extra_percent: Option<u8>,
    pub extra_minutes: Option<u16>,
    pub break_minutes: Option<u16>,
    /// `None` for a caller that has not looked, like the demo.
    pub seen: Option<AdjustmentsSeen>,
}

/// The page that a change was typed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdjustmentsSeen {
    /// As in [`AdjustedPeople`].
    pub form: FormToken,
    /// As in [`AdjustedPeople`].
    pub seen: i64,
    /// Whether the form began with what this person has.
    pub shown: bool,
}

impl AdjustmentChange {
    /// Whether it leaves everything as it is.
    pub fn is_empty(self) -> bool {
        Self { seen: None, ..self } == Self::default()
    }

    pub fn of(self, before: Adjustment) -> Adjustment {
        Adjustment {
            extra_percent: self.extra_percent.unwrap_or(before.extra_percent),
            extra_minutes: self.extra_minutes.unwrap_or(before.extra_minutes),
            break_minutes: self.break_minutes.unwrap_or(before.break_minutes),
        }
    }
}

impl From<Adjustment> for AdjustmentChange {
    fn from(all: Adjustment) -> Self {
        Self {
            extra_percent: Some(all.extra_percent),
            extra_minutes: Some(all.extra_minutes),
            break_minutes: Some(all.break_minutes),
            seen: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_time_is_a_share_of_the_limit() {
        for (percent, minutes, seconds) in [(0, 30, 1800), (25, 30, 2250), (50, 15, 1350), (33, 1, 80)] {
            let adjustment = Adjustment { extra_percent: percent, ..Adjustment::default() };
            assert_eq!(adjustment.allowed_seconds(minutes), seconds, "{percent}% of {minutes}");
            assert_eq!(adjustment.percent_seconds(minutes), seconds - u32::from(minutes) * 60);
        }
    }

    #[test]
    fn one_minute_is_singular() {
        let given = Adjustment { extra_percent: 0, extra_minutes: 1, break_minutes: 1 };
        assert_eq!(given.in_words(), "1 extra minute, 1 minute of rest breaks");
        let parts = |given: Adjustment| (given.extra_in_words(), given.breaks_in_words());
        assert_eq!(parts(given), ("1 extra minute".to_owned(), "1 minute".to_owned()));
        let given = Adjustment { extra_percent: 25, extra_minutes: 5, break_minutes: 0 };
        assert_eq!(parts(given), ("25% extra time, 5 extra minutes".to_owned(), String::new()));
    }
}
