//! Practice: fresh questions, one at a time. A learner's history is private to them.

use std::collections::BTreeMap;

use domain::{
    Problem,
    assessment::{
        Category, Difficulty,
        practice::{
            CategoryHistory, KEPT_QUESTIONS, LevelHistory, PracticeHome, PracticeId, PracticePage,
            next_level, round_of, weakest,
        },
        question::{Question, Response, Verdict, mark},
    },
};
use sqlx::types::Json;

use super::{bank, html, known, new_id, number};
use crate::{
    Error, Result, Services,
    accounts::{self, Actor},
    assessment::{delivery::room::page_texts, results::own::question_result},
};

/// How many questions a learner can be asked in an hour: a person who works them out never reaches it.
const ASKED_AN_HOUR: i64 = 120;

/// `/assessments/practice`: the results so far, by category.
pub async fn practice_home(services: &Services, actor: &Actor) -> Result<PracticeHome> {
    let rows = sqlx::query!(
        r#"select t.category, coalesce(h.answered, 0) as "answered!", coalesce(h.right_ones, 0) as "right!",
            coalesce(h.with_hints, 0) as "with_hints!", coalesce(h.recent, '{}') as "recent!",
            l.levels as "levels?: Json<Vec<LevelHistory>>"
        from (select distinct category from question_templates where organisation_id is null and not retired) t
        left join lateral (
            select count(*) as answered, count(*) filter (where (verdict->>'right')::boolean) as right_ones,
                count(*) filter (where (verdict->>'right')::boolean and hints > 0) as with_hints,
                (array_agg((verdict->>'right')::boolean and hints = 0 order by answered_at desc, id desc))[1:10] as recent
            from practice_questions q
            where q.learner_id = $1 and q.category = t.category and q.answered_at is not null
        ) h on true
        left join lateral (
            select jsonb_agg(jsonb_build_object('level', g.level, 'answered', g.answered, 'right', g.right_ones) order by g.level) as levels
            from (
                select (question->>'difficulty')::int as level, count(*) as answered,
                    count(*) filter (where (verdict->>'right')::boolean) as right_ones
                from practice_questions q
                where q.learner_id = $1 and q.category = t.category and q.answered_at is not null
                group by (question->>'difficulty')::int
            ) g
        ) l on true"#,
        actor.person().0,
    )
    .fetch_all(&services.db)
    .await?;
    let mut by_category: BTreeMap<Category, CategoryHistory> = BTreeMap::new();
    for row in rows {
        let category = known("category", &row.category, Category::parse)?;
        let history = CategoryHistory {
            category,
            answered: number(row.answered)?,
            right: number(row.right)?,
            with_hints: number(row.with_hints)?,
            levels: row.levels.map(|levels| levels.0).unwrap_or_default(),
            recent: row.recent.into_iter().rev().collect(),
        };
        by_category.insert(category, history);
    }
    let history: Vec<_> = by_category.into_values().collect();
    Ok(PracticeHome { weakest: weakest(&history), history })
}

/// Asks a fresh question; without a category the weakest comes first.
///
/// # Errors
/// [`Error::NotFound`] for a category without questions; [`Problem::PracticeEnough`] on `category` for a learner who
/// has had [`ASKED_AN_HOUR`] within an hour.
pub async fn ask_practice(
    services: &Services,
    actor: &Actor,
    category: Option<Category>,
) -> Result<PracticeId> {
    let category = match category {
        Some(category) => category,
        None => practice_home(services, actor).await?.weakest.ok_or(Error::NotFound)?,
    };
    let mut db = services.begin().await?;
    // One at a time: simultaneous requests count each other.
    accounts::one_at_a_time(&mut db, actor.person()).await?;
    let asked = sqlx::query_scalar!(
        r#"select count(*) as "asked!" from practice_questions where learner_id = $1 and asked_at > now() - interval '1 hour'"#,
        actor.person().0,
    )
    .fetch_one(&mut *db)
    .await?;
    if asked >= ASKED_AN_HOUR {
        return Err(Error::invalid("category", Problem::PracticeEnough));
    }
    let before = sqlx::query!(
        r#"select question->>'template' as "template!", (question->>'difficulty')::smallint as "level!",
            case when answered_at is not null then (verdict->>'right')::boolean and hints = 0 end as "right?"
        from practice_questions where learner_id = $1 and category = $2 order by asked_at desc, id desc limit 4"#,
        actor.person().0,
        category.as_str(),
    )
    .fetch_all(&mut *db)
    .await?;
    let answered = before.iter().filter_map(|question| {
        let level = u8::try_from(question.level).ok().and_then(|level| Difficulty::try_from(level).ok());
        level.zip(question.right)
    });
    let level = next_level(&answered.collect::<Vec<_>>());
    // Not the template of a moment ago, as long as there are others.
    let lately: Vec<_> = before.into_iter().map(|question| question.template).collect();
    let template = match bank::draw_template(&mut db, None, category, Some(level), &lately).await? {
        Some(template) => template,
        // The bank need not have every level.
        None => bank::draw_template(&mut db, None, category, None, &lately).await?.ok_or(Error::NotFound)?,
    };
    let question = bank::ask(&template)?;
    let id = PracticeId(new_id());
    sqlx::query!(
        "insert into practice_questions (id, learner_id, category, question, asked_at) values ($1, $2, $3, $4, now())",
        id.0,
        actor.person().0,
        category.as_str(),
        Json(&question) as _,
    )
    .execute(&mut *db)
    .await?;
    // Removes questions older than those that are kept.
    sqlx::query!(
        "delete from practice_questions where id in (
            select id from practice_questions where learner_id = $1 order by asked_at desc, id desc offset $2)",
        actor.person().0,
        i64::from(KEPT_QUESTIONS),
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(id)
}

/// `/assessments/practice/{question}`: asked, or with its verdict and the worked solution.
pub async fn practice_page(services: &Services, actor: &Actor, id: PracticeId) -> Result<PracticePage> {
    let row = sqlx::query!(
        r#"select question as "question: Json<Question>", hints, response as "response: Json<Response>",
            verdict as "verdict: Json<Verdict>"
        from practice_questions where id = $1 and learner_id = $2"#,
        id.0,
        actor.person().0,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    // More would take longer than a day.
    let asked = sqlx::query!(
        r#"select extract(epoch from asked_at)::bigint as "at!", coalesce((verdict->>'right')::boolean, false) as "right!"
        from practice_questions
        where learner_id = $2 and (asked_at, id) <= (select asked_at, id from practice_questions where id = $1)
        order by asked_at desc, id desc limit 1000"#,
        id.0,
        actor.person().0,
    )
    .fetch_all(&services.db)
    .await?;
    let asked: Vec<_> = asked.into_iter().map(|question| (question.at, question.right)).collect();
    let question = row.question.0;
    let response = row.response.map(|response| response.0);
    let hints: u32 = number(row.hints)?;
    let result = row.verdict.map(|verdict| {
        question_result(
            domain::assessment::ItemId(id.0),
            question.clone(),
            response.as_ref(),
            Some(verdict.0),
            hints,
        )
    });
    Ok(PracticePage {
        id,
        category: question.category,
        difficulty: question.difficulty,
        round: round_of(&asked),
        asked: page_texts(&question),
        hints: question.hints.iter().take(number(row.hints)?).map(|hint| html(hint)).collect(),
        response,
        problem: None,
        result,
    })
}

/// Opens the next hint. It counts: the answer is then right with help.
pub async fn open_practice_hint(services: &Services, actor: &Actor, id: PracticeId) -> Result<()> {
    let done = sqlx::query!(
        "update practice_questions set hints = least(hints + 1, jsonb_array_length(question->'hints'))::smallint
        where id = $1 and learner_id = $2 and answered_at is null",
        id.0,
        actor.person().0,
    )
    .execute(&services.db)
    .await?;
    if done.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Marks an answer at once. The first answer that can be marked counts.
///
/// # Errors
/// The [`Problem`] of an answer that cannot be marked as it is, on `answer`: nothing was counted.
pub async fn answer_practice(
    services: &Services,
    actor: &Actor,
    id: PracticeId,
    response: &Response,
) -> Result<()> {
    let row = sqlx::query!(
        r#"select question as "question: Json<Question>" from practice_questions where id = $1 and learner_id = $2"#,
        id.0,
        actor.person().0,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    if response.is_blank() {
        return Err(Error::invalid("answer", Problem::AnswerMissing));
    }
    let response = &response.clone().for_storing();
    let verdict = mark(&row.question, response).map_err(|problem| Error::invalid("answer", problem))?;
    sqlx::query!(
        "update practice_questions set response = $3, verdict = $4, answered_at = now()
        where id = $1 and learner_id = $2 and answered_at is null",
        id.0,
        actor.person().0,
        Json(response) as _,
        Json(verdict) as _,
    )
    .execute(&services.db)
    .await?;
    Ok(())
}
