//! The start page of somebody who is signed in: what waits for them. Facts only; the page says them.

use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    assessment::{PaperId, delivery::SittingId, results::ReleasedOutcome},
    cohorts::CohortId,
    learning::CourseCard,
};

/// Of the cohorts that somebody follows and that are open, the start page looks at so many: the newest.
pub const NEWEST_COHORTS: u8 = 8;

/// Everything on the start page. What does not concern the person is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waiting {
    /// The course that they were on last comes first.
    pub courses: Vec<CourseCard>,
    pub sitting: Option<SittingNow>,
    /// Those that close first.
    pub papers: Vec<PaperSoon>,
    /// How many there are besides.
    pub more_papers: u32,
    /// Newest first.
    pub results: Vec<NewResult>,
    pub cohorts: Vec<CohortSeen>,
    pub kept: Option<PapersKept>,
    pub organisations: Vec<OrganisationWaits>,
    pub areas: Vec<AreaWaits>,
}

/// A paper that the person sits now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SittingNow {
    pub sitting: SittingId,
    pub title: String,
    /// Minutes that are left, a part of one counted as one.
    pub minutes: u32,
    /// A rest break: the clock stands.
    pub paused: bool,
}

/// A paper that the person can start soon, or now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSoon {
    pub paper: PaperId,
    pub title: String,
    pub open: bool,
    /// When it closes; when it opens, if it is not open yet.
    pub at: Moment,
    /// Nights until then, in London: 0 for today.
    pub days: u32,
}

impl PaperSoon {
    /// "Closes in 3 days", "Opens tomorrow".
    pub fn in_words(&self) -> String {
        let what = if self.open { "Closes" } else { "Opens" };
        match self.days {
            0 => format!("{what} today"),
            1 => format!("{what} tomorrow"),
            days => format!("{what} in {days} days"),
        }
    }
}

/// A result that the person has not looked at, or that has changed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewResult {
    pub sitting: SittingId,
    pub title: String,
    pub outcome: ReleasedOutcome,
    pub changed: bool,
}

/// A cohort that the person follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortSeen {
    #[serde(rename = "cohort_id")]
    pub cohort: CohortId,
    pub name: String,
    pub students: u32,
    /// Not for 14 days, and not done.
    pub not_seen: u32,
    /// Not once.
    pub never: u32,
}

/// The papers that the person sets, by state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PapersKept {
    pub drafts: u32,
    pub waiting: u32,
    pub open: u32,
    pub closed: u32,
    /// Those that somebody sits now.
    pub sat: Vec<PaperSat>,
    /// Those that have closed, and whose results wait for the setter.
    pub to_release: Vec<PaperToRelease>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSat {
    pub paper: PaperId,
    pub title: String,
    /// How many sit it now.
    pub sitting: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperToRelease {
    pub paper: PaperId,
    pub title: String,
}

/// An organisation that the person administers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationWaits {
    pub slug: String,
    pub name: String,
    /// Uploads to be confirmed.
    pub uploads: u32,
    /// Learners who ask whether it pays for them.
    pub asking: u32,
}

/// An area of NMP Zone that the person leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaWaits {
    pub slug: String,
    pub name: String,
    pub applications: u32,
    pub reports: u32,
    pub suggestions: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_says_how_many_days_are_left() {
        let at = Moment { utc: String::new(), london: String::new() };
        let paper = |open, days| PaperSoon {
            paper: PaperId(uuid::Uuid::nil()),
            title: String::new(),
            open,
            at: at.clone(),
            days,
        };
        for (open, days, words) in [
            (true, 0, "Closes today"),
            (true, 1, "Closes tomorrow"),
            (true, 3, "Closes in 3 days"),
            (false, 2, "Opens in 2 days"),
        ] {
            assert_eq!(paper(open, days).in_words(), words);
        }
    }
}
