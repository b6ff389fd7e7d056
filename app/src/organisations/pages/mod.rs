pub mod cohort;
pub mod cohorts;
pub mod courses;
pub mod new_person;
pub mod overview;
pub mod people;
pub mod upload;
pub mod uploads;
