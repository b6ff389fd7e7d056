//! One student of a cohort, as its tutors see them.

use serde::{Deserialize, Serialize};

use super::CohortId;
use crate::{FormToken, Moment, accounts::PersonId, learning::Status};

crate::id!(
    /// A note that a tutor of a cohort has written about one of its students.
    NoteId
);

/// The most characters of a note.
pub const NOTE_LENGTH: usize = 2000;

/// `/cohorts/{cohort}/students/{person}`. Results of papers are not here: they are for who has set the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortStudent {
    pub cohort: CohortId,
    pub cohort_name: String,
    pub organisation: String,
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub team: Option<String>,
    pub area: Option<String>,
    /// When they came to the course.
    pub since: Moment,
    pub last_seen: Option<Moment>,
    /// How many days ago that was, in London.
    pub seen_days_ago: u32,
    pub modules: Vec<StudentModule>,
    /// Newest first.
    pub notes: Vec<StudentNote>,
    /// How many there are in all.
    pub all_notes: u32,
    /// For the form of a new note.
    pub form: FormToken,
    /// When the page was made.
    pub at: Moment,
}

impl CohortStudent {
    pub fn completed(&self) -> usize {
        self.statuses().filter(|status| *status == Status::Completed).count()
    }

    /// Of the modules that are followed here.
    pub fn statuses(&self) -> impl Iterator<Item = Status> + '_ {
        self.modules.iter().filter_map(|module| module.status)
    }

    /// The share of completed modules in per cent, rounded down.
    pub fn percent(&self) -> usize {
        match self.statuses().count() {
            0 => 0,
            all => self.completed() * 100 / all,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentModule {
    pub title: String,
    /// `None` when it is [not followed here](super::NOT_HERE).
    pub status: Option<Status>,
    pub first_opened: Option<Moment>,
    pub completed: Option<Moment>,
    /// The target date in words.
    pub due: Option<String>,
    /// Whether that is over, and the module is not completed.
    pub late: bool,
    /// The tries at its check, oldest first.
    pub tries: Vec<Try>,
    /// How many older ones are not among them.
    #[serde(default)]
    pub older_tries: u32,
}

/// A try at a knowledge check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    pub at: Moment,
    pub right: u16,
    pub of: u16,
    pub passed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentNote {
    pub id: NoteId,
    /// None when their account is gone.
    pub author: Option<String>,
    /// Whether the reader has written it.
    pub own: bool,
    pub text: String,
    pub at: Moment,
}
