//! Pictures of members: checked by content, drawn anew, served inside the area only.

#[cfg(test)]
pub(super) mod samples;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Duration, Utc};
use domain::{
    FormToken, Problem,
    learning::Slug,
    zone::{MemberId, profile::PictureId},
};
use uuid::Uuid;

use super::profile::note;
use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        files,
        moment::day_time,
        once::{once, saying},
        pictures::{Refused, draw, draw_whole},
        rate::Rate,
    },
};

/// How large a file may be, in bytes.
pub const MOST_BYTES: usize = 15_000_000;

/// Each is read and drawn anew, which takes a core for a while.
const RATE: Rate = Rate { what: "bring a picture", an_hour: 20, a_day: 60 };

/// The field of the form.
const FIELD: &str = "picture";

fn refused(why: Refused) -> Error {
    Error::invalid(FIELD, Problem::InWords { words: why.message().to_owned() })
}

/// An image of the library: all of it, as JPEG, with nothing else of the file, its longer side of at most so many dots.
///
/// # Errors
/// [`Problem::InWords`], what is wrong with the file.
pub(super) fn whole(file: &[u8], side: u32) -> std::result::Result<Vec<u8>, Problem> {
    draw_whole(file, side).map_err(|why| Problem::InWords { words: why.message().to_owned() })
}

/// The answer to a file that is larger than [`MOST_BYTES`].
pub fn too_large() -> Error {
    refused(Refused::TooLarge)
}

/// The answer to one more picture while others of the same person arrive.
pub fn too_many_at_once() -> Error {
    let words = "Wait until your other files have arrived, then choose this one again".to_owned();
    Error::invalid(FIELD, Problem::InWords { words })
}

fn too_often(again: DateTime<Utc>) -> Error {
    // A time without seconds is not before the moment that it means.
    let again = day_time(again + Duration::seconds(59));
    let words = format!("You have sent many pictures. You can choose one again from {again}");
    Error::invalid(FIELD, Problem::InWords { words })
}

/// Whether the actor may bring a picture: asked before the file has arrived.
///
/// # Errors
/// [`Error::NotFound`] for who is no member of the area; on `picture`, in words, for who has brought many.
pub async fn may_bring(services: &Services, actor: &Actor, area: &Slug) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    if let Some(again) = RATE.again(services, &mut db, member.person()).await? {
        return Err(too_often(again));
    }
    db.commit().await?;
    Ok(())
}

/// Shows this picture in the actor's profile from now on, in place of an earlier one. A form that is sent twice acts once.
///
/// # Errors
/// - [`Error::NotFound`] for who is no member of the area
/// - on `picture`, what is wrong with the file, and for who has brought many
pub async fn change(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    form: Option<FormToken>,
    file: Vec<u8>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    if file.len() > MOST_BYTES {
        return Err(too_large());
    }
    // It counts whatever is in it.
    if let Some(again) = RATE.take(services, &mut db, member.person()).await? {
        return Err(too_often(again));
    }
    db.commit().await?;
    let drawn = match services.queues.heavy.work(move || draw(&file)).await {
        // A fault in a decoder, which a strange file has found: it has not harmed anybody.
        Err(Error::Failed(error)) => {
            tracing::warn!(%error, "a picture could not be drawn");
            Err(Refused::Unreadable)
        }
        drawn => drawn?,
    };
    let drawn = drawn.map_err(refused)?;
    let what = saying("change a picture", &[area.as_str().as_bytes(), &drawn]);
    let key = files::keep(services, drawn).await?;
    let mut db = services.begin().await?;
    if once(services, &mut db, actor, form, &what, key).await?.is_some() {
        return Ok(());
    }
    let member = actor.member_of(&mut db, area).await?;
    files::named(&mut db, key).await?;
    let changed = sqlx::query!(
        "update zone_profiles set picture_id = $3, changed_at = $4 where member_id = $1 and area_id = $2",
        member.member().0,
        member.area().0,
        key,
        services.clock.now(),
    );
    if changed.execute(&mut *db).await?.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    note(services, &mut db, member, "zone.picture_changed").await?;
    db.commit().await?;
    Ok(())
}

/// The actor's profile shows no picture from now on. To remove it twice is fine.
///
/// # Errors
/// [`Error::NotFound`] for who is no member of the area.
pub async fn remove(services: &Services, actor: &Actor, area: &Slug) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let removed = sqlx::query!(
        "update zone_profiles set picture_id = null, changed_at = $3
        where member_id = $1 and area_id = $2 and picture_id is not null",
        member.member().0,
        member.area().0,
        services.clock.now(),
    );
    if removed.execute(&mut *db).await?.rows_affected() == 1 {
        note(services, &mut db, member, "zone.picture_removed").await?;
    }
    db.commit().await?;
    Ok(())
}

/// Which picture a member has now.
///
/// # Errors
/// [`Error::NotFound`] for who is no member of the area, for a member without a picture, and for anybody who is no member.
pub async fn picture_of(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    member: MemberId,
) -> Result<PictureId> {
    let mut db = services.begin().await?;
    let reader = actor.member_of(&mut db, area).await?;
    let picture: Option<Option<Uuid>> = sqlx::query_scalar!(
        "select picture_id from zone_profiles where member_id = $1 and area_id = $2",
        member.0,
        reader.area().0,
    )
    .fetch_optional(&mut *db)
    .await?;
    db.commit().await?;
    picture.flatten().map(PictureId).ok_or(Error::NotFound)
}

/// The bytes of a picture that [`picture_of`] has named: a JPEG.
///
/// # Errors
/// [`Error::NotFound`] when another one has taken its place meanwhile.
pub async fn bytes_of(services: &Services, picture: PictureId) -> Result<Vec<u8>> {
    services.files.get(picture.0).await
}
