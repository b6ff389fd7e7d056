//! The organisations that people belong to: universities, employers and others.

use serde::{Deserialize, Serialize};

crate::id!(OrganisationId);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    University,
    Employer,
}

impl OrganisationKind {
    pub const ALL: [Self; 2] = [Self::University, Self::Employer];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::University => "university",
            Self::Employer => "employer",
        }
    }

    /// As shown on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::University => "University",
            Self::Employer => "Employer",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
