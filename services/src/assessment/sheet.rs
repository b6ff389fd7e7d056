//! What whoever set a paper sees of its candidates afterwards.

use std::collections::{BTreeMap, HashMap};

use domain::assessment::{
    Category, CategoryResult, PaperId, Release, ReleasedOutcome, ResultSheet, SectionResult, SheetRow,
    SittingId, SubmittedBy, missed,
};
use uuid::Uuid;

use super::{known, number, setting::state};
use crate::{Result, Services, accounts::Actor, moment};

/// `/assessments/papers/{paper}/results`: everybody who has submitted.
pub async fn result_sheet(services: &Services, actor: &Actor, paper: PaperId) -> Result<ResultSheet> {
    // Rows and sums agree: a correction may be written meanwhile.
    let mut db = services.snapshot().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let head = sqlx::query!(
        r#"select p.title, p.pass_percent, p.release, results_released(p.id) as "released!",
            p.published_at, p.opens_at, p.closes_at, now() as "now!",
            array(select coalesce(h.full_name, 'Erased account') from sittings s left join people h on h.id = s.learner_id
                where s.paper_id = p.id and s.submitted_at is null order by 1) as "sitting!"
        from papers p where p.id = $1"#,
        setter.paper.0,
    )
    .fetch_one(&mut *db)
    .await?;
    let sections = sqlx::query!(
        "select id, title, pass_percent from paper_sections where paper_id = $1 order by position, id",
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let rows = sqlx::query!(
        r#"select s.id, coalesce(h.full_name, 'Erased account') as "name!", coalesce(h.email, '') as "email!", s.attempt,
            s.submitted_at as "submitted_at!", s.submitted_by as "submitted_by!", s.mark as "mark!", s.available as "available!",
            s.passed as "passed!",
            (select count(*) from incidents x where x.sitting_id = s.id) as "incidents!"
        from sittings s left join people h on h.id = s.learner_id
        where s.paper_id = $1 and s.submitted_at is not null order by h.full_name, s.id"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    // It begins at the sittings of this paper: marks are many more than the questions of one paper, and those of all papers are in one
    // table. What a sitting comes to is summed up sitting by sitting: to sort all marks would take a file.
    let marks = sqlx::query!(
        // The questions are read once, not once for each mark.
        r#"with i as materialized (select id, section_id, question->>'category' as category, marks from paper_items where paper_id = $1)
        select s.id, m.section_id as "section_id!", m.category as "category!", m.mark as "mark!", m.available as "available!",
            m.unreadable as "unreadable!"
        from sittings s
        cross join lateral (
            select i.section_id, i.category, sum(m.marks) as mark, sum(i.marks) as available,
                count(*) filter (where m.unreadable) as unreadable
            from (select x.* from item_marks x where x.sitting_id = s.id offset 0) m join i on i.id = m.item_id group by 1, 2
        ) m
        where s.paper_id = $1 and s.submitted_at is not null"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    db.commit().await?;
    let mut of_sitting: HashMap<(Uuid, Uuid), (u32, u32)> = HashMap::new();
    let mut unreadable: HashMap<Uuid, u32> = HashMap::new();
    let mut categories: BTreeMap<Category, (u32, u32)> = BTreeMap::new();
    let mut by_section: BTreeMap<Uuid, (u32, u32)> = BTreeMap::new();
    for row in marks {
        let (mark, available): (u32, u32) = (number(row.mark)?, number(row.available)?);
        let own = of_sitting.entry((row.id, row.section_id)).or_default();
        *own = (own.0 + mark, own.1 + available);
        *unreadable.entry(row.id).or_default() += number::<u32>(row.unreadable)?;
        let add = |sums: &mut (u32, u32)| *sums = (sums.0 + mark, sums.1 + available);
        add(by_section.entry(row.section_id).or_default());
        add(categories.entry(known("category", &row.category, Category::parse)?).or_default());
    }
    let pass_percent = number(head.pass_percent)?;
    let own = |sitting: Uuid| {
        let own = sections.iter().map(|section| {
            let (mark, available) = of_sitting.get(&(sitting, section.id)).copied().unwrap_or_default();
            let pass_percent = section.pass_percent.map(number).transpose()?;
            Ok(SectionResult { title: section.title.clone(), mark, available, pass_percent })
        });
        own.collect::<Result<Vec<_>>>()
    };
    Ok(ResultSheet {
        paper,
        title: head.title,
        pass_percent,
        release: known("release", &head.release, Release::parse)?,
        released: head.released,
        state: state(head.published_at, head.opens_at, head.closes_at, head.now),
        sitting: head.sitting,
        rows: rows
            .into_iter()
            .map(|row| {
                let own = own(row.id)?;
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
                    unreadable: unreadable.get(&row.id).copied().unwrap_or(0),
                    incidents: number(row.incidents)?,
                })
            })
            .collect::<Result<_>>()?,
        sections: sections
            .into_iter()
            .map(|row| {
                let (mark, available) = by_section.get(&row.id).copied().unwrap_or_default();
                Ok(SectionResult {
                    title: row.title,
                    mark,
                    available,
                    pass_percent: row.pass_percent.map(number).transpose()?,
                })
            })
            .collect::<Result<_>>()?,
        categories: categories
            .into_iter()
            .map(|(category, (mark, available))| CategoryResult { category, mark, available })
            .collect(),
    })
}
