use crate::Error;

pub type Outcome = std::result::Result<(), JobError>;

/// Why an attempt failed.
#[derive(Debug)]
pub struct JobError {
    /// Stored and shown: a word of a closed list, which the table checks.
    pub(crate) code: &'static str,
    /// For the log. It says nothing about the subject of the job: no address, no name, no payload.
    pub(crate) detail: String,
    /// Another attempt would fail too.
    pub(crate) permanent: bool,
}

impl JobError {
    pub(crate) fn temporary(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), permanent: false }
    }

    /// The kind is known, but its ids cannot be read: another version queued it.
    pub(crate) fn unreadable() -> Self {
        Self { code: "unreadable", detail: "its ids cannot be read".into(), permanent: true }
    }

    /// The panic's message may say anything. It is in the log of the panic, and not here.
    pub(crate) fn panicked() -> Self {
        Self::temporary("panicked", "it panicked")
    }
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Unavailable(_) => "unavailable",
            Error::NotFound => "not_found",
            Error::Invalid(_) | Error::ReasonNeeded(_) | Error::Failed(_) => "failed",
        };
        // The message of a database error names constraints; its detail would quote the row.
        Self::temporary(code, error.to_string())
    }
}
