//! The pages for people who follow a cohort.

pub mod api;
pub mod pages;
mod parts;

use pages::{cohort, cohorts};

crate::kit::area::area! {
    CohortPages in cohort (show_cohort, fetch_cohort) {
        Cohorts => cohorts::Cohorts,
        Cohort => cohort::Cohort,
    }
}
