//! The query for the candidates of a paper while it is sat: its sorting and its filter.

use crate::kit::list::{Choice, Filter, ListQuery, Sort};

/// The columns that sort the candidates. How much is answered is not among them: it would be counted for every
/// candidate, and not only for those of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvigilationSort {
    #[default]
    Name,
    /// The time that is left, the least first. Those who are not sitting come last, in either direction.
    TimeLeft,
}

impl Choice for InvigilationSort {
    const ALL: &'static [Self] = &[Self::Name, Self::TimeLeft];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::TimeLeft => "time-left",
        }
    }
}

impl Sort for InvigilationSort {}

/// The filter of the candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvigilationShow {
    #[default]
    All,
    NotStarted,
    /// Started and not submitted, in a rest break or not.
    Sitting,
    Resting,
    /// Sitting, and nothing was heard for a while.
    OutOfContact,
    Submitted,
    Incidents,
}

impl Choice for InvigilationShow {
    const ALL: &'static [Self] = &[
        Self::All,
        Self::NotStarted,
        Self::Sitting,
        Self::Resting,
        Self::OutOfContact,
        Self::Submitted,
        Self::Incidents,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::NotStarted => "not-started",
            Self::Sitting => "sitting",
            Self::Resting => "resting",
            Self::OutOfContact => "out-of-contact",
            Self::Submitted => "submitted",
            Self::Incidents => "incidents",
        }
    }
}

impl Filter for InvigilationShow {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self {
            Self::All => "Everybody",
            Self::NotStarted => "Not started",
            Self::Sitting => "Sitting",
            Self::Resting => "On a rest break",
            Self::OutOfContact => "No contact for two minutes",
            Self::Submitted => "Submitted",
            Self::Incidents => "With incidents",
        }
    }
}

/// An invigilator's query for the candidates of a paper.
pub type InvigilationQuery = ListQuery<InvigilationSort, InvigilationShow>;
