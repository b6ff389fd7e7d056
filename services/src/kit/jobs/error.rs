use crate::Error;

pub type Outcome = std::result::Result<(), JobError>;

/// Why an attempt failed.
#[derive(Debug)]
pub struct JobError {
    /// Stored and shown: one of a closed list, which the table checks.
    pub(crate) code: &'static str,
    /// For the log. It says nothing of what the job is about: no address, no name, no payload.
    pub(crate) detail: String,
    /// Another attempt would fail too.
    pub(crate) permanent: bool,
}

impl JobError {
    pub(crate) fn temporary(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), permanent: false }
    }

    /// The kind is known, and its ids cannot be read: another version queued it.
    pub(crate) fn unreadable() -> Self {
        Self { code: "unreadable", detail: "its ids cannot be read".into(), permanent: true }
    }

    /// The panic's message may say anything. It is in the log where the panic was, and not here.
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
        // A database error shows its message here, which names constraints, and not its detail, which quotes the row.
        Self::temporary(code, error.to_string())
    }
}
