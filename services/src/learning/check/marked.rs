//! An attempt as its learner sees it. A passed one shows everything; a failed one says why each chosen answer is wrong
//! and where to read, and nothing that would answer the questions of the next try.

use chrono::{DateTime, Duration, Utc};
use domain::learning::{
    Answers, AttemptId, CheckResult, Kind, PageProgress, Question, ReadAgain, ResultAnswer, ResultQuestion,
    as_typed, why_not_right,
};
use sqlx::{PgConnection, types::Json};

use super::tries::{self, Place};
use crate::{Error, Result, moment};

/// How long the page of an attempt says that the module has just been completed.
const NEW_FOR: Duration = Duration::minutes(5);

/// A stored attempt with its questions, in the version that was asked then.
pub(super) struct Found {
    id: AttemptId,
    taken: DateTime<Utc>,
    nth: i64,
    right: i16,
    of: i16,
    passed: bool,
    /// It gave the tick.
    completes: bool,
    pool: Vec<Question>,
    asked: Option<Vec<String>>,
    seed: Option<i64>,
    answers: Answers,
}

pub(super) async fn find(
    db: &mut PgConnection,
    place: Place<'_>,
    attempt: AttemptId,
) -> Result<Option<Found>> {
    let row = sqlx::query!(
        r#"select a.answers as "answers: Json<Answers>", a.right_answers, a.questions, a.passed, a.taken_at, a.asked, a.seed,
            v.questions as "pool: Json<Vec<Question>>",
            (select count(*) from check_attempts b where b.enrolment_id = a.enrolment_id and b.module_id = a.module_id
                and (b.taken_at, b.id) <= (a.taken_at, a.id)) as "nth!",
            -- The trigger gives the tick with the time of the attempt.
            exists (select from module_completions d where d.enrolment_id = a.enrolment_id and d.module_id = a.module_id
                and d.completed_at = a.taken_at) as "completes!"
        from check_attempts a
        join enrolments e on e.id = a.enrolment_id
        join modules m on m.id = a.module_id and not m.retired
        join courses c on c.id = m.course_id
        join check_versions v on v.module_id = a.module_id and v.version = a.version
        where a.id = $4 and e.learner_id = $1 and c.slug = $2 and m.slug = $3"#,
        place.actor.person().0,
        place.course.as_str(),
        place.module.as_str(),
        attempt.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Found {
        id: attempt,
        taken: row.taken_at,
        nth: row.nth,
        right: row.right_answers,
        of: row.questions,
        passed: row.passed,
        completes: row.completes,
        pool: row.pool.0,
        asked: row.asked,
        seed: row.seed,
        answers: row.answers.0,
    }))
}

impl Found {
    /// `pages` are those of the module as it is now: a page that has gone cannot be read again.
    pub(super) fn result(self, pages: &[PageProgress], now: DateTime<Utc>) -> Result<CheckResult> {
        let asked: Vec<&Question> = match &self.asked {
            None => self.pool.iter().collect(),
            Some(ids) => ids.iter().filter_map(|id| tries::find(&self.pool, id)).collect(),
        };
        let seed = self.seed.map(u64::try_from).transpose().map_err(Error::failed)?;
        let questions = asked.into_iter().map(|question| {
            let question = match seed {
                Some(seed) => question.clone().shuffled(seed),
                None => question.clone(),
            };
            let given = self.answers.get(&question.id).map(Vec::as_slice).unwrap_or_default();
            told(question, given, self.passed, pages)
        });
        let number = |n: i16| u16::try_from(n).map_err(Error::failed);
        Ok(CheckResult {
            questions: questions.collect(),
            id: self.id,
            taken: moment(self.taken),
            nth: u32::try_from(self.nth).map_err(Error::failed)?,
            right: number(self.right)?,
            of: number(self.of)?,
            passed: self.passed,
            completed: self.completes && now - self.taken < NEW_FOR,
        })
    }
}

fn told(question: Question, given: &[String], passed: bool, pages: &[PageProgress]) -> ResultQuestion {
    // Marked again by the same pure rule, for the verdict on each question; the stored marks count.
    let right = question.is_right(given);
    let all = answers(&question.kind, given, right);
    let read = pages.iter().find(|page| !right && Some(&page.slug) == question.page.as_ref());
    let read = read.map(|page| ReadAgain { page: page.slug.clone(), title: page.title.clone() });
    let nothing_wrong = all.iter().all(|answer| !answer.chosen || answer.right == Some(true));
    ResultQuestion {
        right,
        incomplete: !right && nothing_wrong && all.iter().any(|answer| answer.chosen),
        answers: if passed { all } else { of_a_failure(all, right) },
        explanation: passed.then_some(question.explanation),
        text: question.text,
        read,
    }
}

/// The chosen options only; for a question that was not right, nothing that reveals the right option.
fn of_a_failure(all: Vec<ResultAnswer>, right: bool) -> Vec<ResultAnswer> {
    let chosen = all.into_iter().filter(|answer| answer.chosen);
    chosen
        .map(|answer| match answer.right {
            Some(false) => answer,
            told => ResultAnswer { right: told.filter(|_| right), why: String::new(), ..answer },
        })
        .collect()
}

fn answers(kind: &Kind, given: &[String], right: bool) -> Vec<ResultAnswer> {
    let chosen = |id: &str| given.iter().any(|given| given == id);
    match kind {
        Kind::Single { options } | Kind::Multiple { options } => options
            .iter()
            .map(|option| ResultAnswer {
                text: option.text.clone(),
                chosen: chosen(&option.id),
                right: Some(option.right),
                why: option.why.clone(),
            })
            .collect(),
        Kind::TrueFalse { answer } => [("true", "True", true), ("false", "False", false)]
            .map(|(id, text, is)| ResultAnswer {
                text: text.to_owned(),
                chosen: chosen(id),
                right: Some(is == *answer),
                why: String::new(),
            })
            .into(),
        Kind::Number { answer, unit, rounding } => {
            // Plain text: it must not become part of the page's HTML.
            let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
            let typed = given.first().map(String::as_str).unwrap_or_default();
            let why = if right { String::new() } else { why_not_right(typed, answer, unit, *rounding) };
            let number = |text: String, chosen: bool, right: bool, why: &str| ResultAnswer {
                text: escaped(&text),
                chosen,
                right: Some(right),
                why: escaped(why),
            };
            let mut answers = vec![number(as_typed(typed, unit), true, right, &why)];
            if !right {
                answers.push(number(format!("{answer} {unit}").trim().to_owned(), false, true, ""));
            }
            answers
        }
    }
}
