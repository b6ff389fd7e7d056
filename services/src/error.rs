use domain::FieldProblem;

use crate::access::LookedAt;

pub type Result<T> = std::result::Result<T, Error>;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it belongs to another person: the two look the same from outside.
    #[error("not found")]
    NotFound,
    /// The request is wrong, field by field. Nothing was changed.
    #[error("invalid: {0:?}")]
    Invalid(Vec<FieldProblem>),
    /// Support may look, but must give a reason first. Nothing was shown or changed.
    #[error("support has given no reason to look at {0}")]
    ReasonNeeded(LookedAt),
    /// The database cannot be reached now. Trying again may help.
    #[error("database unavailable: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A fault of ours.
    #[error("{0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(error.into())
    }

    /// The same error for all callers of one batch.
    pub(crate) fn to_each<T>(&self, count: usize) -> Vec<Result<T>> {
        let again = || match self {
            Self::NotFound => Self::NotFound,
            Self::Invalid(fields) => Self::Invalid(fields.clone()),
            Self::ReasonNeeded(what) => Self::ReasonNeeded(*what),
            Self::Unavailable(error) => {
                Self::Unavailable(sqlx::Error::Io(std::io::Error::other(error.to_string())))
            }
            Self::Failed(error) => Self::failed(error.to_string()),
        };
        std::iter::repeat_with(|| Err(again())).take(count).collect()
    }

    pub fn invalid(field: &str, problem: domain::Problem) -> Self {
        Self::Invalid(vec![FieldProblem::new(field, problem)])
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let away = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_) => true,
            // Class 57P (operator intervention) and 08 (connection), 53300 (too many connections).
            sqlx::Error::Database(database) => database
                .code()
                .is_some_and(|code| code.starts_with("57P") || code.starts_with("08") || code == "53300"),
            _ => false,
        };
        if away { Self::Unavailable(error) } else { Self::failed(error) }
    }
}
