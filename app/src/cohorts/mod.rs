//! The pages for people who follow a cohort.

pub mod api;
pub mod pages;
mod parts;

use pages::{cohort, cohorts, dates, progress, remind, reminder, stop_reminders, student};

crate::kit::area::area! {
    CohortPages in cohort (show_cohort, fetch_cohort) {
        Cohorts => cohorts::Cohorts,
        Cohort => cohort::Cohort,
        Progress => progress::Progress,
        Dates => dates::Dates,
        Remind => remind::Remind,
        Reminder => reminder::ReminderPage,
        Student => student::Student,
        StopReminders => stop_reminders::StopCohortReminders,
        RemindersStopped => stop_reminders::CohortRemindersStopped,
    }
}
