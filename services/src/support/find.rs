use domain::{
    accounts::PersonId,
    kit::list::Choice,
    support::{FindPeople, FindQuery, FoundPerson},
};
use uuid::Uuid;

use crate::{Result, Services, accounts::Actor, kit::list::Asked};

/// Recorded once an hour, as long as somebody searches.
const SEARCHED: &str = "support.people_searched";

/// `/support`: people whose name or address contains what is searched for, or who have a student number that does. This list alone begins
/// with everybody, so a search costs more with more people; without one nobody is looked for.
///
/// # Errors
/// [`crate::Error::NotFound`] for all who are not support.
pub async fn find_people(services: &Services, actor: &Actor, query: &FindQuery) -> Result<FindPeople> {
    let mut db = services.db.acquire().await?;
    let support = actor.is_support(&mut db).await?;
    let asked = Asked::of(query);
    let now = services.clock.now();
    let mut rows = sqlx::query!(
        r#"with noted as materialized (
            select audit_once($8, $9, $10, $11, '{}'::jsonb, $12) where $1 <> '' and $13
        ), listed as (
            select p.id, p.full_name, p.email,
                case $2 when 'email' then p.email else lower(p.full_name) end collate "und-x-icu" as key
            from people_named p
            where $1 <> '' and (found_by(p.full_name, $1) or found_by(p.email, $1) or exists (
                select from member_details m where m.person_id = p.id and found_by(m.student_number, $1)))
        ), shown as (
            select * from listed
            where $3::text is null
                or case when $5 then (key, id) < ($3 collate "und-x-icu", $4) else (key, id) > ($3 collate "und-x-icu", $4) end
            order by case when $5 then key end desc, case when not $5 then key end, case when $5 then id end desc, id
            limit $6
        ), head as materialized (
            select (select count(*) from listed) as found, (select count(*) from people_named where $7) as in_all
        )
        select h.found as "found!", h.in_all as "in_all!", s.id as "id?", s.full_name as "full_name?", s.email as "email?", s.key as "key?"
        from head h left join shown s on true left join noted n on true
        order by case when $5 then s.key end desc, case when not $5 then s.key end, case when $5 then s.id end desc, s.id"#,
        asked.search,
        query.sort.as_str(),
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
        !asked.search.is_empty(),
        Uuid::now_v7(),
        now,
        support.person().0,
        SEARCHED,
        now - chrono::Duration::hours(1),
        actor.looks(),
    )
    .fetch_all(&mut *db)
    .await?;
    let counts = rows.first().map_or((0, 0), |row| (row.found, row.in_all));
    rows.retain(|row| row.id.is_some());
    let people = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            Ok(FoundPerson {
                person: PersonId(row.id.unwrap_or_default()),
                name: row.full_name.unwrap_or_default(),
                email: row.email.unwrap_or_default(),
            })
        },
    )?;
    Ok(FindPeople { people })
}
