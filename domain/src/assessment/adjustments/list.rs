//! The query for the people with extra time: its sorting and its filter.

use crate::kit::list::{Choice, Filter, ListQuery, Sort};

/// The columns that sort the people with extra time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AdjustmentSort {
    /// The name; the address, for a person whose name the organisation does not know.
    #[default]
    Name,
    /// The percentage, then the minutes.
    ExtraTime,
    RestBreaks,
}

impl Choice for AdjustmentSort {
    const ALL: &'static [Self] = &[Self::Name, Self::ExtraTime, Self::RestBreaks];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::ExtraTime => "extra-time",
            Self::RestBreaks => "rest-breaks",
        }
    }
}

impl Sort for AdjustmentSort {
    fn falls(self) -> bool {
        self != Self::Name
    }
}

/// The filter of the people with extra time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Given {
    #[default]
    All,
    ExtraTime,
    RestBreaks,
}

impl Choice for Given {
    const ALL: &'static [Self] = &[Self::All, Self::ExtraTime, Self::RestBreaks];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::ExtraTime => "extra-time",
            Self::RestBreaks => "rest-breaks",
        }
    }
}

impl Filter for Given {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self {
            Self::All => "Everybody",
            Self::ExtraTime => "People with extra time",
            Self::RestBreaks => "People with rest breaks",
        }
    }
}

/// A setter's query for the people to whom the organisation gives extra time or rest breaks.
pub type AdjustmentsQuery = ListQuery<AdjustmentSort, Given>;
