pub mod cohort;
pub mod cohorts;
pub mod new_person;
pub mod overview;
pub mod people;
pub mod sponsored;
pub mod upload;
pub mod uploads;
