//! Reminders that a tutor sends to students of a cohort.

use serde::{Deserialize, Serialize};

use super::CohortId;
use crate::Moment;

crate::id!(
    /// A reminder to students of a cohort, from its choice on.
    ReminderId
);

/// A student gets one reminder in so many days from the tutors of a cohort.
pub const DAYS_BETWEEN_REMINDERS: i64 = 7;

/// The most characters of a reminder.
pub const REMINDER_LENGTH: usize = 2000;

/// The text that a tutor begins with.
pub const REMINDER_TEXT: &str = "We have not seen you in the course for a while, and hope that you are well.\n\n\
    It is all still there, and you can go on where you left off. Fifteen minutes are enough for a few pages.\n\n\
    If something keeps you from it, please tell me: we can look for a way together.";

/// `/cohorts/{cohort}/reminders/{reminder}`: a reminder before it is sent, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    pub id: ReminderId,
    pub cohort: CohortId,
    pub cohort_name: String,
    pub organisation: String,
    pub course: String,
    /// The tutor who chose the students.
    pub author: String,
    /// What the mail has besides the text: its subject, and the sentences before and after.
    pub subject: String,
    pub before: String,
    pub after: String,
    pub text: String,
    /// The names of those who were chosen: the first few.
    pub names: Vec<String>,
    /// To how many it goes, or went: those who take no reminders or have not opened their account are counted too. Who and how many these are
    /// is theirs.
    pub to: u32,
    /// How many get none because they were chosen for one within the last week.
    pub had_one: u32,
    /// When they were chosen, in microseconds: the form that sends the reminder brings it along.
    pub seen: i64,
    pub sent: Option<Moment>,
}
