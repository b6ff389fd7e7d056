//! How far the students of a cohort have come, week by week.

use serde::{Deserialize, Serialize};

use super::{CohortId, Spread};

/// `/cohorts/{cohort}/progress`. All of it is about the modules of the cohort's own course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortProgress {
    pub id: CohortId,
    pub name: String,
    pub organisation: String,
    pub course: String,
    pub modules: u32,
    pub students: u32,
    /// How many have completed every module.
    pub finished: u32,
    /// The present one is the last. None when there are no students.
    pub points: Vec<ProgressPoint>,
    /// How many weeks lie between two points.
    pub weeks: u32,
}

/// How many modules the students had completed at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressPoint {
    /// In words, in London.
    pub day: String,
    pub spread: Spread,
}
