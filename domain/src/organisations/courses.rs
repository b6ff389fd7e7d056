use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AssignmentId, CourseChoice, OrganisationHead};
use crate::{Moment, cohorts::CohortId};

/// `/organisation/{slug}/courses`: which course is given to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationCourses {
    pub head: OrganisationHead,
    /// How many belong to the organisation.
    pub people: u32,
    /// By course, at most a few hundred: assignments, and the own course of each cohort.
    pub assignments: Vec<AssignmentLine>,
    /// How many there are in all.
    pub all: u32,
    /// For a new one.
    pub courses: Vec<CourseChoice>,
    /// At most a few hundred, as the cohorts.
    pub teams: Vec<TeamChoice>,
    /// How many there are in all.
    #[serde(default)]
    pub all_teams: u32,
    pub cohorts: Vec<CohortChoice>,
    #[serde(default)]
    pub all_cohorts: u32,
}

/// A course, and whom it is given to: a team, a cohort, or else everyone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentLine {
    /// Nothing for a cohort's own course, which is not taken back.
    pub id: Option<AssignmentId>,
    pub course: String,
    pub team: Option<String>,
    pub cohort: Option<String>,
    /// How many it reaches at present.
    pub people: u32,
    pub since: Option<Moment>,
    /// Nobody if the account is gone.
    pub by: Option<String>,
}

/// A team to which at least one person belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChoice {
    pub name: String,
    pub people: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortChoice {
    pub id: CohortId,
    pub name: String,
    pub people: u32,
}

/// Whom a course is given to, as a form sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    Everyone,
    Team(String),
    Cohort(CohortId),
}

impl Audience {
    /// Nothing for a text that names nobody.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None => (text == "everyone").then_some(Self::Everyone),
            Some(("team", name)) => (!name.trim().is_empty()).then(|| Self::Team(name.to_owned())),
            Some(("cohort", id)) => id.parse().ok().map(Self::Cohort),
            Some(_) => None,
        }
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone"),
            Self::Team(name) => write!(f, "team:{name}"),
            Self::Cohort(id) => write!(f, "cohort:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_read_as_it_is_written() {
        let cohort = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        for audience in [Audience::Everyone, Audience::Team("A: ward 7".into()), Audience::Cohort(cohort)] {
            assert_eq!(Audience::parse(&audience.to_string()), Some(audience));
        }
        for nobody in ["", "all", "team:", "team: ", "cohort:7", "everyone:1", "person:1"] {
            assert_eq!(Audience::parse(nobody), None, "{nobody}");
        }
    }
}
