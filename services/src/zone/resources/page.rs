use chrono::{DateTime, Utc};
use domain::{
    FormToken,
    learning::Slug,
    zone::{
        AreaHead,
        resources::{CaptionLanguage, ResourceCard, ResourceId, ResourcePage, Version, VersionId},
    },
};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    day, in_london,
    list::{Stored, is_due, owner, read_state},
    today,
};
use crate::{Error, Result, Services, accounts::Actor, moment, number};

/// A row of `zone_resource_versions`, with the name of who made it.
#[derive(Debug, Deserialize)]
struct StoredVersion {
    id: Uuid,
    number: i32,
    made_at: DateTime<Utc>,
    made_by: Option<Uuid>,
    maker: Option<String>,
    change: Option<String>,
    url: Option<String>,
    file_type: Option<String>,
    file_bytes: Option<i32>,
    alt: Option<String>,
    captions_language: Option<String>,
}

impl StoredVersion {
    fn shown(self) -> Result<Version> {
        let Self { url, file_type, file_bytes, alt, .. } = self;
        // Where it was not asked for, it was English.
        let captions = match self.captions_language.as_deref() {
            Some(tag) => CaptionLanguage::read(tag)
                .ok_or_else(|| Error::failed("the database has a language that nobody knows"))?,
            None => CaptionLanguage::default(),
        };
        Ok(Version {
            id: VersionId(self.id),
            number: number(self.number)?,
            made: moment(self.made_at),
            by: owner(self.made_by, self.maker),
            change: self.change,
            thing: Stored { url, file_type, file_bytes, alt }.thing()?,
            captions,
        })
    }
}

/// `/zone/{area}/resources/{resource}`.
///
/// # Errors
/// [`Error::NotFound`] for a resource that is not there, or that the actor does not see; as [`Actor::member_of`].
pub async fn resource_page(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    resource: ResourceId,
) -> Result<ResourcePage> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let row = sqlx::query!(
        r#"select a.slug, a.name, r.title, r.purpose, r.state, r.review_on, r.added_at, r.reason, r.owner_id, r.added_by, r.version_of,
            o.name as "owner?", s.name as "adder?",
            coalesce((
                select jsonb_agg(jsonb_build_object('id', v.id, 'number', v.number, 'made_at', v.made_at, 'made_by', v.made_by,
                    'maker', p.name, 'change', v.change, 'url', v.url, 'file_type', v.file_type, 'file_bytes', v.file_bytes,
                    'alt', v.alt, 'captions_language', v.captions_language) order by v.number desc)
                from zone_resource_versions v left join zone_profiles p on p.member_id = v.made_by and p.area_id = v.area_id
                where v.resource_id = r.id and v.area_id = r.area_id
            ), '[]') as "versions!: Json<Vec<StoredVersion>>",
            coalesce((
                select jsonb_agg(w.id order by w.added_at, w.id) from zone_resources w
                where w.version_of = r.id and w.area_id = r.area_id and w.state = 'suggested' and ($4 or w.added_by = $3)
            ), '[]') as "waiting!: Json<Vec<ResourceId>>"
        from zone_resources r
        join zone_areas a on a.id = r.area_id
        left join zone_profiles o on o.member_id = r.owner_id and o.area_id = r.area_id
        left join zone_profiles s on s.member_id = r.added_by and s.area_id = r.area_id
        where r.id = $1 and r.area_id = $2
            and (r.state = 'current' or $4 or r.added_by = $3 and r.state in ('suggested', 'declined'))"#,
        resource.0,
        member.area().0,
        member.member().0,
        member.is_lead(),
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    db.commit().await?;
    let versions = row.versions.0.into_iter().map(StoredVersion::shown).collect::<Result<Vec<_>>>()?;
    let newest = versions.first().ok_or_else(|| Error::failed("a resource has no version"))?;
    let card = ResourceCard {
        id: resource,
        title: row.title,
        purpose: row.purpose,
        state: read_state(&row.state)?,
        thing: newest.thing.clone(),
        owner: owner(row.owner_id, row.owner),
        added: day(in_london(row.added_at)),
        review: day(row.review_on),
        due: is_due(row.review_on, today(services)),
        version_of: row.version_of.map(ResourceId),
    };
    Ok(ResourcePage {
        head: AreaHead { slug: row.slug, name: row.name, lead: member.is_lead() },
        card,
        reason: row.reason,
        own: row.added_by == Some(member.member().0),
        added_by: owner(row.added_by, row.adder),
        versions,
        waiting: row.waiting.0,
        form: FormToken(Uuid::now_v7()),
    })
}
