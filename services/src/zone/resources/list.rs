use chrono::NaiveDate;
use domain::{
    FormToken,
    kit::list::Choice,
    learning::Slug,
    zone::{
        AreaHead, MemberId,
        resources::{
            FileType, Named, OwnSuggestion, ResourceCard, ResourceId, ResourceState, Resources,
            ResourcesQuery, Thing,
        },
    },
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{day, in_london, today, web_link};
use crate::{Error, Result, Services, accounts::Actor, kit::list::Asked, number};

/// `/zone/{area}/resources`. What is retired, declined, or suggested by others is found by leads only.
///
/// # Errors
/// As [`Actor::member_of`].
pub async fn resources_page(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    query: &ResourcesQuery,
) -> Result<Resources> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    // Nothing leads to this list as one page to print.
    let query = &ResourcesQuery { whole: false, ..query.clone() };
    let asked = Asked::of(query);
    let (kind, state) = query.filters;
    let (state, today) = (state.seen_by(member.is_lead()), today(services));
    let mut rows = sqlx::query!(
        r#"with of_state as materialized (
            select r.* from zone_resources r
            where r.area_id = $1 and r.state = case when $2::text = 'due' then 'current' else $2 end
        ), listed as (
            select r.*, case $3
                    when 'added' then to_char(r.added_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
                    when 'review' then to_char(r.review_on, 'YYYYMMDD')
                    else lower(r.title)
                end collate "und-x-icu" as key
            from of_state r
            where (found_by(r.title, $4, (select searchable($4))) or found_by(r.purpose, $4, (select searchable($4))))
                and ($5 = 'all' or r.kind = $5)
                and ($2::text <> 'due' or r.review_on <= $6)
        ), shown as (
            select * from listed
            where $7::text is null
                or case when $9 then (key, id) < ($7 collate "und-x-icu", $8) else (key, id) > ($7 collate "und-x-icu", $8) end
            order by case when $9 then key end desc, case when not $9 then key end, case when $9 then id end desc, id
            limit $10
        ), head as materialized (
            select a.slug, a.name, (select count(*) from listed) as found, (select count(*) from of_state) as in_all,
                (select count(*) from zone_resources r where $12 and r.area_id = $1 and r.state = 'suggested') as waiting,
                coalesce((
                    select jsonb_agg(jsonb_build_object('id', r.id, 'title', r.title, 'state', r.state, 'reason', r.reason,
                            'new_version', r.version_of is not null)
                        order by r.added_at desc, r.id desc)
                    from zone_resources r
                    where r.area_id = $1 and r.added_by = $11 and r.state in ('suggested', 'declined')
                ), '[]') as own
            from zone_areas a where a.id = $1
        )
        select h.slug, h.name, h.found as "found!", h.in_all as "in_all!", h.waiting as "waiting!",
            -- In one of the rows.
            case when row_number() over () = 1 then h.own end as "own?: Json<Vec<OwnSuggestion>>",
            s.id as "id?", s.title as "title?", s.purpose as "purpose?", s.state as "state?", s.review_on as "review_on?", s.added_at as "added_at?",
            s.version_of as "version_of?",
            s.key as "key?", s.owner_id as "owner_id?", o.name as "owner?", v.url as "url?", v.file_type as "file_type?",
            v.file_bytes as "file_bytes?", v.alt as "alt?"
        from head h
        left join shown s on true
        left join zone_profiles o on o.member_id = s.owner_id and o.area_id = $1
        left join lateral (
            select x.url, x.file_type, x.file_bytes, x.alt from zone_resource_versions x
            where x.resource_id = s.id and x.area_id = $1 order by x.number desc limit 1
        ) v on true
        order by case when $9 then s.key end desc, case when not $9 then s.key end, case when $9 then s.id end desc, s.id"#,
        member.area().0,
        state.as_str(),
        query.sort.as_str(),
        asked.search,
        kind.as_str(),
        today,
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
        member.member().0,
        member.is_lead(),
    )
    .fetch_all(&mut *db)
    .await?;
    db.commit().await?;
    // When nothing is found, the only row has no resource.
    let first = rows.first_mut().ok_or(Error::NotFound)?;
    let counts = (first.found, first.in_all);
    let waiting = number(first.waiting)?;
    let head = AreaHead {
        slug: std::mem::take(&mut first.slug),
        name: std::mem::take(&mut first.name),
        lead: member.is_lead(),
    };
    let own = rows.iter_mut().find_map(|row| row.own.take()).map(|Json(own)| own).unwrap_or_default();
    rows.retain(|row| row.id.is_some());
    let resources = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let review_on = row.review_on.unwrap_or_default();
            let stored =
                Stored { url: row.url, file_type: row.file_type, file_bytes: row.file_bytes, alt: row.alt };
            Ok(ResourceCard {
                id: ResourceId(row.id.unwrap_or_default()),
                title: row.title.unwrap_or_default(),
                purpose: row.purpose.unwrap_or_default(),
                state: read_state(row.state.as_deref().unwrap_or_default())?,
                thing: stored.thing()?,
                owner: owner(row.owner_id, row.owner),
                added: day(in_london(row.added_at.unwrap_or_default())),
                review: day(review_on),
                due: is_due(review_on, today),
                version_of: row.version_of.map(ResourceId),
            })
        },
    )?;
    Ok(Resources { head, resources, own, waiting, form: FormToken(Uuid::now_v7()) })
}

pub(super) fn is_due(review_on: NaiveDate, today: NaiveDate) -> bool {
    review_on <= today
}

pub(super) fn read_state(text: &str) -> Result<ResourceState> {
    ResourceState::parse(text)
        .ok_or_else(|| Error::failed("the database has a state of a resource that nobody knows"))
}

/// A member by name, unless they have left.
pub(super) fn owner(id: Option<Uuid>, name: Option<String>) -> Option<Named> {
    id.zip(name).map(|(id, name)| Named { id: MemberId(id), name })
}

/// What the row of a version says that it is.
pub(super) struct Stored {
    pub url: Option<String>,
    pub file_type: Option<String>,
    pub file_bytes: Option<i32>,
    pub alt: Option<String>,
}

impl Stored {
    pub(super) fn thing(self) -> Result<Thing> {
        if let Some(url) = self.url {
            return web_link(url).map(Thing::Link);
        }
        let kind = self.file_type.as_deref().and_then(FileType::parse);
        let kind =
            kind.ok_or_else(|| Error::failed("the database has a type of a file that nobody knows"))?;
        Ok(Thing::File { kind, bytes: number(self.file_bytes.unwrap_or_default())?, alt: self.alt })
    }
}
