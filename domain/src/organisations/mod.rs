//! The organisations that people belong to, with what their administrators see and do.

mod cohorts;
mod courses;
mod people;
mod report;
mod sponsors;
mod uploads;

use serde::{Deserialize, Serialize};

pub use cohorts::{CohortLine, CohortTutors, CourseChoice, OrganisationCohorts, TutorRow};
pub use courses::{AssignmentLine, Audience, CohortChoice, OrganisationCourses, TeamChoice};
pub use people::{OrganisationPeople, PeopleFilters, PeopleQuery, PeopleSort, PersonRow, StateShown};
pub use report::{OrganisationReport, ReportCounts, ReportFilters, ReportQuery, ReportRow, ReportSort};
pub use sponsors::{
    CodeGiven, CourseProgress, SPONSOR_CONSENT, Sponsor, SponsorCode, SponsorConsent, SponsorState,
    Sponsored, SponsoredQuery, SponsoredRow, SponsoredShown, SponsoredSort,
};
pub use uploads::{
    ATTESTATION, Attestation, Difference, FieldChoice, RowOutcome, RowShown, RowSort, RowTrouble, RowsQuery,
    STAYS, SheetKind, UploadCard, UploadColumn, UploadCounts, UploadPage, UploadRow, UploadSheet, UploadSort,
    UploadState, Uploads, UploadsQuery, hidden_sheets, other_sheets,
};

crate::id!(OrganisationId);
crate::id!(
    /// A file of people, or one person by hand.
    UploadId
);
crate::id!(
    /// A course given to everyone, to a team or to a cohort.
    AssignmentId
);

/// What kind of organisation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    University,
    Employer,
    /// Pays for others, and sees figures only.
    Funder,
    /// Owns a community.
    Community,
}

impl OrganisationKind {
    pub const ALL: [Self; 4] = [Self::University, Self::Employer, Self::Funder, Self::Community];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::University => "university",
            Self::Employer => "employer",
            Self::Funder => "funder",
            Self::Community => "community",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::University => "University",
            Self::Employer => "Employer",
            Self::Funder => "Funder",
            Self::Community => "Community owner",
        }
    }
}

/// The organisation that a page is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationHead {
    /// Its name in the address.
    pub slug: String,
    pub name: String,
}

/// The teams and areas of the people whom a list shows, the first of them by name: offered where one is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupNames {
    pub teams: Vec<String>,
    pub areas: Vec<String>,
}

/// The ids of the lists of names on a page.
pub const TEAM_NAMES: &str = "team-names";
pub const AREA_NAMES: &str = "area-names";

/// `/organisation/{slug}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationPage {
    pub head: OrganisationHead,
    pub kind: OrganisationKind,
    pub active: u32,
    pub pending: u32,
    pub cohorts: u32,
    /// Courses that are given to everyone, to a team, or to a cohort beside its own course.
    #[serde(default)]
    pub assigned: u32,
    pub uploads: u32,
    /// Previews that nobody has confirmed yet.
    pub waiting: u32,
    /// The reader sees what its people have completed: an administrator does, support does not.
    #[serde(default)]
    pub follows: bool,
    /// Learners for whom it pays.
    #[serde(default)]
    pub sponsored: u32,
    /// Learners who have named it and wait for the answer.
    #[serde(default)]
    pub asking: u32,
}
