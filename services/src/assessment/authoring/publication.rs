//! Turns a draft into a paper: makes its questions, which no longer change with the bank.

use std::collections::BTreeMap;

use domain::{
    FieldProblem, Problem,
    assessment::{
        PaperId, PaperState,
        authoring::{PaperPage, PaperVersions},
        bank::PreviewedQuestion,
        question::Question,
    },
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    drawing::{self, Made},
    paper::{draft, load},
    versions::as_seen,
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    assessment::{bank, new_id, note},
};

/// A paper longer than this is a mistake.
const MOST_QUESTIONS: u32 = 200;

/// The questions as a candidate sees them, with the answers for the setter: those of the first attempt once the paper
/// is published and they are made; before that a newly drawn set each time.
pub async fn preview_paper(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
) -> Result<(PaperPage, Vec<PreviewedQuestion>)> {
    let mut db = services.db.acquire().await?;
    let (setter, page) = load(services, &mut db, actor, paper).await?;
    let (plan, stored) = if page.state == PaperState::Draft {
        (Some(drawing::plan(&mut db, setter).await?), Vec::new())
    } else {
        let stored = sqlx::query_scalar!(
            r#"select question as "question: Json<Question>" from paper_items where paper_id = $1 and attempt = 1 order by position"#,
            setter.paper().0,
        );
        (None, stored.fetch_all(&mut *db).await?)
    };
    drop(db);
    // Making and showing hundreds of questions takes a second of work: not on the threads that serve pages.
    let questions = services.queues.heavy.work(move || {
        let questions: Vec<Question> = match plan {
            Some(plan) => {
                drawing::draw(&plan, 1)?.questions.into_values().map(|made| made.question).collect()
            }
            None => stored.into_iter().map(|question| question.0).collect(),
        };
        Ok::<_, Error>(questions.iter().map(bank::previewed).collect())
    });
    Ok((page, questions.await??))
}

/// The questions of a paper, a column each, as the statement takes them.
#[derive(Default)]
struct Rows {
    ids: Vec<Uuid>,
    sections: Vec<Uuid>,
    attempts: Vec<i16>,
    positions: Vec<i16>,
    questions: Vec<serde_json::Value>,
    marks: Vec<i16>,
}

impl Rows {
    fn of(made: BTreeMap<(i16, i16), Made>) -> Result<Self> {
        let mut rows = Self::default();
        for ((attempt, position), made) in made {
            rows.ids.push(new_id());
            rows.sections.push(made.section);
            rows.attempts.push(attempt);
            rows.positions.push(position);
            rows.questions.push(serde_json::to_value(made.question).map_err(Error::failed)?);
            rows.marks.push(made.marks);
        }
        Ok(rows)
    }
}

/// The form was sent before, for example by a double press: it is done, if the page showed the version that was
/// published.
async fn published_as_seen(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
    seen: Option<PaperVersions>,
) -> Result<()> {
    let setter = actor.setter_of(services, db, paper).await?;
    let seen = seen.ok_or(Error::NotFound)?;
    as_seen(db, setter, Some(seen)).await
}

/// Makes the questions of every attempt and opens the paper to its candidates from its opening time on. `seen` is the
/// version that the setter checked on the page: see [`PaperVersions`].
///
/// # Errors
/// [`Problem::ChangedMeanwhile`]; what is missing, on `questions`, `candidates`, `settings` or `confirmed`; [`Problem::QuestionsTwice`] on
/// `questions` when an attempt would ask one question twice.
pub async fn publish_paper(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    confirmed: bool,
    seen: Option<PaperVersions>,
) -> Result<()> {
    // Checked before the slot is taken, so that nobody occupies the slots with papers that are refused to them, and
    // again in the transaction: permission may end during the wait.
    actor.setter_of(services, &mut *services.db.acquire().await?, paper).await?;
    // Taken before the draft is locked: no open transaction waits for a core.
    let place = services.queues.heavy.place().await?;
    let mut db = services.begin().await?;
    let setter = match draft(services, &mut db, actor, paper).await {
        Err(Error::NotFound) => return published_as_seen(services, &mut db, actor, paper, seen).await,
        other => other?,
    };
    as_seen(&mut db, setter, seen).await?;
    let (_, page) = load(services, &mut db, actor, paper).await?;
    let row = sqlx::query!(
        r#"select closes_at > now() as "to_come!", attempts from papers where id = $1"#,
        setter.paper().0
    )
    .fetch_one(&mut *db)
    .await?;
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem| problems.push(FieldProblem::new(field, problem));
    let empty = page.sections.is_empty() || page.sections.iter().any(|section| section.questions() == 0);
    if empty {
        wrong("questions", Problem::QuestionsMissing);
    } else if page.questions() > MOST_QUESTIONS {
        wrong("questions", Problem::QuestionsTooMany);
    }
    let nobody = page.named == 0
        && page.settings.access_code.is_empty()
        && !page.cohorts.iter().any(|cohort| cohort.chosen);
    if nobody {
        wrong("candidates", Problem::CandidatesMissing);
    }
    if !row.to_come {
        wrong("settings", Problem::ClosesInThePast);
    }
    if !confirmed {
        wrong("confirmed", Problem::ConfirmationMissing);
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let plan = drawing::plan(&mut db, setter).await?;
    let made = place.work(move || {
        let drawn = drawing::draw(&plan, row.attempts)?;
        if drawn.twice {
            return Err(Error::invalid("questions", Problem::QuestionsTwice));
        }
        Rows::of(drawn.questions)
    });
    let made = made.await??;
    sqlx::query!(
        "insert into paper_items (id, paper_id, section_id, attempt, position, question, marks)
        select id, $1, section, attempt, position, question, marks
        from unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::smallint[], $6::jsonb[], $7::smallint[])
            as m (id, section, attempt, position, question, marks)",
        setter.paper().0,
        &made.ids,
        &made.sections,
        &made.attempts,
        &made.positions,
        &made.questions,
        &made.marks,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update papers set published_at = now(), released_at = null where id = $1",
        setter.paper().0
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, actor.person(), None, "assessment.paper_published", paper).await?;
    db.commit().await?;
    Ok(())
}
