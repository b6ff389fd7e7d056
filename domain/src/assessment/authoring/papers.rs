//! What is asked of somebody's papers.

use crate::{
    assessment::PaperState,
    kit::list::{Choice, Filter, ListQuery, Sort},
};

/// What somebody's papers are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperSort {
    /// When it was made, the newest first.
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

/// Which of somebody's papers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperShow {
    #[default]
    All,
    Draft,
    Waiting,
    Open,
    Closed,
}

impl Choice for PaperShow {
    const ALL: &'static [Self] = &[Self::All, Self::Draft, Self::Waiting, Self::Open, Self::Closed];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Closed => "closed",
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
        }
    }
}

/// What somebody asks to see of their papers.
pub type PapersQuery = ListQuery<PaperSort, PaperShow>;
