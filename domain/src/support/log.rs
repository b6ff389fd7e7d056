use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    accounts::PersonId,
    kit::list::{Choice, Filter, ListQuery, Sort},
};

/// `/support/log`: one page of the audit, which is not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLog {
    pub events: Vec<AuditRow>,
    /// As [`Page::next`](crate::kit::list::Page::next).
    pub next: Option<String>,
    /// As [`Page::anew`](crate::kit::list::Page::anew).
    pub anew: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    pub at: Moment,
    /// Nobody for the service itself and the command line. "A person" for somebody whom the reader may not see, or whose account is gone.
    pub actor: Option<String>,
    pub subject: Option<String>,
    /// The subject, if the reader may see them.
    pub person: Option<PersonId>,
    /// What happened, in words.
    pub what: String,
    /// Why, where a reason was asked for, and it is not about a person whom the reader may not see.
    pub reason: Option<String>,
}

/// The audit is listed by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogSort;

impl Choice for LogSort {
    const ALL: &'static [Self] = &[Self];

    fn as_str(self) -> &'static str {
        "time"
    }
}

impl Sort for LogSort {
    fn falls(self) -> bool {
        true
    }
}

/// The filter of the audit by what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogShown {
    #[default]
    All,
    Looks,
    Support,
    Roles,
    Accounts,
    Organisations,
    Cohorts,
    Courses,
    Assessments,
    Zone,
}

impl LogShown {
    /// The pattern of SQL that the word of the action matches. What support did is in other areas too: the statement adds it.
    #[must_use]
    pub fn pattern(self) -> &'static str {
        match self {
            Self::All => "%",
            Self::Looks => "%seen\\_by\\_support",
            Self::Support => "support.%",
            Self::Roles => "access.%",
            Self::Accounts => "accounts.%",
            Self::Organisations => "organisations.%",
            Self::Cohorts => "cohorts.%",
            Self::Courses => "learning.%",
            Self::Assessments => "assessment.%",
            Self::Zone => "zone.%",
        }
    }
}

impl Choice for LogShown {
    const ALL: &'static [Self] = &[
        Self::All,
        Self::Looks,
        Self::Support,
        Self::Roles,
        Self::Accounts,
        Self::Organisations,
        Self::Cohorts,
        Self::Courses,
        Self::Assessments,
        Self::Zone,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Looks => "looks",
            Self::Support => "support",
            Self::Roles => "roles",
            Self::Accounts => "accounts",
            Self::Organisations => "organisations",
            Self::Cohorts => "cohorts",
            Self::Courses => "courses",
            Self::Assessments => "assessments",
            Self::Zone => "zone",
        }
    }
}

impl Filter for LogShown {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "What happened";

    fn label(self) -> &'static str {
        match self {
            Self::All => "Everything",
            Self::Looks => "Looks of support",
            Self::Support => "What support did",
            Self::Roles => "Roles",
            Self::Accounts => "Accounts",
            Self::Organisations => "Organisations",
            Self::Cohorts => "Cohorts",
            Self::Courses => "Courses, reminders and calendars",
            Self::Assessments => "Assessments",
            Self::Zone => "NMP Zone",
        }
    }
}

/// How far back the audit is read. Nobody reads all of it by accident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogPeriod {
    #[default]
    Month,
    Quarter,
    Year,
    All,
}

impl LogPeriod {
    #[must_use]
    pub fn days(self) -> Option<i64> {
        match self {
            Self::Month => Some(30),
            Self::Quarter => Some(90),
            Self::Year => Some(365),
            Self::All => None,
        }
    }
}

impl Choice for LogPeriod {
    const ALL: &'static [Self] = &[Self::Month, Self::Quarter, Self::Year, Self::All];

    fn as_str(self) -> &'static str {
        match self {
            Self::Month => "30",
            Self::Quarter => "90",
            Self::Year => "365",
            Self::All => "all",
        }
    }
}

impl Filter for LogPeriod {
    const NAME: &'static str = "days";
    const LABEL: &'static str = "When";

    fn label(self) -> &'static str {
        match self {
            Self::Month => "In the last 30 days",
            Self::Quarter => "In the last 90 days",
            Self::Year => "In the last 365 days",
            Self::All => "At any time",
        }
    }
}

pub type LogQuery = ListQuery<LogSort, (LogShown, LogPeriod)>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_is_read_a_month_back_unless_the_address_says_more() {
        let query = LogQuery::read("");
        assert_eq!((query.filters.1.days(), query.link("/log").as_str()), (Some(30), "/log"));
        let query = LogQuery::read("days=all&show=roles");
        assert_eq!(query.filters, (LogShown::Roles, LogPeriod::All));
        assert_eq!(query.link("/log"), "/log?show=roles&days=all");
        for period in LogPeriod::ALL {
            let days = period.days().map_or_else(|| "all".to_owned(), |days| days.to_string());
            assert_eq!(period.as_str(), days);
        }
    }
}
