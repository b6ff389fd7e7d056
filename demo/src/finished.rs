//! An employer whose people have completed a course. Some of them have said what they think of it, so that there are
//! figures and comments, and others have not, so that they are asked.

use domain::{
    access::Role,
    learning::{FEEDBACK, Slug, WISHES},
};
use services::{
    Error, Result, Services, cohorts,
    learning::{self, EndForm, FeedbackForm, WishesForm},
    organisations,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{FIRST_NAMES, LAST_NAMES, PASSWORD, grant, papers::sign_in, person};

const EMPLOYER: &str = "Harbour Community Trust (demo)";
const HEAD: &str = "head@demo.example";
/// How many people it has on the course.
const STAFF: usize = 14;
/// How many of them have said what they think: five are in the figures, and the others wait for one more.
const SAID: usize = 9;
const COMMENTS: [&str; 3] = [
    "More worked examples of doses for kidney disease, please.",
    "",
    "The knowledge checks were the best part.",
];

/// Seeds once. Apart from [`seed`](crate::seed), because tests count the people and organisations of that.
///
/// # Errors
/// [`Error::NotFound`] without the course.
pub async fn employ(services: &Services) -> Result<()> {
    let mut db = services.begin().await?;
    let there = sqlx::query_scalar!(
        r#"select exists (select from organisations where name = $1) as "there!""#,
        EMPLOYER,
    )
    .fetch_one(&mut *db)
    .await?;
    if there {
        return Ok(());
    }
    let hash = services.hasher.hash(PASSWORD).await?;
    let course = learning::find_course(&mut db, "nmp").await?;
    let employer = organisations::ensure_organisation(services, &mut db, EMPLOYER, "employer").await?;
    let cohort =
        cohorts::ensure_cohort(services, &mut db, employer, course, "Community prescribers, 2026").await?;
    let head = person(services, &mut db, HEAD, "Demo Head of Learning", &hash).await?;
    grant(services, &mut db, head, Role::OrganisationAdministrator(employer)).await?;
    for n in 0..STAFF {
        let name = format!("{} {} (demo)", FIRST_NAMES[(n + 7) % 20], LAST_NAMES[n % 10]);
        let id = person(services, &mut db, &staff(n), &name, &hash).await?;
        let enrolment = learning::enrol(services, &mut db, id, &cohort).await?;
        organisations::ensure_member(services, &mut db, employer, id).await?;
        complete(services, &mut db, enrolment.0).await?;
    }
    db.commit().await?;

    let course = Slug::parse("nmp").map_err(Error::failed)?;
    for n in 0..SAID {
        let person = sign_in(services, &staff(n)).await?;
        let form = EndForm { wishes: wishes(n), feedback: feedback(n) };
        learning::answer_end(services, &person, &course, &form).await?;
    }
    Ok(())
}

fn staff(n: usize) -> String {
    format!("staff{n:03}@demo.example")
}

/// Facts of somebody who has completed every module, which the counters then follow.
async fn complete(services: &Services, db: &mut PgConnection, enrolment: Uuid) -> Result<()> {
    let now = services.clock.now();
    sqlx::query!(
        "insert into page_openings (enrolment_id, page_id, first_opened_at, first_version, last_opened_at, last_version)
        select e.id, p.id, $2::timestamptz, p.version, $2::timestamptz, p.version
        from enrolments e join modules m on m.course_id = e.course_id join pages p on p.module_id = m.id
        where e.id = $1 and not m.retired and not p.retired",
        enrolment,
        now,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into check_attempts
            (id, enrolment_id, module_id, version, answers, right_answers, questions, passed, taken_at, asked)
        select gen_random_uuid(), e.id, m.id, m.check_version, '{}', taken.asked, taken.asked, true, $2::timestamptz,
            (select array_agg(question ->> 'id' order by place) from jsonb_array_elements(v.questions)
                with ordinality as pool (question, place) where place <= taken.asked)
        from enrolments e join modules m on m.course_id = e.course_id
        join check_versions v on v.module_id = m.id and v.version = m.check_version
        cross join lateral (select coalesce(v.asked, jsonb_array_length(v.questions)) as asked) taken
        where e.id = $1 and not m.retired",
        enrolment,
        now,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("update enrolments set last_seen_at = $2 where id = $1", enrolment, now).execute(db).await?;
    Ok(())
}

/// What person `n` wants after the course.
fn wishes(n: usize) -> WishesForm {
    let said = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    WishesForm {
        version: WISHES.version.to_owned(),
        keep_access: said(!n.is_multiple_of(4)),
        join_zone: said(n.is_multiple_of(2)),
    }
}

/// What person `n` thinks of the course: from 2 to 5, otherwise for each question.
fn feedback(n: usize) -> FeedbackForm {
    let rating = |place: usize| (2 + (n + 2 * place) % 4).to_string();
    let ratings = FEEDBACK.questions.iter().enumerate();
    FeedbackForm {
        version: FEEDBACK.version.to_owned(),
        ratings: ratings.map(|(place, question)| (question.id.to_owned(), rating(place))).collect(),
        comment: COMMENTS[n % COMMENTS.len()].to_owned(),
    }
}
