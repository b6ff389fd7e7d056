//! Results: the candidate's own when they are out, and the setter's sheet and item analysis.

use std::collections::BTreeMap;

use domain::assessment::{
    AskedView, Category, CategoryResult, CorrectionRow, ItemId, ItemRow, ItemSheet, ItemVariant, PaperId,
    PaperKind, Question, QuestionResult, Release, ReleasedOutcome, Response, ResultSheet, SectionResult,
    SheetRow, SittingId, SittingResult, Verdict, Verification, analyse, tally,
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    certificate::{self, Certificate},
    html, number,
    sitting::day,
};
use crate::{Error, Result, Services, accounts::Actor, csv, moment};

/// One question as it was answered and marked. What people typed is text; the texts of the bank are HTML.
pub(super) fn question_result(
    item: ItemId,
    question: &Question,
    response: Option<&Response>,
    verdict: Option<Verdict>,
    hints: i64,
) -> QuestionResult {
    let right = verdict.as_ref().is_some_and(|verdict| verdict.right);
    QuestionResult {
        item,
        category: question.category,
        stimulus: question.stimulus.as_deref().map(html),
        wording: html(&question.wording),
        given: response.map(|response| question.given(response)).unwrap_or_default(),
        right_answer: question.right_answer(),
        solution: question.solution.iter().map(|step| html(step)).collect(),
        verdict,
        marks: u32::from(right),
        available: 1,
        hints: number(hints),
        unreadable: false,
        voided: false,
    }
}

/// The result of a submitted sitting, for whoever was found to be allowed to see it.
pub(super) async fn sitting_result(db: &mut PgConnection, sitting: SittingId) -> Result<SittingResult> {
    let head = sqlx::query!(
        r#"select s.paper_id, p.title, p.kind, p.pass_percent, coalesce(h.full_name, 'Erased account') as "name!",
            s.submitted_at as "submitted_at!", s.mark as "mark!", s.available as "available!", s.passed as "passed!",
            s.verification_code, s.removed_on,
            exists (select from mark_changes c where c.sitting_id = s.id) as "corrected!"
        from sittings s join papers p on p.id = s.paper_id left join people h on h.id = s.learner_id
        where s.id = $1 and s.submitted_at is not null"#,
        sitting.0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let rows = sqlx::query!(
        r#"select i.id, i.section_id, c.title as section, c.pass_percent, i.voided, i.marks as available,
            i.question as "question: Json<Question>", m.marks, m.unreadable, m.verdict as "verdict: Json<Verdict>",
            a.response as "response?: Json<Response>", coalesce(a.hints, 0) as "hints!"
        from item_marks m
        join paper_items i on i.id = m.item_id
        join paper_sections c on c.id = i.section_id
        left join answers a on a.sitting_id = m.sitting_id and a.item_id = m.item_id
        where m.sitting_id = $1 order by i.position"#,
        sitting.0,
    )
    .fetch_all(db)
    .await?;
    let mut sections: Vec<(Uuid, SectionResult)> = Vec::new();
    let mut categories: BTreeMap<Category, (u32, u32)> = BTreeMap::new();
    let mut questions = Vec::with_capacity(rows.len());
    for row in rows {
        let (marks, available): (u32, u32) = (number(row.marks), number(row.available));
        if sections.last().is_none_or(|(id, _)| *id != row.section_id) {
            let pass_percent = row.pass_percent.map(number);
            sections.push((
                row.section_id,
                SectionResult { title: row.section, mark: 0, available: 0, pass_percent },
            ));
        }
        if let Some((_, section)) = sections.last_mut() {
            section.mark += marks;
            section.available += available;
        }
        let question = row.question.0;
        let sums = categories.entry(question.category).or_default();
        *sums = (sums.0 + marks, sums.1 + available);
        let response = row.response.map(|response| response.0);
        let verdict = row.verdict.map(|verdict| verdict.0);
        questions.push(QuestionResult {
            marks,
            available,
            unreadable: row.unreadable,
            voided: row.voided,
            ..question_result(ItemId(row.id), &question, response.as_ref(), verdict, row.hints.into())
        });
    }
    Ok(SittingResult {
        sitting,
        paper: PaperId(head.paper_id),
        title: head.title,
        kind: PaperKind::parse(&head.kind).unwrap_or(PaperKind::Mock),
        candidate: head.name,
        submitted: moment(head.submitted_at),
        outcome: ReleasedOutcome {
            mark: number(head.mark),
            available: number(head.available),
            passed: head.passed,
        },
        pass_percent: number(head.pass_percent),
        sections: sections.into_iter().map(|(_, section)| section).collect(),
        categories: categories
            .into_iter()
            .map(|(category, (mark, available))| CategoryResult { category, mark, available })
            .collect(),
        questions,
        verification_code: head.verification_code,
        removed_on: head.removed_on.format("%-d %B %Y").to_string(),
        corrected: head.corrected,
    })
}

/// `/assessments/sittings/{sitting}/result`, for the candidate.
///
/// # Errors
/// [`Error::NotFound`] until the results are released.
pub async fn own_result(services: &Services, actor: &Actor, sitting: SittingId) -> Result<SittingResult> {
    let mut db = services.db.acquire().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    let released = sqlx::query_scalar!(
        r#"select results_released(paper_id) as "released!" from sittings where id = $1"#,
        candidate.sitting.0,
    )
    .fetch_one(&mut *db)
    .await?;
    if !released {
        return Err(Error::NotFound);
    }
    sitting_result(&mut db, sitting).await
}

/// The certificate of a passed sitting as a PDF file, for the candidate.
///
/// # Errors
/// [`Error::NotFound`] until the results are released, and for who has not passed.
pub async fn certificate_of(services: &Services, actor: &Actor, sitting: SittingId) -> Result<Vec<u8>> {
    let result = own_result(services, actor, sitting).await?;
    let code = result.verification_code.ok_or(Error::NotFound)?;
    let row = sqlx::query!(
        r#"select o.name, s.submitted_at as "submitted_at!" from sittings s join papers p on p.id = s.paper_id
        join organisations o on o.id = p.organisation_id where s.id = $1"#,
        sitting.0,
    )
    .fetch_one(&services.db)
    .await?;
    certificate::pdf(&Certificate {
        name: result.candidate,
        paper: result.title,
        organisation: row.name,
        date: day(row.submitted_at),
        mark: result.outcome.in_words(),
        verify_url: format!("{}/verify/{code}", services.public_url),
        code,
        removed_on: result.removed_on,
    })
}

/// `/verify/{code}`, for anybody: that the certificate is real, the paper, the date and initials.
///
/// # Errors
/// [`Error::NotFound`] for a code that is no certificate's, and while its result is not out.
pub async fn verify(services: &Services, code: &str) -> Result<Verification> {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let code =
        letters.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four)).collect::<Vec<_>>().join("-");
    let row = sqlx::query!(
        r#"select p.title, s.submitted_at as "submitted_at!", coalesce(h.full_name, '') as "name!"
        from sittings s join papers p on p.id = s.paper_id left join people h on h.id = s.learner_id
        where s.verification_code = $1 and s.passed and s.submitted_at is not null and results_released(p.id)"#,
        code,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    let initials = row.name.split_whitespace().filter_map(|name| name.chars().find(|c| c.is_alphabetic()));
    let initials: Vec<_> = initials.map(|letter| format!("{}.", letter.to_uppercase())).collect();
    Ok(Verification { paper: row.title, date: day(row.submitted_at), initials: initials.join(" ") })
}

/// `/assessments/papers/{paper}/results`: everybody who has submitted.
pub async fn result_sheet(services: &Services, actor: &Actor, paper: PaperId) -> Result<ResultSheet> {
    let mut db = services.db.acquire().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let head = sqlx::query!(
        r#"select p.title, p.pass_percent, p.release, results_released(p.id) as "released!",
            (select count(*) from sittings s where s.paper_id = p.id and s.submitted_at is null) as "open!"
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
            (select count(*) from item_marks m where m.sitting_id = s.id and m.unreadable) as "unreadable!",
            (select count(*) from incidents x where x.sitting_id = s.id) as "incidents!",
            array(select coalesce(sum(m.marks), 0)::bigint from paper_sections c
                left join paper_items i on i.section_id = c.id and i.attempt = s.attempt
                left join item_marks m on m.item_id = i.id and m.sitting_id = s.id
                where c.paper_id = s.paper_id group by c.id, c.position order by c.position, c.id) as "sections!"
        from sittings s left join people h on h.id = s.learner_id
        where s.paper_id = $1 and s.submitted_at is not null order by h.full_name, s.id"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let sums = sqlx::query!(
        r#"select i.section_id, i.question->>'category' as "category!", sum(m.marks) as "mark!", sum(i.marks) as "available!"
        from item_marks m join paper_items i on i.id = m.item_id join sittings s on s.id = m.sitting_id
        where i.paper_id = $1 and s.submitted_at is not null group by 1, 2"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut categories: BTreeMap<Category, (u32, u32)> = BTreeMap::new();
    let mut by_section: BTreeMap<Uuid, (u32, u32)> = BTreeMap::new();
    for row in sums {
        let (mark, available): (u32, u32) = (number(row.mark), number(row.available));
        let add = |sums: &mut (u32, u32)| *sums = (sums.0 + mark, sums.1 + available);
        add(by_section.entry(row.section_id).or_default());
        if let Some(category) = Category::parse(&row.category) {
            add(categories.entry(category).or_default());
        }
    }
    Ok(ResultSheet {
        paper,
        title: head.title,
        pass_percent: number(head.pass_percent),
        release: Release::parse(&head.release).unwrap_or(Release::ByHand),
        released: head.released,
        still_sitting: number(head.open),
        rows: rows
            .into_iter()
            .map(|row| SheetRow {
                sitting: SittingId(row.id),
                name: row.name,
                email: row.email,
                attempt: number(row.attempt),
                submitted: moment(row.submitted_at),
                submitted_by: match row.submitted_by.as_str() {
                    "candidate" => "Candidate",
                    "setter" => "Setter",
                    _ => "Time was up",
                }
                .to_owned(),
                outcome: ReleasedOutcome {
                    mark: number(row.mark),
                    available: number(row.available),
                    passed: row.passed,
                },
                sections: row.sections.into_iter().map(number).collect(),
                unreadable: number(row.unreadable),
                incidents: number(row.incidents),
            })
            .collect(),
        sections: sections
            .into_iter()
            .map(|row| {
                let (mark, available) = by_section.get(&row.id).copied().unwrap_or_default();
                SectionResult {
                    title: row.title,
                    mark,
                    available,
                    pass_percent: row.pass_percent.map(number),
                }
            })
            .collect(),
        categories: categories
            .into_iter()
            .map(|(category, (mark, available))| CategoryResult { category, mark, available })
            .collect(),
    })
}

/// The result sheet as a file for a spreadsheet.
pub async fn result_csv(services: &Services, actor: &Actor, paper: PaperId) -> Result<Vec<u8>> {
    let sheet = result_sheet(services, actor, paper).await?;
    let mut header = vec!["Name", "E-mail", "Attempt", "Submitted", "By", "Mark", "Of", "Per cent", "Passed"];
    header.extend(sheet.sections.iter().map(|section| section.title.as_str()));
    header.extend(["Not readable", "Incidents"]);
    let rows = sheet.rows.iter().map(|row| {
        let mut cells = vec![
            row.name.clone(),
            row.email.clone(),
            row.attempt.to_string(),
            row.submitted.utc.clone(),
            row.submitted_by.clone(),
            row.outcome.mark.to_string(),
            row.outcome.available.to_string(),
            row.outcome.percent().to_string(),
            if row.outcome.passed { "Yes" } else { "No" }.to_owned(),
        ];
        cells.extend(row.sections.iter().map(u32::to_string));
        cells.extend([row.unreadable.to_string(), row.incidents.to_string()]);
        cells
    });
    csv::sheet(&header, rows)
}

/// `/assessments/papers/{paper}/items`: how the questions did. The attempts of a paper ask the same things with other numbers, so
/// they are counted together, place by place.
pub async fn item_sheet(services: &Services, actor: &Actor, paper: PaperId) -> Result<ItemSheet> {
    let mut db = services.db.acquire().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let title = sqlx::query_scalar!("select title from papers where id = $1", setter.paper.0)
        .fetch_one(&mut *db)
        .await?;
    let items = sqlx::query!(
        r#"select id, attempt, position, marks, voided, question as "question: Json<Question>" from paper_items
        where paper_id = $1 order by attempt, position"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let outcomes = sqlx::query!(
        r#"select m.sitting_id, i.id as item, i.position, m.marks, m.unreadable, m.verdict as "verdict: Json<Verdict>",
            a.response as "response?: Json<Response>"
        from item_marks m
        join sittings s on s.id = m.sitting_id and s.submitted_at is not null
        join paper_items i on i.id = m.item_id
        left join answers a on a.sitting_id = m.sitting_id and a.item_id = m.item_id
        where i.paper_id = $1 order by m.sitting_id, i.position"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let questions: BTreeMap<Uuid, &Question> = items.iter().map(|item| (item.id, &item.question.0)).collect();
    let places: Vec<_> = items.iter().filter(|item| item.attempt == 1).collect();
    let available: Vec<u32> = places.iter().map(|item| number(item.marks)).collect();
    let mut marks: Vec<Vec<u32>> = Vec::new();
    let mut at = None;
    for outcome in &outcomes {
        if at != Some(outcome.sitting_id) {
            at = Some(outcome.sitting_id);
            marks.push(vec![0; places.len()]);
        }
        let place = usize::try_from(outcome.position).unwrap_or(0).saturating_sub(1);
        if let Some(mark) = marks.last_mut().and_then(|row| row.get_mut(place)) {
            *mark = number(outcome.marks);
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
        let variants =
            items.iter().filter(|other| other.position == item.position).map(|other| ItemVariant {
                item: ItemId(other.id),
                attempt: number(other.attempt),
                right_answer: other.question.right_answer(),
                options: match other.question.asked().view {
                    AskedView::SingleChoice(options)
                    | AskedView::MultipleChoice(options)
                    | AskedView::Ordering(options) => {
                        options.into_iter().map(|option| (option.id, option.text)).collect()
                    }
                    AskedView::Number { .. } | AskedView::TextEntry => Vec::new(),
                },
            });
        ItemRow {
            item: ItemId(item.id),
            variants: variants.collect(),
            template: item.question.template.clone(),
            category: item.question.category,
            difficulty: item.question.difficulty,
            wording: html(&item.question.wording),
            right_answer: item.question.right_answer(),
            marks: number(item.marks),
            voided: item.voided,
            unreadable: number(
                i64::try_from(here().filter(|outcome| outcome.unreadable).count()).unwrap_or(0),
            ),
            tally: tally(answers),
        }
    });
    let rows: Vec<_> = rows.collect();
    let corrections = sqlx::query!(
        r#"select c.at, coalesce(p.full_name, '') as "by!", i.position, c.reason, c.voided,
            (select count(*) from mark_changes m where m.correction_id = c.id) as "changed!",
            (select count(*) from mark_changes m where m.correction_id = c.id and m.passed_before <> m.passed_after) as "passes!"
        from paper_corrections c join paper_items i on i.id = c.item_id left join people p on p.id = c.corrected_by
        where i.paper_id = $1 order by c.at desc, c.id limit 100"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    Ok(ItemSheet {
        paper,
        title,
        analysis: analyse(&available, &marks),
        items: rows,
        corrections: corrections
            .into_iter()
            .map(|row| CorrectionRow {
                at: moment(row.at),
                by: row.by,
                question: number(row.position),
                reason: row.reason,
                what: if row.voided { "Taken out: everybody got its marks" } else { "The key was corrected" }
                    .to_owned(),
                marks_changed: number(row.changed),
                passes_changed: number(row.passes),
            })
            .collect(),
    })
}
