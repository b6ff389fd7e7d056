//! Cohorts of students, as the people who are signed up to follow them see them.

mod attention;
mod dates;
mod over_time;
mod reminders;
mod student;

pub use crate::kit::spread::{Quarters, Spread};
pub use attention::{AttentionCounts, AttentionShown, Reason, TRIES_IN_VAIN, UNSEEN_DAYS};
pub use dates::{CohortDates, DatedModule};
pub use over_time::{CohortProgress, ProgressPoint};
pub use reminders::{DAYS_BETWEEN_REMINDERS, REMINDER_LENGTH, REMINDER_TEXT, Reminder, ReminderId};
pub use student::{CohortStudent, NOTE_LENGTH, NoteId, StudentModule, StudentNote, Try};

use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    kit::list::{Choice, FilterField, Filters, ListQuery, Page, Sort, typed},
    learning::{Status, StatusShown},
    organisations::OrganisationHead,
};

crate::id!(CohortId);

/// `/cohorts`: the cohorts that the actor is signed up to follow, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyCohorts {
    pub cohorts: Page<CohortCard>,
    /// The organisations that they administer, though there be no cohort yet.
    #[serde(default)]
    pub administered: Vec<OrganisationHead>,
}

/// The columns that sort the list of cohorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CohortSort {
    /// The organisation's name, then the cohort's name.
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

/// A tutor's query for the cohorts that they follow.
pub type CohortsQuery = ListQuery<CohortSort>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortCard {
    pub id: CohortId,
    pub name: String,
    pub organisation: String,
    pub course: String,
    /// Those whom the grid shows.
    pub students: u32,
    /// Those of them who have modules left, and have not been seen for [`UNSEEN_DAYS`].
    #[serde(default)]
    pub unseen: u32,
    /// Their mean share of completed modules in all courses of the cohort, in per cent, rounded down.
    pub completed_percent: u8,
}

/// The columns that sort the students of a cohort.
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

/// The filters of the students of a cohort. Those that are typed find the names that they are, whatever their case and accents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StudentFilters {
    pub attention: AttentionShown,
    pub state: StatusShown,
    pub team: String,
    pub area: String,
}

impl Filters for StudentFilters {
    fn fields(&self) -> Vec<FilterField> {
        let mut fields = [self.attention.fields(), self.state.fields()].concat();
        fields.extend([
            FilterField::typed("team", "Team", &self.team),
            FilterField::typed("area", "Area", &self.area),
        ]);
        fields
    }

    fn read(value: &dyn Fn(&str) -> String) -> Self {
        Self {
            attention: Filters::read(value),
            state: Filters::read(value),
            team: typed(&value("team")),
            area: typed(&value("area")),
        }
    }
}

/// A tutor's query for the students of a cohort.
pub type StudentsQuery = ListQuery<StudentSort, StudentFilters>;

/// `/cohorts/{cohort}`: one page of its students.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortPage {
    pub id: CohortId,
    pub name: String,
    pub organisation: String,
    /// The cohort's own, and the other courses that are given to it.
    pub course: String,
    /// The titles of the modules, in order.
    pub modules: Vec<String>,
    pub students: Page<StudentRow>,
    /// Of all its students, whatever the search.
    #[serde(default)]
    pub attention: AttentionCounts,
    /// Whether a module has a target date: then who is behind is behind a date, and not behind the others.
    #[serde(default)]
    pub dated: bool,
    /// Of the completed modules of the cohort's own course. None when it has no students.
    #[serde(default)]
    pub median: Option<Quarters>,
    /// When it was read, on the page to print.
    #[serde(default)]
    pub at: Option<Moment>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentRow {
    /// The id of the person, for the address of their page.
    #[serde(default)]
    pub person: String,
    pub name: String,
    pub email: String,
    #[serde(default)]
    pub team: Option<String>,
    #[serde(default)]
    pub area: Option<String>,
    /// One letter for each module, in order: see [`StudentRow::statuses`].
    pub modules: String,
    pub completed: u16,
    pub last_seen: Option<Moment>,
    /// How many days ago that was, in London.
    #[serde(default)]
    pub seen_days_ago: u32,
    /// Why the student needs attention, if they do.
    #[serde(default)]
    pub reasons: Vec<Reason>,
}

/// What is said of a module of a course that is given to the cohort, in which the student has no place that was made for its organisation. They
/// may follow the course alone or for another one: of that the organisation learns nothing.
pub const NOT_HERE: &str = "Not followed here";

impl StudentRow {
    /// `C` means completed, `I` in progress, `X` [not followed here](NOT_HERE), which is `None`, and any other letter not yet started. With 60
    /// modules and 500 students one letter keeps the page small; the browser turns it into words.
    pub fn statuses(&self) -> impl Iterator<Item = Option<Status>> + '_ {
        self.modules.chars().map(|letter| match letter {
            'C' => Some(Status::Completed),
            'I' => Some(Status::InProgress),
            'X' => None,
            _ => Some(Status::NotStarted),
        })
    }

    /// The share of completed modules in per cent, rounded down.
    pub fn percent(&self) -> usize {
        match self.modules.len() {
            0 => 0,
            all => usize::from(self.completed) * 100 / all,
        }
    }
}

/// The most characters of a title at the head of a narrow column, where it stands upright in two lines.
const SHORT: usize = 38;

/// A title for the head of a narrow column: its first words, and a sign that there are more.
#[must_use]
pub fn short_title(title: &str) -> String {
    if title.chars().count() <= SHORT {
        return title.to_owned();
    }
    let mut short = String::new();
    for word in title.split_whitespace() {
        let space = usize::from(!short.is_empty());
        if short.chars().count() + space + word.chars().count() >= SHORT {
            break;
        }
        if space > 0 {
            short.push(' ');
        }
        short.push_str(word);
    }
    if short.is_empty() {
        short = title.chars().take(SHORT - 1).collect();
    }
    format!("{}…", short.trim_end_matches([',', ':', ';']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_is_cut_between_words_and_says_so() {
        for (title, short) in [
            ("Pharmacokinetics", "Pharmacokinetics"),
            ("Law, policy and ethics", "Law, policy and ethics"),
            ("Patients' beliefs and shared decisions", "Patients' beliefs and shared decisions"),
            ("Adverse drug reactions and interactions", "Adverse drug reactions and…"),
            ("Assessment of patients, relatives, practitioners", "Assessment of patients, relatives…"),
            ("Pneumonoultramicroscopicsilicovolcanoconiosis", "Pneumonoultramicroscopicsilicovolcano…"),
            ("", ""),
        ] {
            assert_eq!(short_title(title), short);
            assert!(short_title(title).chars().count() <= SHORT);
        }
    }

    #[test]
    fn letters_become_words() {
        let row = StudentRow {
            person: String::new(),
            name: String::new(),
            email: String::new(),
            team: None,
            area: None,
            modules: "CINX".into(),
            completed: 1,
            last_seen: None,
            seen_days_ago: 0,
            reasons: Vec::new(),
        };
        assert_eq!(
            row.statuses().collect::<Vec<_>>(),
            [Some(Status::Completed), Some(Status::InProgress), Some(Status::NotStarted), None]
        );
        assert_eq!(row.percent(), 25);
    }

    #[test]
    fn the_filters_of_the_students_come_back_from_the_address() {
        let query = StudentsQuery::read("?attention=not-seen&state=in-progress&team=Ward+7&area=%20");
        assert_eq!(query.filters.attention, AttentionShown::NotSeen);
        assert_eq!(query.filters.state, StatusShown::Only(Status::InProgress));
        assert_eq!((query.filters.team.as_str(), query.filters.area.as_str()), ("Ward 7", ""));
        assert_eq!(query.link("/cohorts/1"), "/cohorts/1?attention=not-seen&state=in-progress&team=Ward%207");
        assert!(query.is_filtered() && !query.everything().is_narrowed());
    }
}
