//! Another matching of the columns of a file, or another sheet of it.

use domain::{Problem, learning::Slug, organisations::UploadId};

use super::{
    exists,
    reading::{Said, matching, read},
    refused,
    starting::preview,
};
use crate::{Error, Result, Services, accounts::Actor, number};

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
/// then nothing changes. The columns of another sheet are recognised anew: what the page said was about those of the sheet before.
///
/// # Errors
/// [`Problem::UploadChanged`] on `matching` when somebody has changed it since; [`Problem::InWords`] there, and
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
    let matching = if is_another { None } else { Some(matching(&fields)?) };
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
