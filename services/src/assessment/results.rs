//! Results: the candidate's own when they are out, and the setter's sheet and item analysis.

use std::collections::BTreeMap;

use domain::assessment::{
    Category, CategoryResult, ItemId, PaperId, PaperKind, Question, QuestionResult, ReleasedOutcome,
    Response, SectionResult, SittingId, SittingResult, Verdict, Verification,
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    certificate::{self, Certificate},
    day, html, known, number,
};
use crate::{Error, Result, Services, accounts::Actor, markdown::plain, moment};

/// One question as it was answered and marked. What people typed is text; the texts of the bank are HTML.
pub(super) fn question_result(
    item: ItemId,
    mut question: Question,
    response: Option<&Response>,
    verdict: Option<Verdict>,
    hints: u32,
) -> QuestionResult {
    question.reword_options(plain);
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
        hints,
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
        let (marks, available): (u32, u32) = (number(row.marks)?, number(row.available)?);
        if sections.last().is_none_or(|(id, _)| *id != row.section_id) {
            let pass_percent = row.pass_percent.map(number).transpose()?;
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
            ..question_result(ItemId(row.id), question, response.as_ref(), verdict, number(row.hints)?)
        });
    }
    Ok(SittingResult {
        sitting,
        paper: PaperId(head.paper_id),
        title: head.title,
        kind: known("kind", &head.kind, PaperKind::parse)?,
        candidate: head.name,
        submitted: moment(head.submitted_at),
        outcome: ReleasedOutcome {
            mark: number(head.mark)?,
            available: number(head.available)?,
            passed: head.passed,
        },
        pass_percent: number(head.pass_percent)?,
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
    sitting_result(&mut db, candidate.sitting).await
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
