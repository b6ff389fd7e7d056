//! The page of an area, for its members.

use chrono::{DateTime, Utc};
use domain::{
    learning::Slug,
    zone::{
        AreaHead, MemberId,
        joining::{AreaHome, NewMember},
    },
};
use serde::Deserialize;
use sqlx::types::Json;

use crate::{Result, Services, accounts::Actor, moment, number};

/// How many members the page names: those who came last.
const NEWEST: i64 = 5;

#[derive(Debug, Deserialize)]
struct Joined {
    member: MemberId,
    name: String,
    at: DateTime<Utc>,
}

/// `/zone/{area}`.
///
/// # Errors
/// As [`Actor::member_of`].
pub async fn area_home(services: &Services, actor: &Actor, area: &Slug) -> Result<AreaHome> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let row = sqlx::query!(
        r#"select a.slug, a.name, a.aim,
            -- Counted already: all members have the empty word.
            coalesce((select w.members from zone_words w where w.area_id = a.id and w.word = ''), 0)::bigint as "members!",
            (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
                select f.member_id as member, f.name, f.joined_at as at from zone_profiles f
                where f.area_id = a.id order by f.joined_at desc, f.member_id desc limit $2) x) as "newest!: Json<Vec<Joined>>",
            case when $3 then (select count(*) from zone_members m where m.area_id = a.id and m.state = 'waiting') else 0 end as "waiting!",
            case when $3 then (select count(*) from zone_resources s where s.area_id = a.id and s.state = 'suggested') else 0 end as "suggestions!",
            case when $3 then (select count(*) from zone_reports r where r.area_id = a.id and r.closed_at is null) else 0 end as "reports!"
        from zone_areas a where a.id = $1"#,
        member.area().0,
        NEWEST,
        member.is_lead(),
    )
    .fetch_one(&mut *db)
    .await?;
    db.commit().await?;
    let newest = row.newest.0.into_iter().map(|joined| NewMember {
        member: joined.member,
        name: joined.name,
        joined: moment(joined.at),
    });
    Ok(AreaHome {
        head: AreaHead { slug: row.slug, name: row.name, lead: member.is_lead() },
        aim: row.aim,
        members: number(row.members)?,
        newest: newest.collect(),
        waiting: number(row.waiting)?,
        suggestions: number(row.suggestions)?,
        reports: number(row.reports)?,
    })
}
