//! An organisation's own templates, as a list and as a file.

use domain::{
    assessment::{
        Category,
        bank::{OwnTemplate, OwnTemplates, TemplateId, TemplatesQuery},
    },
    kit::list::Choice,
    organisations::OrganisationId,
};
use sqlx::PgConnection;

use super::level;
use crate::{
    Error, Result, Services,
    access::{BANK_SEEN, OrganisationSetter, since},
    accounts::Actor,
    assessment::{known, new_id},
    kit::{
        export::{Cell, Export, File, Format, file, in_turn_if_whole},
        list::{AllRows, Asked, narrowed},
    },
    number,
};

/// `/assessments/questions/{organisation}`: one page of the organisation's own templates.
pub async fn own_templates(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    query: &TemplatesQuery,
) -> Result<OwnTemplates> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.sets_papers_in(services, &mut db, organisation).await
    };
    let load = async {
        let mut db = services.db.acquire().await?;
        let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
        page(services, &mut db, (actor, setter), query, Asked::of(query)).await
    };
    in_turn_if_whole(services, actor, query.whole, prove, load).await
}

const COLUMNS: [&str; 4] = ["Template", "Category", "Difficulty", "State"];

/// A file of all own templates that `query` finds, in its order: what they are about, and not their texts.
pub async fn templates_file(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    query: &TemplatesQuery,
    format: Format,
) -> Result<File> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.sets_papers_in(services, &mut db, organisation).await
    };
    let load = async {
        // One snapshot makes all portions show the same moment.
        let mut db = services.snapshot().await?;
        let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
        let mut all = AllRows::of(query);
        let of = loop {
            let (portion, asked) = all.portion();
            let OwnTemplates { organisation, templates, .. } =
                page(services, &mut db, (actor, setter), portion, asked).await?;
            if all.take(templates) {
                break organisation;
            }
        };
        db.commit().await?;
        Ok(Export {
            of,
            thing: "template",
            narrowed: narrowed(query),
            headings: COLUMNS.map(str::to_owned).to_vec(),
            rows: all.rows.into_iter().map(row).collect(),
        })
    };
    file(services, actor, format, prove, load).await
}

fn row(template: OwnTemplate) -> Vec<Cell> {
    vec![
        Cell::Text(template.name),
        Cell::text(template.category.title()),
        Cell::number(u8::from(template.difficulty)),
        Cell::text(if template.retired { "Retired" } else { "In use" }),
    ]
}

/// One page. The search covers the text of a template too.
async fn page(
    services: &Services,
    db: &mut PgConnection,
    (actor, setter): (&Actor, OrganisationSetter),
    query: &TemplatesQuery,
    asked: Asked,
) -> Result<OwnTemplates> {
    let (show, category, difficulty) = query.filters;
    let categories: Vec<String> = Category::all().map(|category| category.as_str().to_owned()).collect();
    let mut rows = sqlx::query!(
        // The same statement records that support looked, once an hour.
        r#"with noted as materialized (
            select audit_once($2, $3, $4, $5, jsonb_build_object('organisation', $1::uuid), $6) where $7
        ), listed as (
            select t.id, t.name, t.category, t.difficulty, t.retired,
                case $8
                    when 'name' then lower(t.name)
                    when 'difficulty' then to_char(t.difficulty, 'FM0') || lower(t.name)
                    -- Categories are in the order of the pages.
                    else to_char(coalesce(array_position($9::text[], t.category), 0), 'FM00') || to_char(t.difficulty, 'FM0') || lower(t.name)
                end collate "und-x-icu" as key
            from question_templates t
            where t.organisation_id = $1
                and (found_by(t.name, $10, (select searchable($10))) or found_by(t.source, $10, (select searchable($10))))
                and ($11 = 'all' or t.retired = ($11 = 'retired'))
                and ($12 = 'all' or t.category = $12)
                and ($13 = 'all' or t.difficulty::text = $13)
        ), shown as (
            select * from listed
            where $14::text is null
                or case when $16 then (key, id) < ($14 collate "und-x-icu", $15) else (key, id) > ($14 collate "und-x-icu", $15) end
            order by case when $16 then key end desc, case when not $16 then key end, case when $16 then id end desc, id
            limit $17
        ), head as materialized (
            select o.name as organisation, (select count(*) from listed) as found,
                (select count(*) from question_templates t where t.organisation_id = $1) as in_all,
                (select count(*) from question_templates t where t.organisation_id is null and not t.retired) as shared
            from (select count(*) from noted) n cross join organisations_named o where o.id = $1
        )
        select h.organisation as "organisation!", h.found as "found!", h.in_all as "in_all!", h.shared as "shared!", s.id as "id?",
            s.name as "name?", s.category as "category?", s.difficulty as "difficulty?", s.retired as "retired?", s.key as "key?"
        from head h left join shown s on true
        order by case when $16 then s.key end desc, case when not $16 then s.key end, case when $16 then s.id end desc, s.id"#,
        setter.organisation().0,
        new_id(),
        services.clock.now(),
        actor.person().0,
        BANK_SEEN,
        since(services),
        setter.is_support() && actor.looks(),
        query.sort.as_str(),
        &categories,
        asked.search,
        show.as_str(),
        category.as_str(),
        difficulty.as_str(),
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
    )
    .fetch_all(db)
    .await?;
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let (organisation, counts) = (std::mem::take(&mut head.organisation), (head.found, head.in_all));
    let shared = number(head.shared)?;
    // When no template is found, the only row has none.
    rows.retain(|row| row.id.is_some());
    let templates = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let missing = || Error::failed("a template without its category");
            Ok(OwnTemplate {
                id: TemplateId(row.id.unwrap_or_default()),
                name: row.name.ok_or_else(missing)?,
                category: known("category", &row.category.ok_or_else(missing)?, Category::parse)?,
                difficulty: level(row.difficulty.ok_or_else(missing)?)?,
                retired: row.retired.ok_or_else(missing)?,
            })
        },
    )?;
    Ok(OwnTemplates { organisation, templates, shared })
}
