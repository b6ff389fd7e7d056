//! Cohorts of students, and the people who are signed up to follow them.

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::learning::Status;

crate::id!(CohortId);

/// `/cohorts`: the cohorts that this person is signed up to follow, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyCohorts {
    pub cohorts: Vec<CohortCard>,
}

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

/// How the students are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SortBy {
    #[default]
    Name,
    Completed,
    LastSeen,
}

impl SortBy {
    pub const ALL: [Self; 3] = [Self::Name, Self::Completed, Self::LastSeen];

    /// As written in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Completed => "completed",
            Self::LastSeen => "last-seen",
        }
    }

    /// An address without a valid order sorts by name.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text).unwrap_or_default()
    }
}

/// The part of a cohort that the tutor asked to see.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CohortQuery {
    /// Part of a name or an e-mail address.
    pub search: String,
    pub sort: SortBy,
    pub descending: bool,
    /// Where the previous page ended, from its [`CohortPage::next`].
    pub after: Option<String>,
}

/// `/cohorts/{cohort}`: one page of its students.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortPage {
    pub id: CohortId,
    pub name: String,
    pub organisation: String,
    pub course: String,
    /// Titles, in order.
    pub modules: Vec<String>,
    pub students: Vec<StudentRow>,
    /// How many students the search found in all.
    pub found: u32,
    pub in_all: u32,
    /// Pass it as [`CohortQuery::after`] for the next page.
    pub next: Option<String>,
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
    fn an_unknown_order_falls_back_to_the_name() {
        assert_eq!(SortBy::parse("surname; drop table"), SortBy::Name);
        for sort in SortBy::ALL {
            assert_eq!(SortBy::parse(sort.as_str()), sort);
        }
    }

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
