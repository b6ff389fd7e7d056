//! What whoever set a paper sees of its candidates afterwards.

use std::collections::{BTreeMap, HashMap};

use domain::assessment::{
    Category, PaperId, Release,
    delivery::{SittingId, SubmittedBy},
    results::{CategoryResult, ReleasedOutcome, ResultSheet, SectionResult, SheetRow, missed},
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::{PaperAccess, since},
    accounts::Actor,
    assessment::{authoring::papers::state, known, number},
    moment,
};

/// A section as the statement below reads it.
#[derive(Debug, serde::Deserialize)]
struct Section {
    id: Uuid,
    title: String,
    pass_percent: Option<u8>,
}

/// `/assessments/papers/{paper}/results`: everybody who has submitted.
pub async fn result_sheet(services: &Services, actor: &Actor, paper: PaperId) -> Result<ResultSheet> {
    // Rows and sums agree: a correction may be written meanwhile.
    let mut db = services.snapshot().await?;
    let head = sqlx::query!(
        r#"select a.proof as "proof!: Json<PaperAccess>", p.title, p.pass_percent, p.release,
            results_released(p.id) as "released!", p.published_at, p.opens_at, p.closes_at, now() as "now!",
            array(select coalesce(h.full_name, 'Erased account') from sittings s left join people h on h.id = s.learner_id
                where s.paper_id = p.id and s.submitted_at is null order by 1) as "sitting!",
            coalesce((select json_agg(json_build_object('id', c.id, 'title', c.title, 'pass_percent', c.pass_percent)
                    order by c.position, c.id)
                from paper_sections c where c.paper_id = p.id), '[]') as "sections!: Json<Vec<Section>>"
        from paper_access($1, $2, $3) a, papers p where p.id = $1"#,
        paper.0,
        actor.person().0,
        since(services),
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let setter = head.proof.0.admit()?;
    let sections = head.sections.0;
    // It begins at the sittings of this paper: marks are many more than the questions of one paper, and those of all papers are in one
    // table. What a sitting comes to is summed up sitting by sitting: to sort all marks would take a file.
    let mut rows = sqlx::query!(
        // The questions are read once, not once for each mark.
        r#"with i as materialized (select id, section_id, question->>'category' as category, marks from paper_items where paper_id = $1)
        select s.id, s.place as "place!", coalesce(s.full_name, 'Erased account') as "name!", coalesce(s.email, '') as "email!", s.attempt,
            s.submitted_at as "submitted_at!", s.submitted_by as "submitted_by!", s.mark as "mark!", s.available as "available!",
            s.passed as "passed!",
            (select count(*) from incidents x where x.sitting_id = s.id) as "incidents!",
            -- A column each, in one order: a section and a category.
            m.sections as "sections?", m.categories as "categories?", m.got as "got?", m.out_of as "out_of?", m.unreadable as "unreadable?"
        from (
            select s.*, h.full_name, h.email, row_number() over (order by h.full_name, s.id) as place
            from sittings s left join people h on h.id = s.learner_id
            where s.paper_id = $1 and s.submitted_at is not null
        ) s
        cross join lateral (
            select array_agg(g.section_id) as sections, array_agg(g.category) as categories, array_agg(g.got) as got,
                array_agg(g.out_of) as out_of, sum(g.unreadable)::bigint as unreadable
            from (
                select i.section_id, i.category, sum(m.marks) as got, sum(i.marks) as out_of, count(*) filter (where m.unreadable) as unreadable
                from (select x.* from item_marks x where x.sitting_id = s.id offset 0) m join i on i.id = m.item_id group by 1, 2
            ) g
        ) m"#,
        setter.paper().0,
    )
    .fetch_all(&mut *db)
    .await?;
    db.commit().await?;
    // Sorted where the names are compared, and put in that order here: all that comes with them is not to be moved.
    rows.sort_by_key(|row| row.place);
    let mut of_sitting: HashMap<(Uuid, Uuid), (u32, u32)> = HashMap::new();
    let mut categories: BTreeMap<Category, (u32, u32)> = BTreeMap::new();
    let mut by_section: BTreeMap<Uuid, (u32, u32)> = BTreeMap::new();
    for row in &rows {
        let places = row.sections.iter().flatten().zip(row.categories.iter().flatten());
        let sums = row.got.iter().flatten().zip(row.out_of.iter().flatten());
        for ((section, category), (got, out_of)) in places.zip(sums) {
            let (mark, available): (u32, u32) = (number(*got)?, number(*out_of)?);
            let add = |sums: &mut (u32, u32)| *sums = (sums.0 + mark, sums.1 + available);
            add(of_sitting.entry((row.id, *section)).or_default());
            add(by_section.entry(*section).or_default());
            add(categories.entry(known("category", category, Category::parse)?).or_default());
        }
    }
    let pass_percent = number(head.pass_percent)?;
    let own = |sitting: Uuid| {
        let own = sections.iter().map(|section| {
            let (mark, available) = of_sitting.get(&(sitting, section.id)).copied().unwrap_or_default();
            SectionResult {
                title: section.title.clone(),
                mark,
                available,
                pass_percent: section.pass_percent,
            }
        });
        own.collect::<Vec<_>>()
    };
    Ok(ResultSheet {
        paper: setter.paper(),
        title: head.title,
        pass_percent,
        release: known("release", &head.release, Release::parse)?,
        released: head.released,
        state: state(head.published_at, head.opens_at, head.closes_at, head.now),
        sitting: head.sitting,
        rows: rows
            .into_iter()
            .map(|row| {
                let own = own(row.id);
                let outcome = ReleasedOutcome {
                    mark: number(row.mark)?,
                    available: number(row.available)?,
                    passed: row.passed,
                };
                Ok(SheetRow {
                    sitting: SittingId(row.id),
                    name: row.name,
                    email: row.email,
                    attempt: number(row.attempt)?,
                    submitted: moment(row.submitted_at),
                    submitted_by: known("submitted by", &row.submitted_by, SubmittedBy::parse)?,
                    outcome,
                    sections: own.iter().map(|section| section.mark).collect(),
                    missed: missed(outcome, pass_percent, &own),
                    unreadable: number(row.unreadable.unwrap_or(0))?,
                    incidents: number(row.incidents)?,
                })
            })
            .collect::<Result<_>>()?,
        sections: sections
            .into_iter()
            .map(|section| {
                let (mark, available) = by_section.get(&section.id).copied().unwrap_or_default();
                SectionResult { title: section.title, mark, available, pass_percent: section.pass_percent }
            })
            .collect(),
        categories: categories
            .into_iter()
            .map(|(category, (mark, available))| CategoryResult { category, mark, available })
            .collect(),
    })
}
