//! A file arrives: it is read and kept with its rows, and nothing is taken from it yet.

use domain::{
    Problem,
    learning::Slug,
    organisations::{ATTESTATION, UploadId},
};
use roster::Refused;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::{
    note,
    reading::{Read, Said, read},
    refused,
    rows::{compare, count, keep},
};
use crate::{Error, Result, Services, access::OrganisationAdministrator, accounts::Actor};

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 25_000_000;
/// How many files of one organisation wait for their confirmation: their bytes are kept until then.
const MOST_WAITING: i64 = 20;

/// A file as it was sent.
#[derive(Debug, Default)]
pub struct NewUpload {
    pub file_name: String,
    pub bytes: Vec<u8>,
    /// The uploader has agreed to the statement.
    pub attested: bool,
}

/// The answer to a file that is not even waited for.
pub fn too_large() -> Error {
    refused("file", &Refused::TooLarge { megabytes: MOST_BYTES / 1_000_000 })
}

/// The answer to one more file while others of the same person arrive.
pub fn too_many_at_once() -> Error {
    let words = "Wait until your other files have arrived, then upload this one".to_owned();
    Error::invalid("file", Problem::InWords { words })
}

/// Whether the actor may upload a file here: asked before the file has arrived.
///
/// # Errors
/// [`Problem::InWords`] on `file` when many wait for their confirmation already; as [`Actor::administers`].
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
    Err(Error::invalid("file", Problem::InWords { words }))
}

/// Reads a file, keeps it, and compares its people with those of the organisation. Nothing is taken from it yet.
///
/// # Errors
/// [`Problem::FileNotAttested`] on `attested`, or without a file [`Problem::AttestationMissing`]; [`Problem::InWords`] on `file`; as [`may_upload`].
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
pub(in crate::organisations) async fn begin(
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
pub(super) async fn preview(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    administrator: OrganisationAdministrator,
    upload: UploadId,
    read: &Read,
) -> Result<()> {
    sqlx::query!("delete from upload_rows where upload_id = $1", upload.0).execute(&mut **db).await?;
    let (hidden, warnings) = match &read.preview {
        Ok(preview) => {
            keep(db, upload, read, preview).await?;
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
