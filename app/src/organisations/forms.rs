//! The larger forms, as their fields are sent.

use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use services::{cohorts::CohortForm, organisations::PersonByHand};

/// One person by hand.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    pub name: String,
    pub email: String,
    pub student_number: String,
    pub team: String,
    /// "area" is that of NMP Zone in other forms.
    pub person_area: String,
    pub cohort: String,
    pub attested: String,
    pub form: String,
}

#[cfg(feature = "ssr")]
impl PersonForm {
    pub(super) fn read(self) -> PersonByHand {
        let Self { name, email, student_number, team, person_area: area, cohort, attested, form } = self;
        let (attested, form) = (attested == "true", form.parse().ok());
        PersonByHand { name, email, student_number, team, area, cohort, attested, form }
    }
}

/// A new cohort, with days like 2026-09-01.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewCohortForm {
    pub name: String,
    pub course: String,
    pub starts_on: String,
    pub ends_on: String,
    pub access_from: String,
    pub access_until: String,
}

#[cfg(feature = "ssr")]
impl NewCohortForm {
    pub(super) fn read(self) -> CohortForm {
        let Self { name, course, starts_on, ends_on, access_from, access_until } = self;
        CohortForm { name, course, starts_on, ends_on, access_from, access_until }
    }
}
