//! The candidate's own result once it is released, its certificate, and the public check.

use std::collections::BTreeMap;

use domain::{
    Problem,
    assessment::{
        Category, ItemId, PaperId, PaperKind,
        delivery::SittingId,
        question::{Question, Response, Verdict},
        results::{
            CategoryResult, CertificateName, QuestionResult, ReleasedOutcome, SectionResult, SittingResult,
            Verification, Verified,
        },
    },
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::InvigilatedSitting,
    accounts::Actor,
    assessment::{day, delivery::order::as_seen, html, known, number, solution, stimulus},
    kit::{
        audit,
        markdown::plain,
        pdf::certificate::{self, Certificate},
        verification::{code_of, initials},
    },
    learning::verify_course,
    moment,
};

/// One question with its answer and its verdict. Typed answers are text; the texts of the bank are HTML.
pub(crate) fn question_result(
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
        stimulus: stimulus(&question),
        wording: html(&question.wording),
        given: response.map(|response| question.given(response)).unwrap_or_default(),
        right_answer: question.right_answer(),
        solution: solution(&question),
        key_corrected: false,
        advice: response.filter(|_| right).and_then(Response::advice),
        verdict,
        marks: u32::from(right),
        available: 1,
        hints,
        unreadable: false,
        voided: false,
    }
}

/// One marked question of a sitting, as the statement below reads it.
#[derive(Debug, serde::Deserialize)]
struct Marked {
    id: Uuid,
    section_id: Uuid,
    section: String,
    pass_percent: Option<u8>,
    voided: bool,
    available: u32,
    question: Question,
    marks: u32,
    unreadable: bool,
    verdict: Option<Verdict>,
    response: Option<Response>,
    hints: u32,
    /// The question before its first correction.
    as_sat: Option<Question>,
}

/// The result of a submitted sitting for the setter, with the questions as the candidate saw them.
pub(crate) async fn sitting_result(
    db: &mut PgConnection,
    admitted: InvigilatedSitting,
) -> Result<SittingResult> {
    result_for(db, admitted.sitting(), None).await
}

/// The result of a sitting. With a candidate, only their own, once it is released.
async fn result_for(
    db: &mut PgConnection,
    sitting: SittingId,
    candidate: Option<&Actor>,
) -> Result<SittingResult> {
    let head = sqlx::query!(
        r#"select s.paper_id, p.title, p.kind, p.pass_percent, coalesce(h.full_name, 'Erased account') as "name!",
            s.submitted_at as "submitted_at!", s.mark as "mark!", s.available as "available!", s.passed as "passed!",
            s.verification_code, s.certificate_name, s.removed_on, s.shuffle_seed,
            exists (select from mark_changes c where c.sitting_id = s.id) as "corrected!",
            w.item_id is not null as "remarking!",
            coalesce((
                select json_agg(json_build_object('id', i.id, 'section_id', i.section_id, 'section', c.title,
                    'pass_percent', c.pass_percent, 'available', i.marks,
                    'voided', case when w.in_or_out and w.position = i.position and w.template = i.question->>'template' then w.restored
                        else i.voided end,
                    'question', case when w.item_id = i.id then w.before else i.question end,
                    'marks', m.marks, 'unreadable', m.unreadable, 'verdict', m.verdict, 'response', a.response,
                    'hints', coalesce(a.hints, 0),
                    'as_sat', (select k.before from paper_corrections k where k.item_id = i.id order by k.at, k.id limit 1)
                ) order by i.position)
                from item_marks m
                join paper_items i on i.id = m.item_id
                join paper_sections c on c.id = i.section_id
                left join answers a on a.sitting_id = m.sitting_id and a.item_id = m.item_id
                where m.sitting_id = s.id
            ), '[]') as "questions!: Json<Vec<Marked>>"
        from sittings s join papers p on p.id = s.paper_id left join people_named h on h.id = s.learner_id
        -- The correction for which this sitting is still to be marked again: until then it is shown as it was marked.
        left join lateral (
            select c.item_id, c.before, c.voided or c.restored as in_or_out, c.restored, k.position, k.question->>'template' as template
            from remarkings r join paper_corrections c on c.id = r.correction_id join paper_items k on k.id = c.item_id
            where r.paper_id = s.paper_id and still_to_mark(s.paper_id, s.id, s.submitted_at)
        ) w on true
        where s.id = $1 and s.submitted_at is not null
            and ($2::uuid is null or s.learner_id = $2 and results_released(s.paper_id))"#,
        sitting.0,
        candidate.map(|candidate| candidate.person().0),
    )
    .fetch_optional(db)
    .await?
    .ok_or(Error::NotFound)?;
    let mut sections: Vec<(Uuid, SectionResult)> = Vec::new();
    let mut categories: BTreeMap<Category, (u32, u32)> = BTreeMap::new();
    let mut questions = Vec::with_capacity(head.questions.0.len());
    for row in as_seen(head.questions.0, |row| row.section_id, head.shuffle_seed)? {
        let (marks, available) = (row.marks, row.available);
        if sections.last().is_none_or(|(id, _)| *id != row.section_id) {
            sections.push((
                row.section_id,
                SectionResult { title: row.section, mark: 0, available: 0, pass_percent: row.pass_percent },
            ));
        }
        if let Some((_, section)) = sections.last_mut() {
            section.mark += marks;
            section.available += available;
        }
        let question = row.question;
        let sums = categories.entry(question.category).or_default();
        *sums = (sums.0 + marks, sums.1 + available);
        // The solution and explanations fit only the key that the candidates sat the paper with. When that key is put back, they are shown
        // again.
        let key_corrected = row.as_sat.is_some_and(|as_sat| as_sat.right_answer() != question.right_answer());
        let mut result =
            question_result(ItemId(row.id), question, row.response.as_ref(), row.verdict, row.hints);
        if key_corrected {
            result.solution.clear();
        }
        questions.push(QuestionResult {
            marks,
            available,
            key_corrected,
            unreadable: row.unreadable,
            voided: row.voided,
            ..result
        });
    }
    Ok(SittingResult {
        sitting,
        paper: PaperId(head.paper_id),
        title: head.title,
        kind: known("kind", &head.kind, PaperKind::parse)?,
        certificate_name: if certificate::can_show(&head.name) {
            CertificateName::AsItIs
        } else {
            CertificateName::Latin(head.certificate_name)
        },
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
        remarking: head.remarking,
    })
}

/// `/assessments/sittings/{sitting}/result`, for the candidate. From this look on it is not new to them, unless a correction changes it.
///
/// # Errors
/// [`Error::NotFound`] until the results are released.
pub async fn own_result(services: &Services, actor: &Actor, sitting: SittingId) -> Result<SittingResult> {
    let mut db = services.db.acquire().await?;
    let result = result_for(&mut db, sitting, Some(actor)).await?;
    // A result that is being marked again is new when that is done.
    if actor.looks() && !result.remarking {
        sqlx::query!(
            "insert into results_seen as w (sitting_id, seen_at) values ($1, now())
            on conflict (sitting_id) do update set seen_at = excluded.seen_at where w.seen_at < excluded.seen_at - interval '1 minute'
                or exists (
                    select from mark_changes c join paper_corrections k on k.id = c.correction_id
                    where c.sitting_id = w.sitting_id and k.at > w.seen_at
                )",
            result.sitting.0,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(result)
}

/// The certificate of a passed sitting as a PDF file, for the candidate.
///
/// # Errors
/// [`Error::NotFound`] until the results are released, for a candidate who has not passed, and while there is no name that the
/// certificate can show; [`Problem::BeingMarkedAgain`] on `certificate` until the sitting is marked again after a correction.
pub async fn certificate_of(services: &Services, actor: &Actor, sitting: SittingId) -> Result<Vec<u8>> {
    let mut db = services.snapshot().await?;
    let result = result_for(&mut db, sitting, Some(actor)).await?;
    let code = result.verification_code.ok_or(Error::NotFound)?;
    if result.remarking {
        return Err(Error::invalid("certificate", Problem::BeingMarkedAgain));
    }
    let name = match result.certificate_name {
        CertificateName::AsItIs => result.candidate,
        CertificateName::Latin(name) => name.ok_or(Error::NotFound)?,
    };
    let row = sqlx::query!(
        r#"select o.name as "name!", s.submitted_at as "submitted_at!" from sittings s join papers p on p.id = s.paper_id
        join organisations_named o on o.id = p.organisation_id where s.id = $1"#,
        result.sitting.0,
    )
    .fetch_one(&mut *db)
    .await?;
    db.commit().await?;
    certificate::pdf(&Certificate {
        name,
        did: match result.kind {
            PaperKind::Mock => "has passed the mock paper",
            PaperKind::Examination => "has passed the examination",
        },
        subject: result.title,
        facts: [
            ("Mark", result.outcome.in_words()),
            ("Date", day(row.submitted_at)),
            ("Organisation", row.name),
        ],
        verify_url: format!("{}/verify/{code}", services.public_url),
        code,
        until: format!("It can be checked until {}, when the result is removed.", result.removed_on),
    })
}

/// Stores the candidate's name in Latin letters for the certificate of a passed sitting, if the certificate cannot show their own name.
///
/// # Errors
/// [`Problem::LatinNameMissing`] on `certificate_name`; [`Error::NotFound`] if there is no certificate, or if it can show their own name.
pub async fn name_certificate(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
    name: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    let row = sqlx::query!(
        r#"select s.paper_id, h.full_name as "full_name!" from sittings s join people_named h on h.id = s.learner_id
        where s.id = $1 and s.verification_code is not null and results_released(s.paper_id) for no key update of s"#,
        candidate.sitting().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .filter(|row| !certificate::can_show(&row.full_name))
    .ok_or(Error::NotFound)?;
    let name = certificate::latin_name(name)
        .ok_or_else(|| Error::invalid("certificate_name", Problem::LatinNameMissing))?;
    sqlx::query!("update sittings set certificate_name = $2 where id = $1", candidate.sitting().0, name)
        .execute(&mut *db)
        .await?;
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: Some(actor.person()),
        action: "assessment.certificate_named",
    };
    let detail = serde_json::json!({ "paper": row.paper_id, "sitting": sitting });
    audit::record_with(&mut db, event, detail).await?;
    db.commit().await?;
    Ok(())
}

/// `/verify/{code}`, without signing in: what a genuine certificate says, of a paper or of a course.
///
/// # Errors
/// [`Error::NotFound`] for a code without a certificate, and until the result of a paper is released.
pub async fn verified(services: &Services, code: &str) -> Result<Verified> {
    match verify(services, code).await {
        Ok(paper) => Ok(Verified::Paper(paper)),
        Err(Error::NotFound) => verify_course(services, code).await.map(Verified::Course),
        Err(error) => Err(error),
    }
}

/// The certificate of a paper: the paper, organisation, mark, date and initials of a genuine certificate.
///
/// # Errors
/// [`Error::NotFound`] for a code without a certificate, and until its result is released.
pub async fn verify(services: &Services, code: &str) -> Result<Verification> {
    let row = sqlx::query!(
        r#"select p.title, p.kind, o.name as "organisation!", s.submitted_at as "submitted_at!", s.mark as "mark!", s.available as "available!",
            coalesce(h.full_name, '') as "name!", s.certificate_name, still_to_mark(p.id, s.id, s.submitted_at) as "remarking!"
        from sittings s join papers p on p.id = s.paper_id join organisations_named o on o.id = p.organisation_id
            left join people_named h on h.id = s.learner_id
        where s.verification_code = $1 and s.passed and s.submitted_at is not null and results_released(p.id)"#,
        code_of(code),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    // The initials are those of the printed name.
    let name = row.certificate_name.filter(|_| !certificate::can_show(&row.name)).unwrap_or(row.name);
    let outcome =
        ReleasedOutcome { mark: number(row.mark)?, available: number(row.available)?, passed: true };
    Ok(Verification {
        paper: row.title,
        kind: known("kind", &row.kind, PaperKind::parse)?,
        organisation: row.organisation,
        mark: outcome.in_words(),
        date: day(row.submitted_at),
        initials: initials(&name),
        remarking: row.remarking,
    })
}
