//! The results of a paper, as its setter sees them.

use std::collections::{BTreeMap, HashMap};

use domain::{
    assessment::{
        Category, PaperId, Release,
        delivery::{SittingId, SubmittedBy},
        results::{
            CategoryResult, Distribution, Marked, ReleasedOutcome, Remarking, ResultRow, ResultTotals,
            ResultsPage, ResultsQuery, SectionResult, missed,
        },
    },
    kit::list::{Choice, Page},
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::{PaperAccess, PaperSetter, since},
    accounts::Actor,
    assessment::{authoring::papers::state, known, number},
    kit::{export::in_turn_if_whole, list::Asked},
    moment,
};

/// A section, as the statement below reads it.
#[derive(Debug, serde::Deserialize)]
struct Section {
    id: Uuid,
    title: String,
    pass_percent: Option<u8>,
}

/// The most candidates who are still sitting that the page names.
const MOST_NAMES: usize = 20;

/// The marks of all candidates for the questions of one category in one section.
#[derive(Debug, serde::Deserialize)]
struct Sum {
    section: Uuid,
    category: String,
    mark: u32,
    available: u32,
}

/// `/assessments/papers/{paper}/results`: one page of the results.
pub async fn results_page(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    query: &ResultsQuery,
) -> Result<ResultsPage> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.setter_of(services, &mut db, paper).await
    };
    in_turn_if_whole(services, actor, query.whole, prove, load(services, actor, paper, query)).await
}

async fn load(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    query: &ResultsQuery,
) -> Result<ResultsPage> {
    // The snapshot makes rows and sums agree, even if a correction is written meanwhile.
    let mut db = services.snapshot().await?;
    let (setter, head) = head(services, &mut db, actor, paper).await?;
    let results = page(&mut db, setter, &head, query, Asked::of(query)).await?;
    db.commit().await?;
    let mut categories: BTreeMap<Category, (u32, u32)> = BTreeMap::new();
    let mut by_section: BTreeMap<Uuid, (u32, u32)> = BTreeMap::new();
    for sum in head.sums {
        let add = |sums: &mut (u32, u32)| *sums = (sums.0 + sum.mark, sums.1 + sum.available);
        add(by_section.entry(sum.section).or_default());
        add(categories.entry(known("category", &sum.category, Category::parse)?).or_default());
    }
    let sections = head.sections.into_iter().map(|section| {
        let (mark, available) = by_section.get(&section.id).copied().unwrap_or_default();
        SectionResult { title: section.title, mark, available, pass_percent: section.pass_percent }
    });
    let categories = categories.into_iter().map(|(category, (mark, available))| CategoryResult {
        category,
        mark,
        available,
    });
    Ok(ResultsPage {
        paper: setter.paper(),
        title: head.title,
        pass_percent: head.pass_percent,
        release: head.release,
        released: head.released,
        remarking: head.remarking,
        state: head.state,
        sitting: head.sitting,
        sitting_names: head.names,
        results,
        totals: head.totals,
        distribution: Distribution::of(&head.marked),
        sections: sections.collect(),
        categories: categories.collect(),
    })
}

/// The parts of the page around the rows. They cover all candidates, whatever the query finds.
pub(super) struct Head {
    pub title: String,
    pass_percent: u8,
    release: Release,
    released: bool,
    pub remarking: Option<Remarking>,
    state: domain::assessment::PaperState,
    sitting: u32,
    names: Vec<String>,
    sections: Vec<Section>,
    totals: ResultTotals,
    marked: Vec<Marked>,
    sums: Vec<Sum>,
}

impl Head {
    pub(super) fn section_titles(&self) -> impl Iterator<Item = String> + '_ {
        self.sections.iter().map(|section| section.title.clone())
    }
}

pub(super) async fn head(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
) -> Result<(PaperSetter, Head)> {
    // The sums are made of the totals of each sitting. Its marks are many more, and the page would cost more with each question.
    let head = sqlx::query!(
        r#"with parts as materialized (
            -- In the order in which the totals of a sitting have them.
            select i.attempt, i.section_id, i.category, sum(i.marks) as available,
                row_number() over (partition by i.attempt order by min(i.position)) as part
            from paper_items i where i.paper_id = $1 group by 1, 2, 3
        ), submitted as materialized (
            -- Each by the key: a join could read the totals of all papers.
            select s.attempt, s.passed, s.mark, s.available, t.marks, t.unreadable
            from sittings s
            left join lateral (select x.marks, x.unreadable from sitting_totals x where x.sitting_id = s.id offset 0) t on true
            where s.paper_id = $1 and s.submitted_at is not null
        ), sums as (
            select p.section_id, p.category, sum(g.mark) as mark, sum(g.sat * p.available) as available
            from (
                select s.attempt, m.part, sum(m.marks) as mark, count(*) as sat
                from submitted s cross join lateral unnest(s.marks) with ordinality as m (marks, part) group by 1, 2
            ) g join parts p on p.attempt = g.attempt and p.part = g.part
            group by 1, 2
        )
        select a.proof as "proof!: Json<PaperAccess>", p.title, p.pass_percent, p.release,
            results_released(p.id) as "released!", remarking_of(p.id) as "remarking?: Json<Remarking>", p.published_at, p.opens_at, p.closes_at, now() as "now!",
            (select count(*) from sittings s where s.paper_id = p.id and s.submitted_at is null) as "sitting!",
            array(select coalesce(h.full_name, 'Erased account')
                from (select x.learner_id from sittings x where x.paper_id = p.id and x.submitted_at is null order by x.id limit $4) s
                left join lateral (select x.full_name from people_named x where x.id = s.learner_id offset 0) h on true
                order by 1) as "names!",
            coalesce((select json_agg(json_build_object('id', c.id, 'title', c.title, 'pass_percent', c.pass_percent)
                    order by c.position, c.id)
                from paper_sections c where c.paper_id = p.id), '[]') as "sections!: Json<Vec<Section>>",
            t.submitted as "submitted!", t.passed as "passed!", t.mark as "mark!", t.available as "available!", t.unreadable as "unreadable!",
            coalesce((select json_agg(json_build_object('mark', g.mark, 'available', g.available, 'sittings', g.sittings))
                from (
                    select s.mark, s.available, count(*) as sittings from submitted s
                    where s.mark is not null and s.available is not null group by 1, 2
                ) g), '[]') as "marked!: Json<Vec<Marked>>",
            coalesce((select json_agg(json_build_object('section', u.section_id, 'category', u.category, 'mark', u.mark, 'available', u.available))
                from sums u), '[]') as "sums!: Json<Vec<Sum>>"
        from paper_access($1, $2, $3) a
        cross join papers p
        cross join lateral (
            select count(*) as submitted, count(*) filter (where s.passed) as passed, coalesce(sum(s.mark), 0) as mark,
                coalesce(sum(s.available), 0) as available, count(*) filter (where s.unreadable > 0) as unreadable
            from submitted s
        ) t
        where p.id = $1"#,
        paper.0,
        actor.person().0,
        since(services),
        i64::try_from(MOST_NAMES).map_err(Error::failed)?,
    )
    .fetch_optional(db)
    .await?
    .ok_or(Error::NotFound)?;
    let setter = head.proof.0.admit()?;
    let totals = ResultTotals {
        submitted: number(head.submitted)?,
        passed: number(head.passed)?,
        mark: number(head.mark)?,
        available: number(head.available)?,
        unreadable: number(head.unreadable)?,
    };
    let head = Head {
        title: head.title,
        pass_percent: number(head.pass_percent)?,
        release: known("release", &head.release, Release::parse)?,
        released: head.released,
        remarking: head.remarking.map(|remarking| remarking.0),
        state: state(head.published_at, head.opens_at, head.closes_at, head.now),
        sitting: number(head.sitting)?,
        names: head.names,
        sections: head.sections.0,
        totals,
        marked: head.marked.0,
        sums: head.sums.0,
    };
    Ok((setter, head))
}

/// One page of the rows. A paper has a bounded number of sittings, so they are read by index and sorted. The marks in each section are
/// then read for the sittings of this page alone.
pub(super) async fn page(
    db: &mut PgConnection,
    setter: PaperSetter,
    head: &Head,
    query: &ResultsQuery,
    asked: Asked,
) -> Result<Page<ResultRow>> {
    let mut rows = sqlx::query!(
        // The statement reads the questions once, not once for each mark.
        r#"with i as materialized (select id, section_id, marks from paper_items where paper_id = $1),
        listed as (
            select s.id, s.attempt, s.submitted_at, s.submitted_by, s.mark, s.available, s.passed,
                coalesce(h.full_name, 'Erased account') as name, coalesce(h.email, '') as email,
                case $2
                    when 'mark' then to_char(s.mark, 'FM0000000000')
                    when 'submitted' then to_char(s.submitted_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
                    else lower(coalesce(h.full_name, 'Erased account'))
                end collate "und-x-icu" as key
            from sittings s
            -- Each by the key: a join could read the whole table.
            left join lateral (select x.full_name, x.email from people_named x where x.id = s.learner_id offset 0) h on true
            where s.paper_id = $1 and s.submitted_at is not null
                and (found_by(coalesce(h.full_name, 'Erased account'), $3, (select searchable($3)))
                    or found_by(h.email, $3, (select searchable($3))))
                and case $4
                    when 'passed' then s.passed
                    when 'failed' then not s.passed
                    -- Of one sitting at a time: the totals of all papers are in one table.
                    when 'unreadable' then exists (
                        select from sitting_totals x where x.sitting_id = s.id and x.unreadable > 0 offset 0
                    )
                    else true
                end
        ), shown as (
            select * from listed
            where $5::text is null
                or case when $7 then (key, id) < ($5 collate "und-x-icu", $6) else (key, id) > ($5 collate "und-x-icu", $6) end
            order by case when $7 then key end desc, case when not $7 then key end, case when $7 then id end desc, id
            limit $8
        ), counted as materialized (select count(*) as found from listed)
        select c.found as "found!", s.id as "id?", s.name as "name?", s.email as "email?", s.attempt as "attempt?",
            s.submitted_at as "submitted_at?", s.submitted_by as "submitted_by?", s.mark as "mark?", s.available as "available?",
            s.passed as "passed?", s.key as "key?",
            (select count(*) from incidents x where x.sitting_id = s.id) as "incidents!",
            -- A column each, in one order: a section.
            m.sections as "sections?", m.got as "got?", m.out_of as "out_of?", m.unreadable as "unreadable?"
        from counted c left join shown s on true
        left join lateral (
            select array_agg(g.section_id) as sections, array_agg(g.got) as got, array_agg(g.out_of) as out_of,
                sum(g.unreadable)::bigint as unreadable
            from (
                select i.section_id, sum(m.marks) as got, sum(i.marks) as out_of, count(*) filter (where m.unreadable) as unreadable
                from (select x.* from item_marks x where x.sitting_id = s.id offset 0) m join i on i.id = m.item_id group by 1
            ) g
        ) m on true
        order by case when $7 then s.key end desc, case when not $7 then s.key end, case when $7 then s.id end desc, s.id"#,
        setter.paper().0,
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
    // When no result is found, the only row has no sitting.
    let found = rows.first().map(|row| row.found).unwrap_or_default();
    rows.retain(|row| row.id.is_some());
    let counts = (found, i64::from(head.totals.submitted));
    asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let sums = row.got.iter().flatten().zip(row.out_of.iter().flatten());
            let mut of_section: HashMap<Uuid, (u32, u32)> = HashMap::new();
            for (section, (got, out_of)) in row.sections.iter().flatten().zip(sums) {
                of_section.insert(*section, (number(*got)?, number(*out_of)?));
            }
            let own = head.sections.iter().map(|section| {
                let (mark, available) = of_section.get(&section.id).copied().unwrap_or_default();
                SectionResult {
                    title: section.title.clone(),
                    mark,
                    available,
                    pass_percent: section.pass_percent,
                }
            });
            let own: Vec<_> = own.collect();
            let missing = || Error::failed("a submitted sitting without its outcome");
            let outcome = ReleasedOutcome {
                mark: number(row.mark.ok_or_else(missing)?)?,
                available: number(row.available.ok_or_else(missing)?)?,
                passed: row.passed.ok_or_else(missing)?,
            };
            let submitted_by = row.submitted_by.ok_or_else(missing)?;
            Ok(ResultRow {
                sitting: SittingId(row.id.ok_or_else(missing)?),
                name: row.name.unwrap_or_default(),
                email: row.email.unwrap_or_default(),
                attempt: number(row.attempt.unwrap_or_default())?,
                submitted: moment(row.submitted_at.ok_or_else(missing)?),
                submitted_by: known("submitted by", &submitted_by, SubmittedBy::parse)?,
                outcome,
                sections: own.iter().map(|section| section.mark).collect(),
                missed: missed(outcome, head.pass_percent, &own),
                unreadable: number(row.unreadable.unwrap_or(0))?,
                incidents: number(row.incidents)?,
            })
        },
    )
}
