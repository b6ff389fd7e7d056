use serde::{Deserialize, Serialize};

use super::{AREA_NAMES, GroupNames, OrganisationHead, OrganisationId, TEAM_NAMES};
use crate::{
    Moment,
    kit::list::{Choice, FilterField, Filters, ListQuery, Page, Sort, typed},
    learning::{Status, StatusShown},
};

/// `/organisation/{slug}/reports`: who has completed what. A row is a person in a course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationReport {
    pub head: OrganisationHead,
    pub organisation: OrganisationId,
    /// Of the rows that search and filters find.
    pub counts: ReportCounts,
    pub rows: Page<ReportRow>,
    #[serde(default)]
    pub names: GroupNames,
    /// When it was read, on the page to print.
    #[serde(default)]
    pub at: Option<Moment>,
}

/// How many rows there are of each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCounts {
    pub completed: u32,
    pub in_progress: u32,
    pub not_started: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    pub name: String,
    pub email: String,
    pub student_number: Option<String>,
    /// The cohort through which they are in the course, if it is one.
    pub cohort: Option<String>,
    pub team: Option<String>,
    pub area: Option<String>,
    pub course: String,
    /// Modules completed, of so many.
    pub completed: u16,
    pub modules: u16,
    /// When the last of them was.
    pub last_completed: Option<Moment>,
    pub status: Status,
}

/// The columns that sort the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReportSort {
    #[default]
    Name,
    Number,
    Cohort,
    Team,
    Area,
    Course,
    /// The share of completed modules.
    Completed,
    LastCompleted,
}

impl Choice for ReportSort {
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::Number,
        Self::Cohort,
        Self::Team,
        Self::Area,
        Self::Course,
        Self::Completed,
        Self::LastCompleted,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Number => "number",
            Self::Cohort => "cohort",
            Self::Team => "team",
            Self::Area => "area",
            Self::Course => "course",
            Self::Completed => "completed",
            Self::LastCompleted => "last-completed",
        }
    }
}

impl Sort for ReportSort {
    fn falls(self) -> bool {
        matches!(self, Self::Completed | Self::LastCompleted)
    }
}

/// The filters of the report. Those that are typed find the names that they are, whatever their case and accents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportFilters {
    pub state: StatusShown,
    pub course: String,
    pub cohort: String,
    pub team: String,
    pub area: String,
}

impl Filters for ReportFilters {
    fn fields(&self) -> Vec<FilterField> {
        let mut fields = self.state.fields();
        fields.extend([
            FilterField::typed("course", "Course", &self.course),
            FilterField::typed("cohort", "Cohort", &self.cohort),
            FilterField::typed("team", "Team", &self.team).offered(TEAM_NAMES),
            FilterField::typed("area", "Area", &self.area).offered(AREA_NAMES),
        ]);
        fields
    }

    fn read(value: &dyn Fn(&str) -> String) -> Self {
        Self {
            state: Filters::read(value),
            course: typed(&value("course")),
            cohort: typed(&value("cohort")),
            team: typed(&value("team")),
            area: typed(&value("area")),
        }
    }
}

/// An administrator's query for the report of their organisation.
pub type ReportQuery = ListQuery<ReportSort, ReportFilters>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_a_report_comes_back_from_its_address() {
        let query = ReportQuery::read("?state=completed&course=prescribing&team=Ward+7&sort=last-completed");
        assert_eq!(query.filters.state, StatusShown::Only(Status::Completed));
        assert!(query.descending && query.filters.area.is_empty());
        let address = query.link("/reports");
        assert_eq!(
            address,
            "/reports?sort=last-completed&order=down&state=completed&course=prescribing&team=Ward%207"
        );
        assert_eq!(ReportQuery::read(address.split_once('?').unwrap().1), query);
        for sort in ReportSort::ALL {
            assert_eq!(ReportSort::parse(sort.as_str()), *sort);
        }
    }
}
