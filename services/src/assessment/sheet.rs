//! What whoever set a paper sees of it afterwards: the result sheet, and how the questions did.

use std::collections::{BTreeMap, HashMap};

use domain::assessment::{
    AskedView, Category, CategoryResult, CorrectionRow, ItemId, ItemRow, ItemSheet, ItemVariant,
    MOST_CORRECTIONS, PaperId, Question, Release, ReleasedOutcome, Response, ResultSheet, SectionResult,
    SheetRow, SittingId, SubmittedBy, Verdict, analyse, tally,
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{count_of, html, known, number, setting::state};
use crate::{Error, Result, Services, accounts::Actor, markdown::plain, moment};

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
    // Both begin at the sittings of this paper: marks are many more than the questions of one paper, and those of all papers are
    // in one table.
    let marks = sqlx::query!(
        r#"select m.sitting_id, i.section_id, sum(m.marks) as "mark!", count(*) filter (where m.unreadable) as "unreadable!"
        from sittings s join item_marks m on m.sitting_id = s.id join paper_items i on i.id = m.item_id
        where s.paper_id = $1 and s.submitted_at is not null group by 1, 2"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let sums = sqlx::query!(
        r#"select i.section_id, i.question->>'category' as "category!", sum(t.mark)::bigint as "mark!",
            sum(t.times * i.marks)::bigint as "available!"
        from (
            select m.item_id, sum(m.marks) as mark, count(*) as times
            from sittings s join item_marks m on m.sitting_id = s.id
            where s.paper_id = $1 and s.submitted_at is not null group by 1
        ) t join paper_items i on i.id = t.item_id group by 1, 2"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    db.commit().await?;
    let mut of_sitting: HashMap<(Uuid, Uuid), u32> = HashMap::new();
    let mut unreadable: HashMap<Uuid, u32> = HashMap::new();
    for row in marks {
        of_sitting.insert((row.sitting_id, row.section_id), number(row.mark)?);
        *unreadable.entry(row.sitting_id).or_default() += number::<u32>(row.unreadable)?;
    }
    let mut categories: BTreeMap<Category, (u32, u32)> = BTreeMap::new();
    let mut by_section: BTreeMap<Uuid, (u32, u32)> = BTreeMap::new();
    for row in sums {
        let (mark, available): (u32, u32) = (number(row.mark)?, number(row.available)?);
        let add = |sums: &mut (u32, u32)| *sums = (sums.0 + mark, sums.1 + available);
        add(by_section.entry(row.section_id).or_default());
        add(categories.entry(known("category", &row.category, Category::parse)?).or_default());
    }
    Ok(ResultSheet {
        paper,
        title: head.title,
        pass_percent: number(head.pass_percent)?,
        release: known("release", &head.release, Release::parse)?,
        released: head.released,
        state: state(head.published_at, head.opens_at, head.closes_at, head.now),
        sitting: head.sitting,
        rows: rows
            .into_iter()
            .map(|row| {
                Ok(SheetRow {
                    sitting: SittingId(row.id),
                    name: row.name,
                    email: row.email,
                    attempt: number(row.attempt)?,
                    submitted: moment(row.submitted_at),
                    submitted_by: known("submitted by", &row.submitted_by, SubmittedBy::parse)?,
                    outcome: ReleasedOutcome {
                        mark: number(row.mark)?,
                        available: number(row.available)?,
                        passed: row.passed,
                    },
                    sections: sections
                        .iter()
                        .map(|section| of_sitting.get(&(row.id, section.id)).copied().unwrap_or(0))
                        .collect(),
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

/// `/assessments/papers/{paper}/items`: how the questions did. The attempts of a paper ask the same things with other numbers, so
/// they are counted together, place by place.
pub async fn item_sheet(services: &Services, actor: &Actor, paper: PaperId) -> Result<ItemSheet> {
    let mut db = services.snapshot().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let title = sqlx::query_scalar!("select title from papers where id = $1", setter.paper.0)
        .fetch_one(&mut *db)
        .await?;
    let mut items = sqlx::query!(
        r#"select id, attempt, position, marks, voided, question as "question: Json<Question>" from paper_items
        where paper_id = $1 order by attempt, position"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let outcomes = sqlx::query!(
        r#"select m.sitting_id, i.id as item, i.position, m.marks, m.unreadable, m.verdict as "verdict: Json<Verdict>",
            a.response as "response?: Json<Response>"
        from sittings s
        join item_marks m on m.sitting_id = s.id
        join paper_items i on i.id = m.item_id
        left join answers a on a.sitting_id = m.sitting_id and a.item_id = m.item_id
        where s.paper_id = $1 and s.submitted_at is not null order by m.sitting_id, i.position"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let corrections = sqlx::query!(
        r#"select c.at, coalesce(p.full_name, '') as "by!", i.position, c.reason, c.voided, c.restored, count(*) over () as "all!",
            (select count(*) from mark_changes m where m.correction_id = c.id) as "changed!",
            (select count(*) from mark_changes m where m.correction_id = c.id and m.passed_before <> m.passed_after) as "passes!"
        from paper_corrections c join paper_items i on i.id = c.item_id left join people p on p.id = c.corrected_by
        where i.paper_id = $1 order by c.at desc, c.id limit $2"#,
        setter.paper.0,
        i64::try_from(MOST_CORRECTIONS).map_err(Error::failed)?,
    )
    .fetch_all(&mut *db)
    .await?;
    db.commit().await?;
    items.iter_mut().for_each(|item| item.question.reword_options(plain));
    let questions: BTreeMap<Uuid, &Question> = items.iter().map(|item| (item.id, &item.question.0)).collect();
    let places: Vec<_> = items.iter().filter(|item| item.attempt == 1).collect();
    let available: Vec<u32> = places.iter().map(|item| number(item.marks)).collect::<Result<_>>()?;
    let mut marks: Vec<Vec<u32>> = Vec::new();
    let mut at = None;
    for outcome in &outcomes {
        if at != Some(outcome.sitting_id) {
            at = Some(outcome.sitting_id);
            marks.push(vec![0; places.len()]);
        }
        let place = number::<usize>(outcome.position)?.saturating_sub(1);
        if let Some(mark) = marks.last_mut().and_then(|row| row.get_mut(place)) {
            *mark = number(outcome.marks)?;
        }
    }
    let rows = places.iter().map(|item| {
        let here = || outcomes.iter().filter(|outcome| outcome.position == item.position);
        let answers = here().filter_map(|outcome| {
            let question = questions.get(&outcome.item)?;
            Some((
                *question,
                outcome.response.as_ref().map(|response| &response.0),
                outcome.verdict.as_ref().map(|verdict| &verdict.0),
            ))
        });
        let variants = items.iter().filter(|other| other.position == item.position).map(|other| {
            Ok(ItemVariant {
                item: ItemId(other.id),
                attempt: number(other.attempt)?,
                right_answer: other.question.right_answer(),
                options: match other.question.asked().view {
                    AskedView::SingleChoice(options)
                    | AskedView::MultipleChoice(options)
                    | AskedView::Ordering(options) => {
                        options.into_iter().map(|option| (option.id, option.text)).collect()
                    }
                    AskedView::Number { .. } | AskedView::TextEntry => Vec::new(),
                },
            })
        });
        Ok(ItemRow {
            item: ItemId(item.id),
            variants: variants.collect::<Result<_>>()?,
            template: item.question.template.clone(),
            category: item.question.category,
            difficulty: item.question.difficulty,
            wording: html(&item.question.wording),
            right_answer: item.question.right_answer(),
            marks: number(item.marks)?,
            voided: item.voided,
            unreadable: count_of(here().filter(|outcome| outcome.unreadable))?,
            tally: tally(answers),
        })
    });
    let rows = rows.collect::<Result<Vec<_>>>()?;
    Ok(ItemSheet {
        paper,
        title,
        analysis: analyse(&available, &marks),
        items: rows,
        all_corrections: corrections.first().map_or(Ok(0), |row| number(row.all))?,
        corrections: corrections
            .into_iter()
            .map(|row| {
                Ok(CorrectionRow {
                    at: moment(row.at),
                    by: row.by,
                    question: number(row.position)?,
                    reason: row.reason,
                    what: match (row.voided, row.restored) {
                        (true, _) => "Taken out: everybody got its marks",
                        (_, true) => "Put back: marked again as it was answered",
                        _ => "The key was corrected",
                    }
                    .to_owned(),
                    marks_changed: number(row.changed)?,
                    passes_changed: number(row.passes)?,
                })
            })
            .collect::<Result<_>>()?,
    })
}
