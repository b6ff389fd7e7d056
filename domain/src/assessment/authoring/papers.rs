//! The query for the papers of a setter: its sorting and its filter.

use crate::{
    assessment::PaperState,
    kit::list::{Choice, Filter, ListQuery, Sort},
};

/// The columns that sort the papers of a setter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperSort {
    /// The time of creation, the newest first.
    #[default]
    Made,
    Title,
    Opens,
    Closes,
}

impl Choice for PaperSort {
    const ALL: &'static [Self] = &[Self::Made, Self::Title, Self::Opens, Self::Closes];

    fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Title => "title",
            Self::Opens => "opens",
            Self::Closes => "closes",
        }
    }
}

impl Sort for PaperSort {
    fn falls(self) -> bool {
        self != Self::Title
    }
}

/// The filter of the papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperShow {
    #[default]
    All,
    Draft,
    Waiting,
    Open,
    Closed,
    /// Drafts and closed papers that were put away, which no other choice shows.
    PutAway,
}

impl Choice for PaperShow {
    const ALL: &'static [Self] =
        &[Self::All, Self::Draft, Self::Waiting, Self::Open, Self::Closed, Self::PutAway];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::PutAway => "put-away",
        }
    }
}

impl Filter for PaperShow {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self {
            Self::All => "All papers",
            Self::Draft => PaperState::Draft.label(),
            Self::Waiting => PaperState::Waiting.label(),
            Self::Open => PaperState::Open.label(),
            Self::Closed => PaperState::Closed.label(),
            Self::PutAway => "Put away",
        }
    }
}

/// A setter's query for the papers that they may see.
pub type PapersQuery = ListQuery<PaperSort, PaperShow>;
