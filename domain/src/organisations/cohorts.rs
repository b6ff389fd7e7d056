use serde::{Deserialize, Serialize};

use super::OrganisationHead;
use crate::{FormToken, Moment, cohorts::CohortId};

/// `/organisation/{slug}/cohorts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationCohorts {
    pub head: OrganisationHead,
    /// The newest first, at most a few hundred.
    pub cohorts: Vec<CohortLine>,
    /// How many there are in all.
    pub all: u32,
    /// For a new one.
    pub courses: Vec<CourseChoice>,
    /// For a form that acts once.
    pub form: FormToken,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortLine {
    pub id: CohortId,
    pub name: String,
    pub course: String,
    pub students: u32,
    pub tutors: u32,
    /// Days like 2026-09-01.
    pub starts_on: Option<String>,
    pub ends_on: Option<String>,
    pub access_from: Option<String>,
    pub access_until: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseChoice {
    pub slug: String,
    pub title: String,
}

/// `/organisation/{slug}/cohorts/{cohort}`: who follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortTutors {
    pub head: OrganisationHead,
    pub cohort: CohortLine,
    pub tutors: Vec<TutorRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TutorRow {
    pub person: String,
    pub name: String,
    pub email: String,
    pub since: Moment,
    /// Who gave the role; nobody if the command line did, or that person has left.
    pub by: Option<String>,
    pub reason: String,
}
