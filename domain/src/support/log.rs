use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    accounts::PersonId,
    kit::list::{Choice, Filter, ListQuery, Page, Sort},
};

/// `/support/log`: one page of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLog {
    pub events: Page<AuditRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    pub at: Moment,
    /// Nobody for the service itself, the command line, and an account that is gone.
    pub actor: Option<String>,
    pub subject: Option<String>,
    /// The subject, as long as there is an account.
    pub person: Option<PersonId>,
    /// What happened, in words.
    pub what: String,
    /// Why, where a reason was asked for.
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
    Assessments,
}

impl LogShown {
    /// The pattern of SQL that the word of the action matches.
    #[must_use]
    pub fn pattern(self) -> &'static str {
        match self {
            Self::All => "%",
            Self::Looks => "%seen\\_by\\_support",
            Self::Support => "support.%",
            Self::Roles => "access.%",
            Self::Accounts => "accounts.%",
            Self::Organisations => "organisations.%",
            Self::Assessments => "assessment.%",
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
        Self::Assessments,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Looks => "looks",
            Self::Support => "support",
            Self::Roles => "roles",
            Self::Accounts => "accounts",
            Self::Organisations => "organisations",
            Self::Assessments => "assessments",
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
            Self::Assessments => "Assessments",
        }
    }
}

pub type LogQuery = ListQuery<LogSort, LogShown>;
