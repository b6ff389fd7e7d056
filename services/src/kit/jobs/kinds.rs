//! The kinds of jobs. A new one is a variant of [`Job`], with a line in `Job::kinds`, `Job::read` and the test below;
//! the compiler names the other lines.

use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Attempt, Handler, JobError, Outcome, ScheduledJob};
use crate::{
    Result, Services, access, accounts, assessment::results, kit::mail, organisations, zone::resources,
};

/// A job carries ids and nothing else: the data may have changed or gone by the time the job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Gives a mail of the outbox to the mail server.
    SendMail {
        mail: Uuid,
    },
    /// Makes a link to choose a password for the account with a request's address, and queues its mail.
    SendPasswordLink {
        request: Uuid,
    },
    /// Queues the mail that proves the address of a person who registers.
    SendRegistration {
        registration: Uuid,
    },
    /// Makes the accounts of a confirmed upload.
    TakeInUpload {
        upload: Uuid,
    },
    /// Removes the accounts of an upload that nobody has activated.
    UndoUpload {
        upload: Uuid,
    },
    /// Marks the next sittings of a paper again after a correction.
    MarkAgain {
        correction: Uuid,
    },
    /// Keeps with a look of support at many people who has come while it was open.
    EndLook {
        look: Uuid,
    },
    /// Tells the leads of an area what waits for them in its library.
    TellSuggestions {
        area: Uuid,
    },
    Scheduled(ScheduledJob),
}

const SEND_MAIL: &str = "send_mail";
const SEND_PASSWORD_LINK: &str = "send_password_link";
const SEND_REGISTRATION: &str = "send_registration";
const TAKE_IN_UPLOAD: &str = "take_in_upload";
const UNDO_UPLOAD: &str = "undo_upload";
const MARK_AGAIN: &str = "mark_again";
const END_LOOK: &str = "end_look";
const TELL_SUGGESTIONS: &str = "tell_suggestions";

impl Job {
    /// Every kind that this version can do. Others wait for a server that knows them.
    pub fn kinds() -> Vec<&'static str> {
        let kinds = [
            SEND_MAIL,
            SEND_PASSWORD_LINK,
            SEND_REGISTRATION,
            TAKE_IN_UPLOAD,
            UNDO_UPLOAD,
            MARK_AGAIN,
            END_LOOK,
            TELL_SUGGESTIONS,
        ];
        kinds.into_iter().chain(ScheduledJob::ALL.map(ScheduledJob::name)).collect()
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::SendMail { .. } => SEND_MAIL,
            Self::SendPasswordLink { .. } => SEND_PASSWORD_LINK,
            Self::SendRegistration { .. } => SEND_REGISTRATION,
            Self::TakeInUpload { .. } => TAKE_IN_UPLOAD,
            Self::UndoUpload { .. } => UNDO_UPLOAD,
            Self::MarkAgain { .. } => MARK_AGAIN,
            Self::EndLook { .. } => END_LOOK,
            Self::TellSuggestions { .. } => TELL_SUGGESTIONS,
            Self::Scheduled(job) => job.name(),
        }
    }

    pub(super) fn payload(&self) -> Value {
        match self {
            Self::SendMail { mail } => json!({ "mail": mail }),
            Self::SendPasswordLink { request } => json!({ "request": request }),
            Self::SendRegistration { registration } => json!({ "registration": registration }),
            Self::TakeInUpload { upload } | Self::UndoUpload { upload } => json!({ "upload": upload }),
            Self::MarkAgain { correction } => json!({ "correction": correction }),
            Self::EndLook { look } => json!({ "look": look }),
            Self::TellSuggestions { area } => json!({ "area": area }),
            Self::Scheduled(_) => json!({}),
        }
    }

    /// Only one job with the same kind and key waits at a time.
    pub(super) fn key(&self) -> Option<String> {
        match self {
            Self::SendMail { .. }
            | Self::SendPasswordLink { .. }
            | Self::SendRegistration { .. }
            | Self::TakeInUpload { .. }
            | Self::UndoUpload { .. }
            | Self::MarkAgain { .. }
            | Self::EndLook { .. } => None,
            Self::TellSuggestions { area } => Some(area.to_string()),
            Self::Scheduled(_) => Some("one".to_owned()),
        }
    }

    /// Mail is tried for eight hours, and so are the next sittings of a correction, the end of a look and what leads are told, which fail only while the database
    /// is away or the server is killed; a link for the hour in which it would work. Somebody waits for an upload, and can ask for it again. A scheduled job comes
    /// round again.
    pub(super) fn max_attempts(&self) -> i32 {
        match self {
            Self::SendMail { .. }
            | Self::MarkAgain { .. }
            | Self::EndLook { .. }
            | Self::TellSuggestions { .. } => 12,
            Self::SendPasswordLink { .. } | Self::SendRegistration { .. } => 9,
            Self::TakeInUpload { .. } | Self::UndoUpload { .. } => 5,
            Self::Scheduled(_) => 3,
        }
    }

    fn read(kind: &str, payload: &Value) -> Option<Self> {
        let id = |name: &str| payload.get(name)?.as_str()?.parse().ok();
        Some(match kind {
            SEND_MAIL => Self::SendMail { mail: id("mail")? },
            SEND_PASSWORD_LINK => Self::SendPasswordLink { request: id("request")? },
            SEND_REGISTRATION => Self::SendRegistration { registration: id("registration")? },
            TAKE_IN_UPLOAD => Self::TakeInUpload { upload: id("upload")? },
            UNDO_UPLOAD => Self::UndoUpload { upload: id("upload")? },
            MARK_AGAIN => Self::MarkAgain { correction: id("correction")? },
            END_LOOK => Self::EndLook { look: id("look")? },
            TELL_SUGGESTIONS => Self::TellSuggestions { area: id("area")? },
            _ => Self::Scheduled(*ScheduledJob::ALL.iter().find(|job| job.name() == kind)?),
        })
    }
}

impl Handler for Services {
    fn kinds(&self) -> Vec<&'static str> {
        Job::kinds()
    }

    async fn run(&self, attempt: &Attempt) -> Outcome {
        match Job::read(attempt.kind(), attempt.payload()).ok_or_else(JobError::unreadable)? {
            Job::SendMail { mail } => mail::send(self, mail).await,
            Job::SendPasswordLink { request } => {
                Ok(accounts::send_link_asked_for(self, attempt, request).await?)
            }
            Job::SendRegistration { registration } => {
                Ok(accounts::send_registration(self, attempt, registration).await?)
            }
            Job::TakeInUpload { upload } => Ok(organisations::take_in(self, attempt, upload).await?),
            Job::UndoUpload { upload } => Ok(organisations::undo(self, attempt, upload).await?),
            Job::MarkAgain { correction } => results::mark_again(self, attempt, correction).await,
            Job::EndLook { look } => Ok(access::end_look(self, look).await?),
            Job::TellSuggestions { area } => Ok(resources::tell_suggestions(self, attempt, area).await?),
            Job::Scheduled(job) => Ok(job.run(self).await?),
        }
    }

    async fn failed(&self, db: &mut PgConnection, attempt: &Attempt) -> Result<()> {
        match Job::read(attempt.kind(), attempt.payload()) {
            Some(Job::SendMail { mail }) => mail::failed(db, mail).await,
            Some(Job::TakeInUpload { upload }) => organisations::take_in_failed(db, upload).await,
            Some(Job::UndoUpload { upload }) => organisations::undo_failed(db, upload).await,
            Some(Job::MarkAgain { correction }) => results::mark_again_failed(db, correction).await,
            Some(
                Job::SendPasswordLink { .. }
                | Job::SendRegistration { .. }
                | Job::EndLook { .. }
                | Job::TellSuggestions { .. }
                | Job::Scheduled(_),
            )
            | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_read_as_it_was_written_and_carries_ids_only() {
        let id = Uuid::from_u128(7);
        let all = [
            Job::SendMail { mail: id },
            Job::SendPasswordLink { request: id },
            Job::SendRegistration { registration: id },
            Job::TakeInUpload { upload: id },
            Job::UndoUpload { upload: id },
            Job::MarkAgain { correction: id },
            Job::EndLook { look: id },
            Job::TellSuggestions { area: id },
        ];
        let all: Vec<_> = all.into_iter().chain(ScheduledJob::ALL.map(Job::Scheduled)).collect();
        let kinds: Vec<_> = all.iter().map(Job::kind).collect();
        assert_eq!(kinds, Job::kinds());
        for job in all {
            assert_eq!(Job::read(job.kind(), &job.payload()), Some(job));
            let ids = job.payload();
            assert!(ids.as_object().unwrap().values().all(|id| id.as_str().unwrap().parse::<Uuid>().is_ok()));
        }
        assert_eq!(Job::read("send_parcel", &json!({})), None);
        assert_eq!(Job::read(SEND_MAIL, &json!({ "letter": id })), None);
    }
}
