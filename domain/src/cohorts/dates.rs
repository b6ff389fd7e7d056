//! The target dates of a cohort's modules.

use serde::{Deserialize, Serialize};

use super::CohortId;

/// `/cohorts/{cohort}/dates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortDates {
    pub id: CohortId,
    pub name: String,
    pub organisation: String,
    /// The modules of the cohort's own course and of the others that are given to it, in the order of the table.
    pub modules: Vec<DatedModule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedModule {
    /// Its id.
    pub module: String,
    pub title: String,
    /// The day by which it should be completed, like 2026-12-01, or an empty text.
    pub due: String,
    /// The same day in words.
    #[serde(default)]
    pub said: String,
    /// Who set it, if their account is still there.
    pub by: Option<String>,
}
