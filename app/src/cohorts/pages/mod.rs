pub mod cohort;
pub mod cohorts;
pub mod dates;
pub mod progress;
pub mod remind;
pub mod reminder;
pub mod stop_reminders;
pub mod student;
