//! The knowledge check at the end of a module: asked, taken, and shown marked.

use domain::{
    FieldProblem, Problem,
    learning::{
        Answers, AskedQuestion, AttemptId, CheckPage, CheckResult, Kind, OptionView, Question, QuestionView,
        ResultAnswer, ResultQuestion, Slug, mark,
    },
};
use sqlx::types::Json;
use uuid::Uuid;

use super::sql;
use crate::{Error, Result, Services, accounts::Actor, moment};

/// `/learn/{course}/{module}/check`, with the attempt that the address asks for.
pub async fn check_page(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: &Slug,
    attempt: Option<AttemptId>,
) -> Result<CheckPage> {
    let mut db = services.db.acquire().await?;
    // The questions that the attempt was about, in the version that was asked then, or those that are asked now.
    let row = sqlx::query!(
        r#"select m.check_version, v.questions as "questions: Json<Vec<Question>>",
            a.id as "attempt_id?", a.answers as "answers?: Json<Answers>", a.right_answers as "right_answers?",
            a.questions as "of?", a.passed as "passed?", a.taken_at as "taken_at?"
        from enrolments e
        join courses c on c.id = e.course_id
        join modules m on m.course_id = c.id and not m.retired
        left join check_attempts a on a.id = $4 and a.enrolment_id = e.id and a.module_id = m.id
        join check_versions v on v.module_id = m.id and v.version = coalesce(a.version, m.check_version)
        where e.learner_id = $1 and c.slug = $2 and m.slug = $3"#,
        actor.person().0,
        course.as_str(),
        module.as_str(),
        attempt.map(|id| id.0),
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let course = sql::course(&mut db, actor.person(), course).await?;
    let number = |n: Option<i16>| n.and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
    let result = match (row.attempt_id, row.answers, row.taken_at) {
        (Some(id), Some(answers), Some(taken)) => Some(CheckResult {
            id: AttemptId(id),
            taken: moment(taken),
            right: number(row.right_answers),
            of: number(row.of),
            passed: row.passed.unwrap_or(false),
            questions: explained(&row.questions, &answers),
        }),
        _ if attempt.is_some() => return Err(Error::NotFound),
        _ => None,
    };
    Ok(CheckPage {
        course_title: course.title,
        version: row.check_version,
        // A marked attempt shows what was asked then; asking anew starts from a page without one.
        questions: if result.is_some() {
            Vec::new()
        } else {
            row.questions.0.into_iter().map(asked).collect()
        },
        result,
        progress: course.progress,
    })
}

/// A check as it was answered.
pub struct TakenCheck {
    pub course: Slug,
    pub module: Slug,
    /// The version of the questions that were shown.
    pub version: i32,
    pub answers: Answers,
}

/// Marks the answers and keeps them. The tick, if this was what was missing, is given in the same transaction.
///
/// # Errors
/// A [`FieldProblem`] for each question that cannot be marked; nothing is kept then.
pub async fn take_check(services: &Services, actor: &Actor, taken: TakenCheck) -> Result<AttemptId> {
    let mut db = services.db.acquire().await?;
    let row = sqlx::query!(
        r#"select e.id as enrolment_id, m.id as module_id, m.pass_mark, m.check_version,
            v.questions as "questions: Json<Vec<Question>>"
        from enrolments e
        join courses c on c.id = e.course_id
        join modules m on m.course_id = c.id and not m.retired
        join check_versions v on v.module_id = m.id and v.version = m.check_version
        where e.learner_id = $1 and c.slug = $2 and m.slug = $3"#,
        actor.person().0,
        taken.course.as_str(),
        taken.module.as_str(),
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let first = row.questions.first().map(|question| format!("q-{}", question.id)).unwrap_or_default();
    if row.check_version != taken.version {
        return Err(Error::Invalid(vec![FieldProblem::new(first, Problem::QuestionsChanged)]));
    }
    let pass_mark = u8::try_from(row.pass_mark).map_err(Error::failed)?;
    let marked = mark(&row.questions, &taken.answers, pass_mark).map_err(Error::Invalid)?;
    let id = AttemptId(Uuid::now_v7());
    let small = |n: u16| i16::try_from(n).unwrap_or(i16::MAX);
    // Only what was asked is kept, whatever else was sent along.
    let answers: Answers =
        marked.questions.into_iter().map(|question| (question.id, question.given)).collect();
    sqlx::query!(
        "with seen as (update enrolments set last_seen_at = $9 where id = $2)
        insert into check_attempts
            (id, enrolment_id, module_id, version, answers, right_answers, questions, passed, taken_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        row.enrolment_id,
        row.module_id,
        taken.version,
        Json(answers) as _,
        small(marked.right),
        small(marked.of),
        marked.passed,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    Ok(id)
}

fn asked(question: Question) -> AskedQuestion {
    let views = |options: Vec<domain::learning::Opt>| {
        options.into_iter().map(|option| OptionView { id: option.id, text: option.text }).collect()
    };
    let view = match question.kind {
        Kind::Single { options } => QuestionView::One(views(options)),
        Kind::Multiple { options } => QuestionView::Many(views(options)),
        Kind::TrueFalse { .. } => QuestionView::One(
            [("true", "True"), ("false", "False")]
                .map(|(id, text)| OptionView { id: id.to_owned(), text: text.to_owned() })
                .into(),
        ),
        Kind::Number { unit, .. } => QuestionView::Number { unit },
    };
    AskedQuestion { id: question.id, text: question.text, view }
}

/// Puts the explanations beside what was answered.
fn explained(questions: &[Question], answers: &Answers) -> Vec<ResultQuestion> {
    questions
        .iter()
        .map(|question| {
            let given = answers.get(&question.id).map(Vec::as_slice).unwrap_or_default();
            // Marked again by the same pure rule, for the verdict of each question; the marks that count are the stored ones.
            let right = question.is_right(given);
            ResultQuestion {
                text: question.text.clone(),
                right,
                answers: result_answers(&question.kind, given, right),
                explanation: question.explanation.clone(),
            }
        })
        .collect()
}

fn result_answers(kind: &Kind, given: &[String], right: bool) -> Vec<ResultAnswer> {
    let chosen = |id: &str| given.iter().any(|given| given == id);
    match kind {
        Kind::Single { options } | Kind::Multiple { options } => options
            .iter()
            .map(|option| ResultAnswer {
                text: option.text.clone(),
                chosen: chosen(&option.id),
                right: option.right,
                why: option.why.clone(),
            })
            .collect(),
        Kind::TrueFalse { answer } => [("true", "True", true), ("false", "False", false)]
            .map(|(id, text, is)| ResultAnswer {
                text: text.to_owned(),
                chosen: chosen(id),
                right: is == *answer,
                why: String::new(),
            })
            .into(),
        Kind::Number { answer, unit } => {
            let with_unit = |number: &str| format!("{number} {unit}").trim().to_owned();
            // Typed text is text: it must not become part of the page's HTML.
            let typed = given
                .first()
                .map(|text| text.trim().replace('&', "&amp;").replace('<', "&lt;"))
                .unwrap_or_default();
            let mut answers =
                vec![ResultAnswer { text: with_unit(&typed), chosen: true, right, why: String::new() }];
            if !right {
                answers.push(ResultAnswer {
                    text: with_unit(answer),
                    chosen: false,
                    right: true,
                    why: String::new(),
                });
            }
            answers
        }
    }
}
