//! Which students of a cohort need their tutor's attention, and why.

use serde::{Deserialize, Serialize};

use super::Quarters;
use crate::{
    count,
    kit::list::{Choice, Filter},
};

/// A student who has modules left is not seen when they have opened no page for so many days, in London.
pub const UNSEEN_DAYS: i32 = 14;
/// So many tries at one check, none of which passed.
pub const TRIES_IN_VAIN: i64 = 3;

/// The filter of the students of a cohort by why they need attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AttentionShown {
    #[default]
    Everybody,
    /// For any reason.
    Any,
    NotSeen,
    Never,
    Check,
    Behind,
}

impl Choice for AttentionShown {
    const ALL: &'static [Self] =
        &[Self::Everybody, Self::Any, Self::NotSeen, Self::Never, Self::Check, Self::Behind];

    fn as_str(self) -> &'static str {
        match self {
            Self::Everybody => "all",
            Self::Any => "any",
            Self::NotSeen => "not-seen",
            Self::Never => "never",
            Self::Check => "check",
            Self::Behind => "behind",
        }
    }
}

impl Filter for AttentionShown {
    const NAME: &'static str = "attention";
    const LABEL: &'static str = "Needs attention";

    fn label(self) -> &'static str {
        match self {
            Self::Everybody => "Everybody",
            Self::Any => "For any reason",
            Self::NotSeen => "Not seen for 14 days",
            Self::Never => "Never seen",
            Self::Check => "Check not passed",
            Self::Behind => "Behind",
        }
    }
}

/// How many students of a cohort need attention, for each reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AttentionCounts {
    /// For any reason.
    pub any: u32,
    pub not_seen: u32,
    pub never: u32,
    pub check: u32,
    pub behind: u32,
}

impl AttentionCounts {
    /// `in_all` is the number of all students.
    #[must_use]
    pub fn of(self, shown: AttentionShown, in_all: u32) -> u32 {
        match shown {
            AttentionShown::Everybody => in_all,
            AttentionShown::Any => self.any,
            AttentionShown::NotSeen => self.not_seen,
            AttentionShown::Never => self.never,
            AttentionShown::Check => self.check,
            AttentionShown::Behind => self.behind,
        }
    }
}

/// Why a student needs attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// Has modules left, and has opened no page for so many days.
    NotSeen { days: u32 },
    /// Has opened no page yet.
    Never,
    /// The check of this module was taken so many times and never passed; and there are other such checks.
    Check { module: String, tries: u32, others: u32 },
    /// The target date of this module is over, and it is not completed; and there are other such modules. `due` is a day in words.
    Late { module: String, due: String, others: u32 },
    /// More than one module below the median of the cohort.
    BelowMedian { completed: u16, median: Quarters },
}

impl Reason {
    /// As the table and its file say it.
    #[must_use]
    pub fn words(&self) -> String {
        let and = |others: u32, thing: &str| match others {
            0 => String::new(),
            others => format!(", and {}", count(others, thing)),
        };
        match self {
            Self::NotSeen { days } => format!("Not seen for {}", count(*days, "day")),
            Self::Never => "Has not opened a page yet".to_owned(),
            Self::Check { module, tries, others } => {
                format!(
                    "Check of \u{201c}{module}\u{201d} not passed in {tries} tries{}",
                    and(*others, "other check")
                )
            }
            Self::Late { module, due, others } => {
                format!("\u{201c}{module}\u{201d} was due on {due}{}", and(*others, "other module"))
            }
            Self::BelowMedian { completed, median } => {
                format!("{} completed, where the median is {median}", count(*completed, "module"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_what_and_how_much() {
        let check = |others| Reason::Check { module: "Two".into(), tries: 4, others }.words();
        assert_eq!(check(0), "Check of \u{201c}Two\u{201d} not passed in 4 tries");
        assert_eq!(check(1), "Check of \u{201c}Two\u{201d} not passed in 4 tries, and 1 other check");
        let late = Reason::Late { module: "One".into(), due: "3 November".into(), others: 2 };
        assert_eq!(late.words(), "\u{201c}One\u{201d} was due on 3 November, and 2 other modules");
        let below = Reason::BelowMedian { completed: 1, median: Quarters(14) };
        assert_eq!(below.words(), "1 module completed, where the median is 3.5");
        assert_eq!(Reason::NotSeen { days: 15 }.words(), "Not seen for 15 days");
    }

    #[test]
    fn each_filter_has_its_own_count() {
        let counts = AttentionCounts { any: 5, not_seen: 1, never: 2, check: 3, behind: 4 };
        let shown: Vec<_> = AttentionShown::ALL.iter().map(|shown| counts.of(*shown, 9)).collect();
        assert_eq!(shown, [9, 5, 1, 2, 3, 4]);
        let days = format!("for {UNSEEN_DAYS} days");
        assert!(AttentionShown::NotSeen.label().ends_with(&days));
    }
}
