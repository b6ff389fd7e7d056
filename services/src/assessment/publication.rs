//! How a draft becomes a paper: its questions are made, and do not change with the bank any more.

use std::collections::BTreeMap;

use domain::{
    FieldProblem, Problem,
    assessment::{
        Category, PaperId, PaperPage, PaperState, PaperVersions, PreviewedQuestion, Question, Template,
        TemplateId,
    },
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    PaperSetter, bank, known, new_id, note,
    setting::{draft, load},
    versions::as_seen,
};
use crate::{Error, Result, Services, accounts::Actor};

/// A paper longer than this is a mistake.
const MOST_QUESTIONS: u32 = 200;

/// The questions as a candidate sees them, with the answers for the setter: those of the first attempt once they are made, which
/// is when the paper is published; before that a set that is drawn anew each time.
pub async fn preview_paper(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
) -> Result<(PaperPage, Vec<PreviewedQuestion>)> {
    let mut db = services.db.acquire().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let page = load(&mut db, setter).await?;
    let stored = sqlx::query_scalar!(
        r#"select question as "question: Json<Question>" from paper_items where paper_id = $1 and attempt = 1 order by position"#,
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let places =
        if page.state == PaperState::Draft { Some(draw_places(&mut db, setter).await?) } else { None };
    drop(db);
    // Making and showing hundreds of questions is a second of work: not on the threads that serve pages.
    let questions = tokio::task::spawn_blocking(move || {
        let questions: Vec<Question> = match places {
            Some(places) => make_questions(&places, 1)?.into_values().map(|made| made.question).collect(),
            None => stored.into_iter().map(|question| question.0).collect(),
        };
        Ok::<_, Error>(questions.iter().map(bank::previewed).collect())
    });
    Ok((page, questions.await.map_err(Error::failed)??))
}

struct Made {
    section: Uuid,
    question: Question,
    marks: i16,
}

/// A place of the paper: the section it is in, the text of the template that is asked there, and its marks.
struct PlaceOf {
    section: Uuid,
    source: String,
    marks: i16,
}

/// Draws the templates of a paper: none twice as long as there are others.
async fn draw_places(db: &mut PgConnection, setter: PaperSetter) -> Result<Vec<PlaceOf>> {
    let lines = sqlx::query!(
        "select l.section_id, l.category, l.difficulty, l.template_id, l.questions, l.marks
        from paper_lines l join paper_sections s on s.id = l.section_id
        where s.paper_id = $1 order by s.position, s.id, l.position, l.id",
        setter.paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let (mut places, mut used) = (Vec::new(), Vec::new());
    let mut chosen = BTreeMap::new();
    for id in lines.iter().filter_map(|line| line.template_id) {
        if let Some(drawn) = bank::chosen_source(db, setter.organisation, TemplateId(id)).await? {
            used.push(drawn.name.clone());
            chosen.insert(id, drawn);
        }
    }
    let missing = || Error::invalid("questions", Problem::TemplatesMissing);
    for line in lines {
        let mut place = |source: &str| {
            places.push(PlaceOf { section: line.section_id, source: source.to_owned(), marks: line.marks });
        };
        let mut wanted = i64::from(line.questions);
        match (line.template_id, line.category.as_deref()) {
            (Some(id), _) => {
                let drawn = chosen.get(&id).ok_or_else(missing)?;
                (0..wanted).for_each(|_| place(&drawn.source));
            }
            (None, Some(category)) => {
                let category = known("category", category, Category::parse)?;
                let difficulty = line.difficulty.map(bank::level).transpose()?;
                // One round has each once; the next begins where there are too few.
                while wanted > 0 {
                    let own = Some(setter.organisation);
                    let drawn = bank::draw_sources(db, own, category, difficulty, &used, wanted).await?;
                    if drawn.is_empty() {
                        return Err(missing());
                    }
                    for drawn in drawn {
                        wanted -= 1;
                        place(&drawn.source);
                        used.push(drawn.name);
                    }
                }
            }
            (None, None) => return Err(Error::failed("a line of a paper asks nothing")),
        }
    }
    Ok(places)
}

/// The questions of every attempt, by attempt and position from 1. Attempts have the same templates with fresh numbers, so that
/// they are equally hard and can be counted together.
fn make_questions(places: &[PlaceOf], attempts: i16) -> Result<BTreeMap<(i16, i16), Made>> {
    let templates: Vec<Template> =
        places.iter().map(|place| bank::read_one(&place.source)).collect::<Result<_>>()?;
    let mut made = BTreeMap::new();
    for attempt in 1..=attempts {
        for ((position, place), template) in (1..).zip(places).zip(&templates) {
            let question = bank::ask(template)?;
            made.insert((attempt, position), Made { section: place.section, question, marks: place.marks });
        }
    }
    Ok(made)
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

/// Makes the questions of every attempt and opens the paper to its candidates from its opening time on. `seen` is what the page showed
/// that it was checked on: see [`PaperVersions`].
///
/// # Errors
/// [`Problem::ChangedMeanwhile`]; what is missing, on `questions`, `candidates`, `settings` or `confirmed`.
pub async fn publish_paper(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    confirmed: bool,
    seen: Option<PaperVersions>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = draft(services, &mut db, actor, paper).await?;
    as_seen(&mut db, setter, seen).await?;
    let page = load(&mut db, setter).await?;
    let row = sqlx::query!(
        r#"select closes_at > now() as "to_come!", attempts from papers where id = $1"#,
        setter.paper.0
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
    let nobody = page.learners.is_empty()
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
    let places = draw_places(&mut db, setter).await?;
    let made = tokio::task::spawn_blocking(move || Rows::of(make_questions(&places, row.attempts)?));
    let made = made.await.map_err(Error::failed)??;
    sqlx::query!(
        "insert into paper_items (id, paper_id, section_id, attempt, position, question, marks)
        select id, $1, section, attempt, position, question, marks
        from unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::smallint[], $6::jsonb[], $7::smallint[])
            as m (id, section, attempt, position, question, marks)",
        setter.paper.0,
        &made.ids,
        &made.sections,
        &made.attempts,
        &made.positions,
        &made.questions,
        &made.marks,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("update papers set published_at = now(), released_at = null where id = $1", setter.paper.0)
        .execute(&mut *db)
        .await?;
    note(services, &mut db, actor.person(), None, "assessment.paper_published", paper).await?;
    db.commit().await?;
    Ok(())
}
