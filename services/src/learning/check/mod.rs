//! The knowledge check at the end of a module: asked, saved while it is answered, marked, and shown with marks.

mod marked;
mod tries;

pub use tries::save_check;

use domain::{
    FieldProblem, Problem,
    assessment::question::{Precision, rules_in_words},
    learning::{
        Answers, AskedQuestion, AttemptId, CheckPage, CheckSave, CheckSaved, CheckTry, CheckView, Kind, Opt,
        OptionView, Question, QuestionView, Slug, given, mark,
    },
};
use sqlx::types::Json;

use super::sql;
use crate::{Error, Result, Services, accounts::Actor};
use tries::Place;

/// `/learn/{course}/{module}/check`: the current try, or the attempt that the address names. Opening it begins a try if
/// there is none, so that every device gets the same questions. A request that is not `looked_at` begins nothing.
pub async fn check_page(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: &Slug,
    attempt: Option<AttemptId>,
    looked_at: bool,
) -> Result<CheckPage> {
    let mut db = services.db.acquire().await?;
    let place = Place { actor, course, module };
    if let Some(attempt) = attempt {
        let found = marked::find(&mut db, place, attempt).await?.ok_or(Error::NotFound)?;
        let now = services.clock.now();
        let course = sql::course(&mut db, actor.person(), course, now).await?;
        let pages = course.progress.module(module.as_str()).map_or(&[][..], |module| &module.pages);
        return Ok(CheckPage {
            view: CheckView::Marked(found.result(pages, now)?),
            course_title: course.title,
            progress: course.progress.within(module.as_str()),
        });
    }
    let open = tries::open(&mut db, services, place, looked_at).await?;
    if looked_at {
        open.bring_up(&mut db).await?;
    }
    let course = sql::course(&mut db, actor.person(), course, services.clock.now()).await?;
    let asked = CheckTry {
        id: open.id,
        version: open.version,
        epoch: open.epoch,
        questions: open.questions.into_iter().map(|question| asked(question.shuffled(open.seed))).collect(),
        answers: given(open.kept),
        drawn: open.drawn,
        earlier: open.earlier,
    };
    let progress = course.progress.within(module.as_str());
    Ok(CheckPage { view: CheckView::Asked(asked), course_title: course.title, progress })
}

/// A check as it was answered.
pub struct TakenCheck {
    pub course: Slug,
    pub module: Slug,
    /// The try that was shown; the current one if a page does not say.
    pub attempt: Option<AttemptId>,
    /// The version of the questions that were shown.
    pub version: i32,
    pub sequence: i64,
    /// The page's values when it was drawn.
    pub drawn: Answers,
    /// For every answered question.
    pub answers: Answers,
}

/// Marks the answers and keeps them. The same transaction gives the tick, if this was the missing part. Sent twice, it
/// is marked once.
///
/// # Errors
/// A [`FieldProblem`] for each question that cannot be marked; nothing is marked then, and the answers are kept.
/// [`Problem::TryOfSomebodyElse`] on `check`; nothing is kept then.
pub async fn take_check(services: &Services, actor: &Actor, taken: TakenCheck) -> Result<AttemptId> {
    let place = Place { actor, course: &taken.course, module: &taken.module };
    let mut db = services.begin().await?;
    let mut open = tries::open(&mut db, services, place, true).await?;
    if let Some(id) = taken.attempt.filter(|id| *id != open.id) {
        db.rollback().await?;
        let mut db = services.db.acquire().await?;
        // Already marked: sent from another window, or by a second press of the button.
        return match marked::find(&mut db, place, id).await? {
            Some(_) => Ok(id),
            // A try exists until it is marked: this one belongs to the person who was signed in before.
            None => Err(Error::invalid("check", Problem::TryOfSomebodyElse)),
        };
    }
    let changed_ids = open.changed_since(&mut db, taken.version).await?;
    let pass_mark = u8::try_from(open.pass_mark).map_err(Error::failed)?;
    let mut problems = Vec::new();
    let marked = match mark(&open.questions, &taken.answers, pass_mark) {
        Ok(marked) => Some(marked),
        Err(found) => {
            problems = found;
            None
        }
    };
    if !changed_ids.is_empty() {
        problems.retain(|problem| !changed_ids.iter().any(|id| problem.field == field(id)));
        problems
            .extend(open.questions.iter().filter(|question| changed_ids.contains(&question.id)).map(changed));
    }
    let Some(marked) = marked.filter(|_| problems.is_empty()) else {
        open.keep(&mut db, taken.answers, taken.sequence, Some(&taken.drawn), &changed_ids).await?;
        db.commit().await?;
        return Err(Error::Invalid(problems));
    };
    let small = |n: u16| i16::try_from(n).unwrap_or(i16::MAX);
    let asked = open.asked();
    // Only answers to the asked questions are kept, whatever else was sent.
    let answers: Answers =
        marked.questions.into_iter().map(|question| (question.id, question.given)).collect();
    sqlx::query!(
        "with seen as (
            update enrolments set last_seen_at = $9 where id = $2
        ), over as (
            delete from check_tries where id = $1
        )
        insert into check_attempts
            (id, enrolment_id, module_id, version, answers, right_answers, questions, passed, taken_at, asked, seed)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        open.id.0,
        open.enrolment,
        open.module,
        open.version,
        Json(answers) as _,
        small(marked.right),
        small(marked.of),
        marked.passed,
        services.clock.now(),
        &asked,
        i64::try_from(open.seed).map_err(Error::failed)?,
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(open.id)
}

/// Keeps the answers of a form that is sent without being marked. The form shows all answers, so an empty field clears
/// one.
///
/// # Errors
/// As [`save_check`], and when the try is marked; a [`FieldProblem`] for each question whose answer is not kept,
/// because a later window has answered it since, or because it is not an answer. The rest is kept then.
pub async fn put_aside(services: &Services, actor: &Actor, taken: TakenCheck) -> Result<()> {
    let TakenCheck { course, module, attempt, version, sequence, drawn, answers } = taken;
    let save = CheckSave { attempt: attempt.ok_or(Error::NotFound)?, version, sequence, answers };
    let place = Place { actor, course: &course, module: &module };
    let CheckSaved::Kept { overtaken, mut refused, .. } =
        tries::save(services, place, save, Some(&drawn)).await?
    else {
        return Err(Error::NotFound);
    };
    refused.extend(overtaken.iter().map(|id| FieldProblem::new(field(id), Problem::AnsweredElsewhere)));
    if refused.is_empty() { Ok(()) } else { Err(Error::Invalid(refused)) }
}

fn field(id: &str) -> String {
    format!("q-{id}")
}

fn changed(question: &Question) -> FieldProblem {
    FieldProblem::new(field(&question.id), Problem::QuestionsChanged)
}

fn asked(question: Question) -> AskedQuestion {
    let views = |options: Vec<Opt>| {
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
        Kind::Number { unit, rounding, .. } => {
            QuestionView::Number { unit, rules: rules_in_words(rounding, Precision::Any) }
        }
    };
    AskedQuestion { id: question.id, text: question.text, view }
}
