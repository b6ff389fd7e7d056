//! The query for the organisations in which somebody sets papers: its sorting and its filter.

use crate::{
    kit::list::{Choice, Filter, ListQuery, Sort},
    organisations::OrganisationKind,
};

/// The columns that sort the organisations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrganisationSort {
    #[default]
    Name,
    /// The kind, then the name.
    Kind,
}

impl Choice for OrganisationSort {
    const ALL: &'static [Self] = &[Self::Name, Self::Kind];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Kind => "kind",
        }
    }
}

impl Sort for OrganisationSort {}

/// One kind of organisations, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OfKind(pub Option<OrganisationKind>);

impl Choice for OfKind {
    const ALL: &'static [Self] = &[
        Self(None),
        Self(Some(OrganisationKind::University)),
        Self(Some(OrganisationKind::Employer)),
        Self(Some(OrganisationKind::Funder)),
        Self(Some(OrganisationKind::Community)),
    ];

    fn as_str(self) -> &'static str {
        self.0.map_or("all", OrganisationKind::as_str)
    }
}

impl Filter for OfKind {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self.0 {
            None => "All organisations",
            Some(OrganisationKind::University) => "Universities",
            Some(OrganisationKind::Employer) => "Employers",
            Some(OrganisationKind::Funder) => "Funders",
            Some(OrganisationKind::Community) => "Community owners",
        }
    }
}

/// The query for the organisations in which somebody may set papers.
pub type OrganisationsQuery = ListQuery<OrganisationSort, OfKind>;
