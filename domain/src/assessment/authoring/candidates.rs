//! The query for the candidates that were entered by address: its sorting and its filter.

use crate::kit::list::{Choice, Filter, ListQuery, Sort};

/// The columns that sort the candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CandidateSort {
    #[default]
    Address,
    /// The name. Candidates whom the organisation does not know come last.
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

/// The filter of the candidates.
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

/// A setter's query for the candidates that were entered by address.
pub type CandidatesQuery = ListQuery<CandidateSort, Known>;
