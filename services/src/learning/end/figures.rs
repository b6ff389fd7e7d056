//! The figures that an organisation sees of what its people think of a course, and never of fewer than five of them.
//!
//! Figures that change with each answer tell the newest one to anybody who looks twice, and so does a filter, or a second set
//! of figures for a part of the same people. For this reason:
//!
//! - An answer waits until five are there that have not been counted, of people of the same organisation, course and
//!   version of the questions. Then those who wait are counted together, in the transaction of the last of them.
//! - What is counted is added to numbers, and stays: an answer that is changed afterwards, an account that is erased or
//!   a person who moves to another cohort changes no figure.
//! - There is one set of figures for a course and version: none by cohort, team, area or time, on no page and in no file.
//!   Every question of it is answered by everybody who counts. How many wait is shown nowhere.

use chrono::{DateTime, Utc};
use domain::{
    learning::{
        CourseFigures, FEEDBACK, FEWEST_ANSWERS, OrganisationFeedback, QuestionFigures, RATINGS, Slug,
    },
    organisations::{OrganisationHead, OrganisationId},
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::questionnaire;
use crate::{
    Error, Result, Services,
    access::OrganisationAdministrator,
    accounts::Actor,
    kit::export::{Cell, Export, File, Format, file},
    number,
};

/// Until the transaction ends, others of the organisation who say what they think of this course wait: of two answers at once the second
/// sees the first, and none is counted twice. People of other organisations do not wait.
pub(super) async fn one_at_a_time(
    db: &mut PgConnection,
    organisation: OrganisationId,
    course: Uuid,
) -> Result<()> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended(concat('feedback ', $1::uuid, ' ', $2::uuid), 0))",
        organisation.0,
        course,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Adds the answers that wait to the figures, if they are enough.
pub(super) async fn count(
    db: &mut PgConnection,
    organisation: OrganisationId,
    course: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "with waiting as (
            select f.enrolment_id, f.ratings
            from course_feedback f join enrolments e on e.id = f.enrolment_id
            where f.organisation_id = $1 and e.course_id = $2 and f.version = $3 and f.counted_at is null
        ), step as (
            select enrolment_id, ratings from waiting where (select count(*) from waiting) >= $4
        ), counted as (
            update course_feedback f set counted_at = $5 from step where f.enrolment_id = step.enrolment_id
        )
        insert into feedback_figures as s (organisation_id, course_id, version, question, rating, answers)
        select $1, $2, $3, r.question, r.rating, count(*)
        from step cross join lateral unnest(step.ratings) with ordinality as r (rating, question)
        group by r.question, r.rating
        on conflict (organisation_id, course_id, version, question, rating) do update set
            answers = s.answers + excluded.answers",
        organisation.0,
        course,
        FEEDBACK.version,
        i64::from(FEWEST_ANSWERS),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// `/organisation/{slug}/feedback`.
///
/// # Errors
/// As [`Actor::administers`].
pub async fn organisation_feedback(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
) -> Result<OrganisationFeedback> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    figures(&mut db, administrator).await
}

/// Place of the question, rating, people.
type Counted = (i64, i64, i64);

async fn figures(
    db: &mut PgConnection,
    administrator: OrganisationAdministrator,
) -> Result<OrganisationFeedback> {
    let rows = sqlx::query!(
        r#"select o.slug as "slug!", o.name as "name!", c.title as "title?", s.version as "version?",
            s.counted as "counted?: Json<Vec<Counted>>"
        from organisations_named o
        left join (
            select k.course_id from cohorts_named k where k.organisation_id = $1
            union
            select a.course_id from courses_assigned a where a.organisation_id = $1
            union
            select x.course_id from feedback_figures x where x.organisation_id = $1
        ) taken on true
        left join courses c on c.id = taken.course_id
        left join lateral (
            select x.version, jsonb_agg(jsonb_build_array(x.question, x.rating, x.answers)) as counted
            from feedback_figures x where x.organisation_id = $1 and x.course_id = taken.course_id
            group by x.version
        ) s on true
        where o.id = $1
        order by c.title, taken.course_id, s.version desc"#,
        administrator.organisation().0,
    )
    .fetch_all(db)
    .await?;
    let head = rows.first().ok_or(Error::NotFound)?;
    let head = OrganisationHead { slug: head.slug.clone(), name: head.name.clone() };
    let mut courses = Vec::new();
    for row in rows {
        let Some(title) = row.title else { continue };
        let version = row.version.unwrap_or_else(|| FEEDBACK.version.to_owned());
        let questions = of_course(&version, &row.counted.map(|counted| counted.0).unwrap_or_default())?;
        courses.push(CourseFigures { title, version, questions });
    }
    Ok(OrganisationFeedback { head, courses })
}

/// The figures of each question. None at all if one of them has fewer than five answers, whatever is stored.
fn of_course(version: &str, counted: &[Counted]) -> Result<Vec<QuestionFigures>> {
    let mut questions = Vec::new();
    for (place, question) in (1_i64..).zip(questionnaire(version)?.questions) {
        let mut people = [0_u32; RATINGS.len()];
        for (rating, people) in (1_i64..).zip(&mut people) {
            let found = counted.iter().find(|(of, given, _)| (*of, *given) == (place, rating));
            *people = found.map_or(Ok(0), |(.., answers)| number(*answers))?;
        }
        questions.push(QuestionFigures { text: question.text.to_owned(), people });
    }
    if questions.iter().any(|question| question.answers() < FEWEST_ANSWERS) {
        questions.clear();
    }
    Ok(questions)
}

/// The same figures as a file.
///
/// # Errors
/// As [`Actor::administers`].
pub async fn feedback_file(services: &Services, actor: &Actor, slug: &Slug, format: Format) -> Result<File> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.administers(services, &mut db, slug).await
    };
    let load = async {
        let OrganisationFeedback { head, courses } = organisation_feedback(services, actor, slug).await?;
        let rows = courses.into_iter().flat_map(|CourseFigures { title, version, questions }| {
            questions.into_iter().map(move |question| row(&title, &version, question))
        });
        let headings = ["Course", "Version of the questions", "Statement", "Answers", "Mean"];
        Ok(Export {
            of: format!("{}, feedback", head.name),
            thing: "statement",
            narrowed: Vec::new(),
            rows: rows.collect(),
            headings: headings
                .into_iter()
                .chain(RATINGS.map(|(_, words)| words))
                .map(str::to_owned)
                .collect(),
        })
    };
    file(services, actor, format, prove, load).await
}

fn row(title: &str, version: &str, question: QuestionFigures) -> Vec<Cell> {
    let mean =
        question.mean_in_tenths().map_or(Cell::Nothing, |tenths| Cell::Number(f64::from(tenths) / 10.0));
    let people = question.people.map(Cell::number);
    let answers = Cell::number(question.answers());
    [Cell::text(title), Cell::text(version), Cell::Text(question.text), answers, mean]
        .into_iter()
        .chain(people)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_question_with_four_answers_hides_all_of_them() {
        let questions = i64::try_from(FEEDBACK.questions.len()).unwrap();
        let mut counted: Vec<Counted> = (1..=questions).map(|question| (question, 4, 5)).collect();
        let shown = of_course(FEEDBACK.version, &counted).unwrap();
        assert_eq!(shown.len(), FEEDBACK.questions.len());
        assert!(shown.iter().all(|question| question.people == [0, 0, 0, 5, 0]));
        counted[1].2 = 4;
        assert!(of_course(FEEDBACK.version, &counted).unwrap().is_empty());
        assert!(of_course(FEEDBACK.version, &[]).unwrap().is_empty());
        assert!(matches!(of_course("of another day", &counted), Err(Error::Failed(_))));
    }
}
