//! What an administrator decides about a file: it is taken in, destroyed, or undone. A button pressed twice is answered with what is so.

use domain::{FormToken, Problem, learning::Slug, organisations::UploadId};

use super::{exists, note};
use crate::{
    Error, Result, Services,
    access::OrganisationAdministrator,
    accounts::Actor,
    kit::{
        jobs::{Job, enqueue},
        once::{done_before, once},
    },
};

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
