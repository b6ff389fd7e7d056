//! The people to whom an organisation gives extra time, as a page and as a file.

use chrono::{DateTime, Utc};
use domain::{
    FormToken,
    assessment::adjustments::{AdjustedPeople, AdjustedPerson, AdjustmentId, AdjustmentsQuery},
    kit::list::Choice,
    organisations::OrganisationId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::adjustment;
use crate::{
    Error, Result, Services,
    access::ExtraTimeGiver,
    accounts::Actor,
    kit::{
        export::{Cell, Export, File, Format, file, in_turn_if_whole},
        list::{AllRows, Asked, narrowed},
    },
};

/// `/assessments/adjustments/{organisation}`: one page of the people to whom this organisation gave extra time. Time given by others is
/// private to them.
pub async fn adjusted_people(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    query: &AdjustmentsQuery,
) -> Result<AdjustedPeople> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.gives_time_in(services, &mut db, organisation).await
    };
    let load = async {
        let mut db = services.db.acquire().await?;
        let giver = actor.gives_time_in(services, &mut db, organisation).await?;
        page(&mut db, giver, query, Asked::of(query)).await
    };
    in_turn_if_whole(services, actor, query.whole, prove, load).await
}

const COLUMNS: [&str; 5] = [
    "E-mail",
    "Name, where your organisation knows it",
    "Extra time in %",
    "Extra minutes",
    "Rest breaks in minutes",
];

/// A file of all people that `query` finds, in its order. Support first gives a reason, as for the page.
pub async fn adjustments_file(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    query: &AdjustmentsQuery,
    format: Format,
) -> Result<File> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.gives_time_in(services, &mut db, organisation).await
    };
    let load = async {
        // One snapshot makes all portions show the same moment.
        let mut db = services.snapshot().await?;
        let giver = actor.gives_time_in(services, &mut db, organisation).await?;
        let mut all = AllRows::of(query);
        let of = loop {
            let (portion, asked) = all.portion();
            let AdjustedPeople { organisation, people, .. } = page(&mut db, giver, portion, asked).await?;
            if all.take(people) {
                break organisation;
            }
        };
        db.commit().await?;
        Ok(Export {
            of,
            thing: "adjustment",
            narrowed: narrowed(query),
            headings: COLUMNS.map(str::to_owned).to_vec(),
            rows: all.rows.into_iter().map(row).collect(),
        })
    };
    file(services, actor, format, prove, load).await
}

fn row(AdjustedPerson { name, email, adjustment, .. }: AdjustedPerson) -> Vec<Cell> {
    let name = if name == email { Cell::Nothing } else { Cell::Text(name) };
    vec![
        Cell::Text(email),
        name,
        Cell::number(adjustment.extra_percent),
        Cell::number(adjustment.extra_minutes),
        Cell::number(adjustment.break_minutes),
    ]
}

/// One page, and the name of the organisation. The search covers only what the page shows: a hidden name matches no search.
async fn page(
    db: &mut PgConnection,
    giver: ExtraTimeGiver,
    query: &AdjustmentsQuery,
    asked: Asked,
) -> Result<AdjustedPeople> {
    let mut rows = sqlx::query!(
        r#"with given as materialized (
            select a.*, coalesce(a.person_id, h.id) as person from exam_adjustments a
            left join lateral (select x.id from people_named x where a.person_id is null and x.email = a.email offset 0) h on true
            where a.organisation_id = $1
        ), named as (
            -- A person unknown to the organisation is the address that it typed.
            select g.id, coalesce(p.full_name, g.email, q.email) as name, coalesce(p.email, g.email, q.email) as email,
                g.extra_percent, g.extra_minutes, g.break_minutes
            from given g
            left join known_to_organisation($1, array(select person from given where person is not null)) k on k.person = g.person
            -- Each by the key: a join could read the whole table of people.
            left join lateral (select h.* from people_named h where h.id = k.person offset 0) p on true
            left join lateral (select h.* from people_named h where h.id = g.person offset 0) q on true
        ), listed as (
            select n.*, case $2
                    when 'extra-time' then to_char(n.extra_percent, 'FM000') || to_char(n.extra_minutes, 'FM000')
                    when 'rest-breaks' then to_char(n.break_minutes, 'FM000')
                    else lower(n.name)
                end collate "und-x-icu" as key
            from named n
            where (found_by(n.name, $3, (select searchable($3))) or found_by(n.email, $3, (select searchable($3))))
                and case $4
                    when 'extra-time' then n.extra_percent > 0 or n.extra_minutes > 0
                    when 'rest-breaks' then n.break_minutes > 0
                    else true
                end
        ), shown as (
            select * from listed
            where $5::text is null
                or case when $7 then (key, id) < ($5 collate "und-x-icu", $6) else (key, id) > ($5 collate "und-x-icu", $6) end
            order by case when $7 then key end desc, case when not $7 then key end, case when $7 then id end desc, id
            limit $8
        ), head as materialized (
            select o.name as organisation, (select max(g.set_at) from given g) as seen, (select count(*) from given) as in_all, (select count(*) from listed) as found
            from organisations_named o where o.id = $1
        )
        select h.organisation as "organisation!", h.seen as "seen?", h.in_all as "in_all!", h.found as "found!", s.id as "id?", s.name as "name?",
            s.email as "email?", s.extra_percent as "extra_percent?", s.extra_minutes as "extra_minutes?",
            s.break_minutes as "break_minutes?", s.key as "key?"
        from head h left join shown s on true
        order by case when $7 then s.key end desc, case when not $7 then s.key end, case when $7 then s.id end desc, s.id"#,
        giver.organisation().0,
        query.sort.as_str(),
        asked.search,
        query.filters.as_str(),
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
    )
    .fetch_all(db)
    .await?;
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let seen = head.seen.as_ref().map_or(0, DateTime::<Utc>::timestamp_micros);
    let (organisation, counts) = (std::mem::take(&mut head.organisation), (head.found, head.in_all));
    // When nobody is found, the only row has no person.
    rows.retain(|row| row.id.is_some());
    let people = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let missing = || Error::failed("time that was given has no numbers");
            Ok(AdjustedPerson {
                id: AdjustmentId(row.id.unwrap_or_default()),
                name: row.name.ok_or_else(missing)?,
                email: row.email.ok_or_else(missing)?,
                adjustment: adjustment(
                    row.extra_percent.ok_or_else(missing)?,
                    row.extra_minutes.ok_or_else(missing)?,
                    row.break_minutes.ok_or_else(missing)?,
                )?,
            })
        },
    )?;
    Ok(AdjustedPeople { form: FormToken(Uuid::now_v7()), seen, organisation, people })
}
