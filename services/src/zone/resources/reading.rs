//! A file of the library is read again, by members of its area.

use std::ops::Range;

use domain::{
    learning::Slug,
    zone::resources::{FileType, ResourceId, VersionId},
};
use uuid::Uuid;

use crate::{Error, Result, Services, accounts::Actor, kit::files::Pieces};

/// Which file of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    File,
    /// Those of a video.
    Captions,
}

/// A file, with what its name is made of. The content type is ours.
#[derive(Debug)]
pub struct Reading {
    pub title: String,
    pub number: i32,
    pub content_type: &'static str,
    pub extension: &'static str,
    /// Where the store keeps it.
    pub(in crate::zone) key: Uuid,
}

impl Reading {
    /// How many bytes it has.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was removed meanwhile; those of the store.
    pub async fn size(&self, services: &Services) -> Result<u64> {
        services.files.size(self.key).await
    }

    /// Some bytes of it, which it has.
    ///
    /// # Errors
    /// As [`Self::size`].
    pub async fn part(&self, services: &Services, part: Range<u64>) -> Result<Pieces> {
        services.files.part(self.key, part).await
    }
}

/// # Errors
/// [`Error::NotFound`] for a version that is not there or is a link, or whose resource the actor does not see; as [`Actor::member_of`].
pub async fn file(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    resource: ResourceId,
    version: VersionId,
    part: Part,
) -> Result<Reading> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let found = sqlx::query!(
        "select r.title, v.number, v.file_type, v.file_key, v.captions_key
        from zone_resource_versions v join zone_resources r on r.id = v.resource_id and r.area_id = v.area_id
        where v.id = $1 and v.resource_id = $2 and v.area_id = $3
            and (r.state = 'current' or $4 or r.added_by = $5 and r.state in ('suggested', 'declined'))",
        version.0,
        resource.0,
        member.area().0,
        member.is_lead(),
        member.member().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    db.commit().await?;
    let (key, content_type, extension) = match part {
        Part::File => {
            let kind = found.file_type.as_deref().and_then(FileType::parse).ok_or(Error::NotFound)?;
            (found.file_key, kind.content_type(), kind.extension())
        }
        Part::Captions => (found.captions_key, "text/vtt; charset=utf-8", "vtt"),
    };
    let key = key.ok_or(Error::NotFound)?;
    Ok(Reading { title: found.title, number: found.number, content_type, extension, key })
}
