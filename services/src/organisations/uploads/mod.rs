//! Files of people that an administrator uploads.
//!
//! | step | where |
//! |---|---|
//! | the file is read, off the async threads | `reading.rs` |
//! | its rows are kept, and compared with who belongs to the organisation | `rows.rs` |
//! | what the pages show, and the file of the rows that are wrong | `page.rs` |
//! | confirmed: a job writes all accounts and memberships in one transaction, and destroys the file; undone: another removes the accounts that nobody has activated | `jobs.rs`, with its statements in `writing.rs` |
//!
//! A job that was killed begins again: nothing of it was committed.

mod jobs;
mod page;
mod reading;
mod rows;
mod writing;

use domain::{
    FormToken, Problem,
    learning::Slug,
    organisations::{ATTESTATION, UploadId},
};
use roster::Refused;
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

pub(crate) use self::jobs::{take_in, take_in_failed, undo, undo_failed};
pub use self::page::{failed_rows_file, upload_page, uploads_page};
pub(super) use self::{
    jobs::tell_cohorts,
    page::{capital, trouble},
    reading::{Read, Said, read},
    rows::{compare, count, keep},
    writing::{Portion, ask, number_was_taken, write},
};
use crate::{
    Error, Result, Services,
    access::OrganisationAdministrator,
    accounts::Actor,
    kit::{
        audit,
        jobs::{Job, enqueue},
        once::{done_before, once},
        portions::{PORTION, in_portions},
    },
    number,
};

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 25_000_000;
/// How many files of one organisation wait for their confirmation: their bytes are kept until then.
const MOST_WAITING: i64 = 20;
/// How long a file waits for its confirmation.
const WAITS: chrono::Duration = chrono::Duration::days(7);

/// A file as it was sent.
#[derive(Debug, Default)]
pub struct NewUpload {
    pub file_name: String,
    pub bytes: Vec<u8>,
    /// The uploader has agreed to the statement.
    pub attested: bool,
}

/// A sentence of the reader beside the field.
pub(super) fn refused(field: &str, refused: &Refused) -> Error {
    Error::invalid(field, Problem::FileRefused { words: refused.message().into_owned() })
}

/// The answer to a file that is not even waited for.
pub fn too_large() -> Error {
    refused("file", &Refused::TooLarge { megabytes: MOST_BYTES / 1_000_000 })
}

/// The answer to one more file while others of the same person arrive.
pub fn too_many_at_once() -> Error {
    let words = "Wait until your other files have arrived, then upload this one".to_owned();
    Error::invalid("file", Problem::FileRefused { words })
}

/// Whether the actor may upload a file here: asked before the file has arrived.
///
/// # Errors
/// [`Problem::FileRefused`] on `file` when many wait for their confirmation already; as [`Actor::administers`].
pub async fn may_upload(services: &Services, actor: &Actor, slug: &Slug) -> Result<()> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "waiting!" from uploads where organisation_id = $1 and state in ('preview', 'failed')"#,
        administrator.organisation().0,
    )
    .fetch_one(&mut *db)
    .await?;
    if waiting < MOST_WAITING {
        return Ok(());
    }
    let words =
        format!("Confirm or discard another file first: {MOST_WAITING} of your organisation wait already");
    Err(Error::invalid("file", Problem::FileRefused { words }))
}

/// Reads a file, keeps it, and compares its people with those of the organisation. Nothing is taken from it yet.
///
/// # Errors
/// [`Problem::FileNotAttested`] on `attested`, or without a file [`Problem::AttestationMissing`]; [`Problem::FileRefused`] on `file`; as [`may_upload`].
pub async fn start_upload(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    new: NewUpload,
) -> Result<UploadId> {
    may_upload(services, actor, slug).await?;
    if !new.attested {
        // No form keeps a chosen file.
        let chosen = !new.bytes.is_empty();
        let missing = if chosen { Problem::FileNotAttested } else { Problem::AttestationMissing };
        return Err(Error::invalid("attested", missing));
    }
    let reading = services.queues.heavy.work(move || (read(&new.bytes, Said::default()), new.bytes)).await?;
    let (read, bytes) = (reading.0.map_err(|reason| refused("file", &reason))?, reading.1);
    let mut db = services.begin().await?;
    // Permission may have ended while the file was read.
    let administrator = actor.administers(services, &mut db, slug).await?;
    let upload = UploadId(Uuid::now_v7());
    begin(services, &mut db, actor, administrator, upload, Some(&new.file_name)).await?;
    sqlx::query!("insert into upload_files (upload_id, content) values ($1, $2)", upload.0, bytes)
        .execute(&mut *db)
        .await?;
    preview(services, &mut db, administrator, upload, &read).await?;
    note(services, &mut db, actor, administrator, upload, "organisations.uploaded").await?;
    db.commit().await?;
    Ok(upload)
}

/// A row of `uploads`, with what was agreed to.
pub(super) async fn begin(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    actor: &Actor,
    administrator: OrganisationAdministrator,
    upload: UploadId,
    file_name: Option<&str>,
) -> Result<()> {
    let file_name = file_name.map(|name| {
        let name: String = domain::visible(name).chars().take(200).collect();
        if name.is_empty() { "file".to_owned() } else { name }
    });
    sqlx::query!(
        "insert into uploads (id, organisation_id, person_id, file_name, state, attested_version, attested_at, created_at)
        values ($1, $2, $3, $4, 'preview', $5, $6, $6)",
        upload.0,
        administrator.organisation().0,
        actor.person().0,
        file_name,
        ATTESTATION.version,
        services.clock.now(),
    )
    .execute(&mut **db)
    .await?;
    Ok(())
}

/// Keeps what was read, in place of what was kept before.
async fn preview(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    administrator: OrganisationAdministrator,
    upload: UploadId,
    read: &Read,
) -> Result<()> {
    sqlx::query!("delete from upload_rows where upload_id = $1", upload.0).execute(&mut **db).await?;
    let (hidden, warnings) = match &read.preview {
        Ok(preview) => {
            keep(db, upload, preview).await?;
            (preview.hidden, read.warnings())
        }
        Err(_) => (0, Vec::new()),
    };
    sqlx::query!(
        "update uploads set columns = $2, matching = $3, refused = $4, warnings = $5, hidden_rows = $6, sheets = $7, sheet = $8
        where id = $1",
        upload.0,
        serde_json::to_value(&read.columns).map_err(Error::failed)?,
        serde_json::to_value(&read.matching).map_err(Error::failed)?,
        read.preview.as_ref().err().map(String::as_str),
        &warnings,
        i32::try_from(hidden).map_err(Error::failed)?,
        serde_json::to_value(&read.sheets).map_err(Error::failed)?,
        read.sheet.map(i32::try_from).transpose().map_err(Error::failed)?,
    )
    .execute(&mut **db)
    .await?;
    compare(services, db, administrator.organisation(), upload).await?;
    count(db, upload).await
}

/// What a page says about a file.
#[derive(Debug, Default)]
pub struct FileSaid {
    /// The place of a sheet in the file. Nothing leaves it at the one that is read now, and is refused while there is none.
    pub sheet: Option<u32>,
    /// The word of what it tells for each column of the sheet that was shown, in order, or an empty text.
    pub fields: Vec<String>,
    pub linked_addresses: bool,
}

/// Reads the file again with another matching of its columns, or another sheet of it. Returns false when the upload was confirmed before:
/// then nothing changes. The columns of another sheet are recognised anew:
/// what the page said was about those of the sheet before.
///
/// # Errors
/// [`Problem::UploadChanged`] on `matching` when somebody has changed it since; [`Problem::FileRefused`] there, and
/// on `sheet` when it is about another sheet; [`Problem::ChoiceMissing`] on `sheet` when nobody has said yet which is meant; as
/// [`Actor::administers`].
pub async fn match_columns(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    upload: UploadId,
    version: u32,
    file: FileSaid,
) -> Result<bool> {
    let FileSaid { sheet, fields, linked_addresses } = file;
    let kept = {
        let mut db = services.db.acquire().await?;
        let administrator = actor.administers(services, &mut db, slug).await?;
        exists(&mut db, administrator, upload).await?;
        sqlx::query!(
            "select u.sheet, f.content from uploads u join upload_files f on f.upload_id = u.id
            where u.id = $1 and u.organisation_id = $2 and u.state in ('preview', 'failed')",
            upload.0,
            administrator.organisation().0,
        )
        .fetch_optional(&mut *db)
        .await?
    };
    let Some(kept) = kept else { return Ok(false) };
    let before: Option<u32> = kept.sheet.map(number).transpose()?;
    let is_another = sheet.is_some() && sheet != before;
    let matching = if is_another { None } else { Some(reading::matching(&fields)?) };
    let sheet = sheet.or(before).map(usize::try_from).transpose().map_err(Error::failed)?;
    let said = Said { sheet, matching, linked_addresses };
    let read = services.queues.heavy.work(move || read(&kept.content, said)).await?;
    let read = read.map_err(|reason| refused(if is_another { "sheet" } else { "matching" }, &reason))?;
    if read.sheet.is_none() {
        return Err(Error::invalid("sheet", Problem::ChoiceMissing));
    }
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let own = sqlx::query!(
        "update uploads set version = version + 1, state = 'preview', returned = false, linked_addresses = $4
        where id = $1 and organisation_id = $2 and version = $3 and state in ('preview', 'failed')",
        upload.0,
        administrator.organisation().0,
        i32::try_from(version).unwrap_or(-1),
        linked_addresses,
    )
    .execute(&mut *db)
    .await?;
    if own.rows_affected() == 0 {
        return Err(Error::invalid("matching", Problem::UploadChanged));
    }
    preview(services, &mut db, administrator, upload, &read).await?;
    db.commit().await?;
    Ok(true)
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

/// Whether it was confirmed, from this window or another.
async fn is_confirmed(
    db: &mut sqlx::PgConnection,
    administrator: OrganisationAdministrator,
    upload: UploadId,
) -> Result<bool> {
    let confirmed = sqlx::query_scalar!(
        r#"select exists (
            select from uploads where id = $1 and organisation_id = $2 and state not in ('preview', 'failed')
        ) as "confirmed!""#,
        upload.0,
        administrator.organisation().0,
    );
    Ok(confirmed.fetch_one(db).await?)
}

/// Confirms the preview of this version: a job takes in its good rows. Returns false when the upload was confirmed before: then nothing
/// is taken in a second time.
///
/// # Errors
/// [`Problem::UploadChanged`] on `confirm` when it is another version; as [`Actor::administers`].
pub async fn confirm_upload(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    upload: UploadId,
    version: u32,
) -> Result<bool> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    exists(&mut db, administrator, upload).await?;
    let confirmed = sqlx::query!(
        "update uploads set state = 'confirmed', confirmed_at = $4, progress = 0, returned = false
        where id = $1 and organisation_id = $2 and version = $3 and state in ('preview', 'failed') and refused is null",
        upload.0,
        administrator.organisation().0,
        i32::try_from(version).unwrap_or(-1),
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    if confirmed.rows_affected() == 0 {
        if is_confirmed(&mut db, administrator, upload).await? {
            return Ok(false);
        }
        return Err(Error::invalid("confirm", Problem::UploadChanged));
    }
    note(services, &mut db, actor, administrator, upload, "organisations.upload_confirmed").await?;
    enqueue(&mut db, Job::TakeInUpload { upload: upload.0 }).await?;
    db.commit().await?;
    Ok(true)
}

/// As stored in `done_forms`.
const DISCARD: &str = "discard upload";

/// Destroys a file from which nothing was taken. The same person is answered twice: nothing of the file is left that could say it.
///
/// # Errors
/// [`Error::NotFound`] when it is not there, or confirmed; as [`Actor::administers`].
pub async fn discard_upload(services: &Services, actor: &Actor, slug: &Slug, upload: UploadId) -> Result<()> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let gone = sqlx::query!(
        "delete from uploads where id = $1 and organisation_id = $2 and state in ('preview', 'failed')",
        upload.0,
        administrator.organisation().0,
    )
    .execute(&mut *db)
    .await?;
    let form = FormToken(upload.0);
    if gone.rows_affected() == 0 {
        let before = done_before(&mut db, actor, form, DISCARD).await?;
        return if before.is_some() { Ok(()) } else { Err(Error::NotFound) };
    }
    once(services, &mut db, actor, Some(form), DISCARD, upload.0).await?;
    note(services, &mut db, actor, administrator, upload, "organisations.upload_discarded").await?;
    db.commit().await?;
    Ok(())
}

/// A job removes the accounts that this upload has made and nobody has activated. Returns false when it was undone before: then nothing
/// is undone a second time.
///
/// # Errors
/// [`Error::NotFound`] when it is not there, or not done; as [`Actor::administers`].
pub async fn undo_upload(services: &Services, actor: &Actor, slug: &Slug, upload: UploadId) -> Result<bool> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let begun = sqlx::query!(
        "update uploads set state = 'undoing' where id = $1 and organisation_id = $2 and state = 'done'",
        upload.0,
        administrator.organisation().0,
    )
    .execute(&mut *db)
    .await?;
    if begun.rows_affected() == 0 {
        let undone = sqlx::query_scalar!(
            r#"select exists (
                select from uploads where id = $1 and organisation_id = $2 and state in ('undoing', 'undone')
            ) as "undone!""#,
            upload.0,
            administrator.organisation().0,
        );
        return if undone.fetch_one(&mut *db).await? { Ok(false) } else { Err(Error::NotFound) };
    }
    note(services, &mut db, actor, administrator, upload, "organisations.upload_undone").await?;
    enqueue(&mut db, Job::UndoUpload { upload: upload.0 }).await?;
    db.commit().await?;
    Ok(true)
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
    let detail = json!({ "organisation": administrator.organisation(), "upload": upload });
    audit::record_with(db, event, detail).await
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
