//! The query of the library.

use crate::kit::list::{Choice, Filter, ListQuery, Sort};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResourceSort {
    #[default]
    Title,
    Added,
    Review,
}

impl Choice for ResourceSort {
    const ALL: &'static [Self] = &[Self::Title, Self::Added, Self::Review];

    fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Added => "added",
            Self::Review => "review",
        }
    }
}

impl Sort for ResourceSort {
    fn falls(self) -> bool {
        self == Self::Added
    }
}

/// The filter of the library by what a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KindShown {
    #[default]
    All,
    Link,
    Document,
    Image,
    Video,
}

impl Choice for KindShown {
    const ALL: &'static [Self] = &[Self::All, Self::Link, Self::Document, Self::Image, Self::Video];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Link => "link",
            Self::Document => "document",
            Self::Image => "image",
            Self::Video => "video",
        }
    }
}

impl Filter for KindShown {
    const NAME: &'static str = "kind";
    const LABEL: &'static str = "Kind";

    fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Link => "Links",
            Self::Document => "Documents",
            Self::Image => "Images",
            Self::Video => "Videos",
        }
    }
}

/// The filter by state, as leads have it. Only leads see what is retired, declined, or suggested by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StateShown {
    #[default]
    Current,
    Due,
    Suggested,
    Retired,
    Declined,
}

impl Choice for StateShown {
    const ALL: &'static [Self] = &[Self::Current, Self::Due, Self::Suggested, Self::Retired, Self::Declined];

    fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Due => "due",
            Self::Suggested => "suggested",
            Self::Retired => "retired",
            Self::Declined => "declined",
        }
    }
}

impl Filter for StateShown {
    const NAME: &'static str = "state";
    const LABEL: &'static str = "State";

    fn label(self) -> &'static str {
        match self {
            Self::Current => "In use",
            Self::Due => "Due for review",
            Self::Suggested => "Suggested",
            Self::Retired => "Retired",
            Self::Declined => "Declined",
        }
    }
}

impl StateShown {
    /// What a reader of the list gets: all of it for leads only.
    #[must_use]
    pub fn seen_by(self, lead: bool) -> Self {
        match self {
            Self::Suggested | Self::Retired | Self::Declined if !lead => Self::Current,
            shown => shown,
        }
    }
}

/// The same filter, as members have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OfMembers {
    #[default]
    Current,
    Due,
}

impl Choice for OfMembers {
    const ALL: &'static [Self] = &[Self::Current, Self::Due];

    fn as_str(self) -> &'static str {
        self.shown().as_str()
    }
}

impl Filter for OfMembers {
    const NAME: &'static str = StateShown::NAME;
    const LABEL: &'static str = StateShown::LABEL;

    fn label(self) -> &'static str {
        self.shown().label()
    }
}

impl OfMembers {
    fn shown(self) -> StateShown {
        match self {
            Self::Current => StateShown::Current,
            Self::Due => StateShown::Due,
        }
    }
}

/// A query for the library of an area.
pub type ResourcesQuery = ListQuery<ResourceSort, (KindShown, StateShown)>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_leads_ask_for_what_is_not_in_use() {
        for shown in StateShown::ALL.iter().copied() {
            assert_eq!(shown.seen_by(true), shown);
            let in_use = matches!(shown, StateShown::Current | StateShown::Due);
            assert_eq!(shown.seen_by(false) == shown, in_use, "{shown:?}");
        }
        for offered in OfMembers::ALL {
            assert_eq!(StateShown::parse(offered.as_str()).seen_by(false).as_str(), offered.as_str());
        }
    }
}
