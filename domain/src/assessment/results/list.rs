//! The query for the results of a paper: its sorting and its filter.

use crate::kit::list::{Choice, Filter, ListQuery, Sort};

/// The columns that sort the results of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResultSort {
    #[default]
    Name,
    Mark,
    Submitted,
}

impl Choice for ResultSort {
    const ALL: &'static [Self] = &[Self::Name, Self::Mark, Self::Submitted];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Mark => "mark",
            Self::Submitted => "submitted",
        }
    }
}

impl Sort for ResultSort {
    fn falls(self) -> bool {
        self != Self::Name
    }
}

/// The filter of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    #[default]
    All,
    Passed,
    Failed,
    Unreadable,
}

impl Choice for Show {
    const ALL: &'static [Self] = &[Self::All, Self::Passed, Self::Failed, Self::Unreadable];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Filter for Show {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self {
            Self::All => "Everybody",
            Self::Passed => "Passed",
            Self::Failed => "Not passed",
            Self::Unreadable => "With answers that are not readable",
        }
    }
}

/// A setter's query for the results of a paper.
pub type ResultsQuery = ListQuery<ResultSort, Show>;
