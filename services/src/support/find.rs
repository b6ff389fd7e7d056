use domain::{
    accounts::PersonId,
    kit::list::{Choice, Page},
    support::{FindPeople, FindQuery, FoundPerson, LEAST_SEARCHED, MOST_FOUND, words_to_find},
};
use uuid::Uuid;

use crate::{Error, Result, Services, accounts::Actor, kit::list::Asked, number};

const SEARCHED: &str = "support.people_searched";

/// `/support`: people whose name or address contains each word of what is searched for, or who have this address or student number. This list alone
/// begins with everybody, so a search costs more with more people. There is no second page, and each search is recorded, with the number
/// of people that it found and without its text.
///
/// # Errors
/// [`Error::NotFound`] for all who are not support.
pub async fn find_people(services: &Services, actor: &Actor, query: &FindQuery) -> Result<FindPeople> {
    let mut db = services.db.acquire().await?;
    let support = actor.is_support(&mut db).await?;
    let asked = Asked::of(query);
    let words = words_to_find(&asked.search);
    let mut rows = sqlx::query!(
        r#"with words as materialized (
            select searchable(w.word) as word from unnest($12::text[]) w (word)
        ), enough as materialized (
            -- What was typed may have been accents alone, which are searched for as nothing: that is in every name.
            select coalesce(max(length(btrim(case when $4 then split_part(w.word, '@', 1) else w.word end))), 0) >= $14 as so from words w
        ), listed as materialized (
            select p.id, p.full_name, p.email,
                case $2 when 'email' then p.email else lower(p.full_name) end collate "und-x-icu" as key
            from people_named p
            where $1 <> '' and (
                $3 and (select e.so from enough e) and not exists (
                    select from words w
                    where strpos(searchable(p.full_name), w.word) = 0
                        and strpos(searchable(case when $4 then p.email else split_part(p.email, '@', 1) end), w.word) = 0)
                or p.email = lower($1)
                or exists (select from member_details m where m.person_id = p.id
                    and replace(lower(m.student_number), ' ', '') = lower($13)))
        ), head as materialized (
            select count(*) as found from listed
        ), noted as materialized (
            select audit_once($7, $8, $9, $10, jsonb_build_object('found', h.found), $8) from head h where $1 <> '' and $11
        ), shown as (
            select * from listed
            order by case when $5 then key end desc, case when not $5 then key end, case when $5 then id end desc, id
            limit $6
        )
        select h.found as "found!",
            (select coalesce(array_agg(z.name order by z.name), '{}') from zone_areas z
                where not exists (select from zone_leads l where l.area_id = z.id)) as "without_lead!",
            s.id as "id?", s.full_name as "full_name?", s.email as "email?"
        from head h left join shown s on true left join noted n on true
        order by case when $5 then s.key end desc, case when not $5 then s.key end, case when $5 then s.id end desc, s.id"#,
        asked.search,
        query.sort.as_str(),
        !words.is_empty(),
        asked.search.contains('@'),
        asked.descending,
        i64::from(MOST_FOUND),
        Uuid::now_v7(),
        services.clock.now(),
        support.person().0,
        SEARCHED,
        actor.looks(),
        &words,
        asked.search.replace(char::is_whitespace, ""),
        i32::try_from(LEAST_SEARCHED).map_err(Error::failed)?,
    )
    .fetch_all(&mut *db)
    .await?;
    let found = number(rows.first().map_or(0, |row| row.found))?;
    let without_lead = rows.first().map(|row| row.without_lead.clone()).unwrap_or_default();
    // When nobody is found, the only row has no person.
    rows.retain(|row| row.id.is_some());
    let rows = rows.into_iter().map(|row| FoundPerson {
        person: PersonId(row.id.unwrap_or_default()),
        name: row.full_name.unwrap_or_default(),
        email: row.email.unwrap_or_default(),
    });
    let people = Page { rows: rows.collect(), found, in_all: found, next: None, anew: false };
    Ok(FindPeople { people, without_lead })
}
