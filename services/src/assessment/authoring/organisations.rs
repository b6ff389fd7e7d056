//! The organisations in which somebody may set papers. For support these are all, so there may be thousands.

use domain::{
    assessment::authoring::{MyOrganisations, OrganisationRow, OrganisationsQuery},
    kit::list::Choice,
    organisations::{OrganisationId, OrganisationKind},
};

use crate::{Error, Result, Services, accounts::Actor, assessment::known, kit::list::Asked};

/// `/assessments/organisations`: one page of the organisations.
///
/// # Errors
/// [`Error::NotFound`] for somebody who may set papers nowhere.
pub async fn organisations_page(
    services: &Services,
    actor: &Actor,
    query: &OrganisationsQuery,
) -> Result<MyOrganisations> {
    // Nothing leads to this list as one page to print.
    let query = &OrganisationsQuery { whole: false, ..query.clone() };
    let asked = Asked::of(query);
    let mut rows = sqlx::query!(
        // Support may set papers everywhere. Everybody else's organisations are read by the key.
        r#"with asker as materialized (select bool_or(everywhere) as everywhere from sets_papers($1)),
        mine as materialized (
            select x.id, x.name, x.kind from organisations_named x where (select everywhere from asker)
            union all
            select x.id, x.name, x.kind from (select distinct organisation_id as id from sets_papers($1)) own
            cross join lateral (select y.* from organisations_named y where y.id = own.id offset 0) x
            where not (select everywhere from asker)
        ), listed as (
            select m.*, case $2 when 'kind' then m.kind || ' ' || lower(m.name) else lower(m.name) end collate "und-x-icu" as key
            from mine m where found_by(m.name, $3, (select searchable($3))) and ($4 = 'all' or m.kind = $4)
        ), shown as (
            select * from listed
            where $5::text is null
                or case when $7 then (key, id) < ($5 collate "und-x-icu", $6) else (key, id) > ($5 collate "und-x-icu", $6) end
            order by case when $7 then key end desc, case when not $7 then key end, case when $7 then id end desc, id
            limit $8
        ), head as materialized (
            select (select count(*) from mine) as in_all, (select count(*) from listed) as found
            from asker a where a.everywhere is not null
        )
        select h.in_all as "in_all!", h.found as "found!", s.id as "id?", s.name as "name?", s.kind as "kind?", s.key as "key?"
        from head h left join shown s on true
        order by case when $7 then s.key end desc, case when not $7 then s.key end, case when $7 then s.id end desc, s.id"#,
        actor.person().0,
        query.sort.as_str(),
        asked.search,
        query.filters.as_str(),
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
    )
    .fetch_all(&services.db)
    .await?;
    let counts = rows.first().map(|row| (row.found, row.in_all)).ok_or(Error::NotFound)?;
    // When no organisation is found, the only row has none.
    rows.retain(|row| row.id.is_some());
    let organisations = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            Ok(OrganisationRow {
                id: OrganisationId(row.id.unwrap_or_default()),
                name: row.name.unwrap_or_default(),
                kind: known("kind", &row.kind.unwrap_or_default(), OrganisationKind::parse)?,
            })
        },
    )?;
    Ok(MyOrganisations { organisations })
}
