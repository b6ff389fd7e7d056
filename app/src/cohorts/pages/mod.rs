pub mod cohort;
pub mod cohorts;
