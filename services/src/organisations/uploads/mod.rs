//! Files of people that an administrator uploads.
//!
//! | step | where |
//! |---|---|
//! | a file arrives, or one person by hand | `starting.rs` |
//! | the file is read, off the async threads | `reading.rs` |
//! | its rows are kept, and compared with who belongs to the organisation | `rows.rs` |
//! | another matching of its columns, or another sheet of it | `matching.rs` |
//! | it is confirmed, discarded or undone, by an administrator | `deciding.rs` |
//! | what the pages show, and the file of the rows that are wrong | `page.rs` |
//! | confirmed: a job writes all accounts and memberships in one transaction, and destroys the file; undone: another removes the accounts that nobody has activated | `jobs.rs`, with its statements in `writing.rs` |
//!
//! A job that was killed begins again: nothing of it was committed.

mod deciding;
mod jobs;
mod matching;
mod page;
mod reading;
mod rows;
mod starting;
mod writing;

use domain::{Problem, organisations::UploadId};
use roster::Refused;
use serde_json::json;
use sqlx::{Postgres, Transaction};

pub(crate) use self::jobs::{take_in, take_in_failed, undo, undo_failed};
pub use self::{
    deciding::{confirm_upload, discard_upload, undo_upload},
    matching::{FileSaid, match_columns},
    page::{failed_rows_file, upload_page, uploads_page},
    starting::{MOST_BYTES, NewUpload, may_upload, start_upload, too_large, too_many_at_once},
};
pub(super) use self::{
    jobs::tell_cohorts,
    page::{capital, trouble},
    reading::{Read, Said, read},
    rows::{compare, count, keep},
    starting::begin,
    writing::{Portion, ask, number_was_taken, write},
};
use crate::{
    Error, Result, Services,
    access::OrganisationAdministrator,
    accounts::Actor,
    kit::{
        audit,
        portions::{PORTION, in_portions},
    },
};

/// How long a file waits for its confirmation.
const WAITS: chrono::Duration = chrono::Duration::days(7);

/// A sentence of the reader beside the field.
fn refused(field: &str, refused: &Refused) -> Error {
    Error::invalid(field, Problem::InWords { words: refused.message().into_owned() })
}

/// Not there, or of another organisation.
async fn exists(
    db: &mut sqlx::PgConnection,
    administrator: OrganisationAdministrator,
    upload: UploadId,
) -> Result<()> {
    let own = sqlx::query_scalar!(
        r#"select exists (select from uploads where id = $1 and organisation_id = $2) as "own!""#,
        upload.0,
        administrator.organisation().0,
    );
    if own.fetch_one(db).await? { Ok(()) } else { Err(Error::NotFound) }
}

pub(super) async fn note(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    actor: &Actor,
    administrator: OrganisationAdministrator,
    upload: UploadId,
    action: &str,
) -> Result<()> {
    let event = audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject: None, action };
    audit::record_with(db, event, administrator.noted(json!({ "upload": upload }))).await
}

/// Destroys files that nobody has confirmed for a week. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_uploads(services: &Services) -> Result<u64> {
    let long_ago = services.clock.now() - WAITS;
    in_portions(|| {
        sqlx::query!(
            "delete from uploads where ctid = any(array(
                select ctid from uploads where state in ('preview', 'failed') and created_at < $1
                order by created_at limit $2 for update skip locked))",
            long_ago,
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}
