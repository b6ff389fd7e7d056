//! Cohorts of students, and the people who are signed up to follow them.

use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    kit::list::{Choice, Filter, ListQuery, Page, Sort},
    learning::Status,
};

crate::id!(CohortId);

/// `/cohorts`: the cohorts that this person is signed up to follow, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyCohorts {
    pub cohorts: Page<CohortCard>,
}

/// What somebody's cohorts are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CohortSort {
    /// By their organisation, then by their own.
    #[default]
    Name,
    Students,
    Completed,
}

impl Choice for CohortSort {
    const ALL: &'static [Self] = &[Self::Name, Self::Students, Self::Completed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Students => "students",
            Self::Completed => "completed",
        }
    }
}

impl Sort for CohortSort {
    fn falls(self) -> bool {
        self != Self::Name
    }
}

/// What somebody asks to see of their cohorts.
pub type CohortsQuery = ListQuery<CohortSort>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortCard {
    pub id: CohortId,
    pub name: String,
    pub organisation: String,
    pub course: String,
    pub students: u32,
    /// Mean share of the modules completed, in per cent, rounded down.
    pub completed_percent: u8,
}

/// What the students of a cohort are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StudentSort {
    #[default]
    Name,
    Completed,
    LastSeen,
}

impl Choice for StudentSort {
    const ALL: &'static [Self] = &[Self::Name, Self::Completed, Self::LastSeen];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Completed => "completed",
            Self::LastSeen => "last-seen",
        }
    }
}

impl Sort for StudentSort {
    fn falls(self) -> bool {
        self != Self::Name
    }
}

/// Which students of a cohort are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seen {
    #[default]
    All,
    Seen,
    NotYet,
}

impl Choice for Seen {
    const ALL: &'static [Self] = &[Self::All, Self::Seen, Self::NotYet];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Seen => "seen",
            Self::NotYet => "not-yet",
        }
    }
}

impl Filter for Seen {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self {
            Self::All => "Everybody",
            Self::Seen => "Who has begun",
            Self::NotYet => "Who has not been seen yet",
        }
    }
}

/// What a tutor asks to see of a cohort.
pub type StudentsQuery = ListQuery<StudentSort, Seen>;

/// `/cohorts/{cohort}`: one page of its students.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortPage {
    pub id: CohortId,
    pub name: String,
    pub organisation: String,
    pub course: String,
    /// Titles, in order.
    pub modules: Vec<String>,
    pub students: Page<StudentRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentRow {
    pub name: String,
    pub email: String,
    /// One letter a module, in order: see [`StudentRow::statuses`].
    pub modules: String,
    pub completed: u16,
    pub last_seen: Option<Moment>,
}

impl StudentRow {
    /// `C` completed, `I` been into, anything else not yet started. It sends one letter for each of 60 modules of 500
    /// students; the browser turns it into words.
    pub fn statuses(&self) -> impl Iterator<Item = Status> + '_ {
        self.modules.chars().map(|letter| match letter {
            'C' => Status::Completed,
            'I' => Status::InProgress,
            _ => Status::NotStarted,
        })
    }

    /// Completed modules in a hundred, rounded down.
    pub fn percent(&self) -> usize {
        match self.modules.len() {
            0 => 0,
            all => usize::from(self.completed) * 100 / all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_words() {
        let row = StudentRow {
            name: String::new(),
            email: String::new(),
            modules: "CIN".into(),
            completed: 1,
            last_seen: None,
        };
        assert_eq!(
            row.statuses().collect::<Vec<_>>(),
            [Status::Completed, Status::InProgress, Status::NotStarted]
        );
        assert_eq!(row.percent(), 33);
    }
}
