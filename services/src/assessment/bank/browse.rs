//! The banks for a setter to look into: the questions of the shared bank and of the setter's organisations, and one
//! question drawn with a seed. Nothing is written.

use domain::{
    FormToken,
    assessment::{
        Category, Difficulty,
        authoring::ListChoice,
        bank::{BankCard, BankPage, BankQuery, BankQuestion, QuestionKind, Template, TemplateId, titled},
        question::Question,
    },
    kit::list::{Choice, OptionCount, Page},
    organisations::OrganisationId,
};
use sqlx::types::Json;

use super::{level, previewed, read_one};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    assessment::{html, known, new_id},
    kit::list::Asked,
};

/// A stored template that is shown as a [`BankCard`].
#[derive(Debug, serde::Deserialize)]
pub(crate) struct StoredCard {
    pub id: TemplateId,
    pub name: String,
    pub category: Category,
    pub difficulty: Difficulty,
    pub kind: QuestionKind,
    pub source: String,
    pub organisation: Option<String>,
}

/// The cards of these templates, each with an example. Reading and drawing them is not for the threads that serve pages.
pub(crate) async fn cards(services: &Services, stored: Vec<StoredCard>) -> Result<Vec<BankCard>> {
    if stored.is_empty() {
        return Ok(Vec::new());
    }
    services.queues.heavy.work(move || stored.into_iter().map(card).collect()).await
}

fn card(stored: StoredCard) -> BankCard {
    let StoredCard { id, name, category, difficulty, kind, source, organisation } = stored;
    let example = read_one(&source).ok().and_then(|template| drawn(&template, 1));
    let example = example.map(|(_, question)| html(&question.wording)).unwrap_or_default();
    BankCard { id, title: titled(&name), category, difficulty, kind, organisation, example }
}

/// The question of this seed, or else of the next one that makes one, with its seed.
fn drawn(template: &Template, seed: u32) -> Option<(u32, Question)> {
    (0..8)
        .map(|more| seed.wrapping_add(more))
        .find_map(|seed| template.question(u64::from(seed)).ok().map(|question| (seed, question)))
}

/// `/questions`: one page of the questions that the actor may set. Support sees those of the shared bank; an
/// organisation's own are on a page that records its look.
///
/// # Errors
/// [`Error::NotFound`] for somebody who may set papers nowhere.
pub async fn bank_page(services: &Services, actor: &Actor, query: &BankQuery) -> Result<BankPage> {
    // Nothing leads to this list as one page to print.
    let query = &BankQuery { whole: false, ..query.clone() };
    let asked = Asked::of(query);
    let (category, difficulty, kind) = query.filters;
    let categories: Vec<String> = Category::all().map(|category| category.as_str().to_owned()).collect();
    let mut rows = sqlx::query!(
        // An organisation's own questions are read by the index, however many others have.
        r#"with asker as materialized (select bool_or(everywhere) as everywhere from sets_papers($1)),
        visible as materialized (
            select x.id, x.name, x.category, x.difficulty, x.kind, x.source, x.words, x.organisation_id
            from question_templates x where x.organisation_id is null and not x.retired
            union all
            select y.id, y.name, y.category, y.difficulty, y.kind, y.source, y.words, y.organisation_id
            from (select distinct organisation_id as id from sets_papers($1)) own
            cross join lateral (
                select x.* from question_templates x where x.organisation_id = own.id and not x.retired offset 0
            ) y
        ), searched as materialized (
            select v.id, v.name, v.category, v.difficulty, v.kind, v.organisation_id,
                (to_char(coalesce(array_position($2::text[], v.category), 0), 'FM00') || to_char(v.difficulty, 'FM0') || lower(v.name))
                    collate "und-x-icu" as key
            from visible v
            where found_by(translate(v.name, '-_', '  '), $3, (select searchable($3)))
                or strpos(v.words, (select searchable($3))) > 0
        ), listed as (
            select * from searched s
            where ($4 = 'all' or s.category = $4) and ($5 = 'all' or s.difficulty::text = $5) and ($6 = 'all' or s.kind = $6)
        ), shown as (
            select * from listed
            where $7::text is null
                or case when $9 then (key, id) < ($7 collate "und-x-icu", $8) else (key, id) > ($7 collate "und-x-icu", $8) end
            order by case when $9 then key end desc, case when not $9 then key end, case when $9 then id end desc, id
            limit $10
        ), counted as (
            select 'category' as filter, s.category as option, count(*) as found from searched s
            where ($5 = 'all' or s.difficulty::text = $5) and ($6 = 'all' or s.kind = $6) group by s.category
            union all
            select 'difficulty', s.difficulty::text, count(*) from searched s
            where ($4 = 'all' or s.category = $4) and ($6 = 'all' or s.kind = $6) group by s.difficulty
            union all
            select 'kind', s.kind, count(*) from searched s
            where ($4 = 'all' or s.category = $4) and ($5 = 'all' or s.difficulty::text = $5) group by s.kind
        ), head as materialized (
            select (select count(*) from visible) as in_all, (select count(*) from listed) as found,
                coalesce((
                    select jsonb_agg(jsonb_build_object('filter', c.filter, 'option', c.option, 'rows', c.found)) from counted c
                ), '[]') as counts
            from asker a where a.everywhere is not null
        )
        select h.in_all as "in_all!", h.found as "found!", h.counts as "counts!: Json<Vec<OptionCount>>", s.id as "id?", s.name as "name?",
            s.category as "category?", s.difficulty as "difficulty?", s.kind as "kind?", s.key as "key?", v.source as "source?",
            (select o.name from organisations_named o where o.id = s.organisation_id) as organisation
        from head h left join shown s on true left join visible v on v.id = s.id
        order by case when $9 then s.key end desc, case when not $9 then s.key end, case when $9 then s.id end desc, s.id"#,
        actor.person().0,
        &categories,
        asked.search,
        category.as_str(),
        difficulty.as_str(),
        kind.as_str(),
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
    )
    .fetch_all(&services.db)
    .await?;
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let (counts, numbers) = (std::mem::take(&mut head.counts.0), (head.found, head.in_all));
    // When no question is found, the only row has none.
    rows.retain(|row| row.id.is_some());
    let page = asked.page(
        rows,
        numbers,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let missing = || Error::failed("a template without its text");
            Ok(StoredCard {
                id: TemplateId(row.id.unwrap_or_default()),
                name: row.name.ok_or_else(missing)?,
                category: known("category", &row.category.ok_or_else(missing)?, Category::parse)?,
                difficulty: level(row.difficulty.ok_or_else(missing)?)?,
                kind: known("kind of question", &row.kind.ok_or_else(missing)?, QuestionKind::parse)?,
                source: row.source.ok_or_else(missing)?,
                organisation: row.organisation,
            })
        },
    )?;
    let Page { rows, found, in_all, next, anew } = page;
    let rows = cards(services, rows).await?;
    Ok(BankPage { questions: Page { rows, found, in_all, next, anew }, counts })
}

/// `/questions/{template}`: one question of the shared bank or of an organisation in which the actor sets papers, drawn
/// with a seed, and the actor's drafts that may ask it.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, for a retired template, and for support where it is an organisation's own.
pub async fn bank_question(
    services: &Services,
    actor: &Actor,
    template: TemplateId,
    seed: u32,
) -> Result<BankQuestion> {
    let row = sqlx::query!(
        // The newest two hundred papers of the actor: a draft is hardly ever older.
        r#"select t.name, t.category, t.difficulty, t.kind as "kind!", t.source, t.organisation_id,
            (select o.name from organisations_named o where o.id = t.organisation_id) as organisation,
            coalesce((
                select jsonb_agg(jsonb_build_object('id', d.id::text || '/' || coalesce(d.section::text, ''),
                    'label', d.title || coalesce(': ' || d.section_title, ''), 'chosen', false) order by d.id desc, d.position, d.section)
                from (
                    select p.id, p.title, s.id as section, s.title as section_title, s.position
                    from (
                        select paper_id as id from papers_seen($2, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 200) where own group by paper_id
                    ) m
                    cross join lateral (select x.* from papers x where x.id = m.id offset 0) p
                    left join paper_sections s on s.paper_id = p.id
                    where p.published_at is null and (t.organisation_id is null or p.organisation_id = t.organisation_id)
                ) d
            ), '[]') as "drafts!: Json<Vec<ListChoice>>"
        from question_templates t
        where t.id = $1 and not t.retired
            and case when t.organisation_id is null then exists (select from sets_papers($2))
                else exists (select from sets_papers($2) x where x.organisation_id = t.organisation_id) end"#,
        template.0,
        actor.person().0,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    let source = row.source;
    let example = services.queues.heavy.work(move || {
        let template = read_one(&source).ok()?;
        drawn(&template, seed).map(|(seed, question)| (seed, previewed(&question)))
    });
    let (seed, example) = example.await?.map_or((seed, None), |(seed, example)| (seed, Some(example)));
    Ok(BankQuestion {
        id: template,
        title: titled(&row.name),
        category: known("category", &row.category, Category::parse)?,
        difficulty: level(row.difficulty)?,
        kind: known("kind of question", &row.kind, QuestionKind::parse)?,
        organisation: row.organisation,
        bank: row.organisation_id.map(OrganisationId),
        seed,
        example,
        drafts: row.drafts.0,
        form: FormToken(new_id()),
    })
}
