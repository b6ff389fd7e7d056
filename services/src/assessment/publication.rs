//! How a draft becomes a paper: its questions are made, and do not change with the bank any more.

use std::collections::BTreeMap;

use domain::{
    FieldProblem, Problem,
    assessment::{
        Category, Difficulty, PaperId, PaperPage, PaperState, PreviewedQuestion, Question, Template,
        TemplateId,
    },
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    PaperSetter, bank, new_id, note, number,
    setting::{draft, load},
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
    let questions: Vec<Question> = if page.state == PaperState::Draft {
        let drawn = make_questions(&draw_places(&mut db, setter).await?, 1)?;
        drawn.into_values().map(|made| made.question).collect()
    } else {
        stored.into_iter().map(|question| question.0).collect()
    };
    Ok((page, questions.iter().map(bank::previewed).collect()))
}

struct Made {
    section: Uuid,
    question: Question,
    marks: i16,
}

/// A place of the paper: the section it is in, the template that is asked there, and its marks.
struct PlaceOf {
    section: Uuid,
    template: Template,
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
        if let Some(template) = bank::chosen_template(db, setter.organisation, TemplateId(id)).await? {
            used.push(template.id.clone());
            chosen.insert(id, template);
        }
    }
    for line in lines {
        for _ in 0..line.questions {
            let template = match (line.template_id, line.category.as_deref().and_then(Category::parse)) {
                (Some(id), _) => chosen.get(&id).cloned(),
                (None, Some(category)) => {
                    let difficulty =
                        line.difficulty.and_then(|level| Difficulty::try_from(number::<u8>(level)).ok());
                    bank::draw_template(db, Some(setter.organisation), category, difficulty, &used).await?
                }
                (None, None) => None,
            };
            let template = template.ok_or_else(|| Error::invalid("questions", Problem::TemplatesMissing))?;
            used.push(template.id.clone());
            places.push(PlaceOf { section: line.section_id, template, marks: line.marks });
        }
    }
    Ok(places)
}

/// The questions of every attempt, by attempt and position from 1. Attempts have the same templates with fresh numbers, so that
/// they are equally hard and can be counted together.
fn make_questions(places: &[PlaceOf], attempts: i16) -> Result<BTreeMap<(i16, i16), Made>> {
    let mut made = BTreeMap::new();
    for attempt in 1..=attempts {
        for (position, place) in (1..).zip(places) {
            let question = bank::ask(&place.template)?;
            made.insert((attempt, position), Made { section: place.section, question, marks: place.marks });
        }
    }
    Ok(made)
}

/// Makes the questions of every attempt and opens the paper to its candidates from its opening time on.
///
/// # Errors
/// What is missing, on `questions`, `candidates`, `settings` or `confirmed`.
pub async fn publish_paper(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    confirmed: bool,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = draft(services, &mut db, actor, paper).await?;
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
    let made = make_questions(&draw_places(&mut db, setter).await?, row.attempts)?;
    for ((attempt, position), made) in made {
        sqlx::query!(
            "insert into paper_items (id, paper_id, section_id, attempt, position, question, marks)
            values ($1, $2, $3, $4, $5, $6, $7)",
            new_id(),
            setter.paper.0,
            made.section,
            attempt,
            position,
            Json(made.question) as _,
            made.marks,
        )
        .execute(&mut *db)
        .await?;
    }
    sqlx::query!("update papers set published_at = now() where id = $1", setter.paper.0)
        .execute(&mut *db)
        .await?;
    note(services, &mut db, actor.person(), None, "assessment.paper_published", paper).await?;
    db.commit().await?;
    Ok(())
}
