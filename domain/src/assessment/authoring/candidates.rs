//! What is asked of those who are named for a paper by address.

use crate::kit::list::{Choice, Filter, ListQuery, Sort};

/// What those who are named for a paper are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CandidateSort {
    #[default]
    Address,
    /// Whom the organisation does not know comes last.
    Name,
}

impl Choice for CandidateSort {
    const ALL: &'static [Self] = &[Self::Address, Self::Name];

    fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Name => "name",
        }
    }
}

impl Sort for CandidateSort {}

/// Which of those who are named for a paper are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Known {
    #[default]
    All,
    Known,
    Others,
}

impl Choice for Known {
    const ALL: &'static [Self] = &[Self::All, Self::Known, Self::Others];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Known => "known",
            Self::Others => "others",
        }
    }
}

impl Filter for Known {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self {
            Self::All => "Everybody",
            Self::Known => "Known to your organisation",
            Self::Others => "Known by address alone",
        }
    }
}

/// What a setter asks to see of those who are named for a paper.
pub type CandidatesQuery = ListQuery<CandidateSort, Known>;
