//! Courses, and one learner's progress through them.
//!
//! The use cases here are about the actor's own learning: the SQL starts at their enrolment, so a course that they are
//! not on is not found, even by guessing its address; nor is one that is not open to them (`course_open`): whose assignment
//! has ended, whose organisation they have left, or outside the days of their cohort. The enrolment stays, and keeps their
//! progress. For the tutor's view see [`crate::cohorts`]. What an organisation and support read of feedback is in `end/`,
//! and takes their proofs.

mod calendar;
mod cards;
mod check;
mod clarity;
pub mod content;
mod end;
mod glossary;
mod highlights;
mod kept_files;
mod notes;
mod offline;
mod passages;
mod printed;
mod record;
mod reminders;
mod search;
mod sql;
#[cfg(test)]
mod tests;

pub use calendar::{calendar_feed, make_calendar, remove_calendar};
pub(crate) use cards::CardRow;
pub use check::{TakenCheck, check_page, put_aside, save_check, take_check};
pub use clarity::say_clear;
pub use end::{
    EndForm, FeedbackForm, WishesForm, answer_end, comments, end_page, feedback_file, organisation_feedback,
};
pub use glossary::glossary;
pub use highlights::save_highlights;
pub use kept_files::{notes_file, notes_pdf};
pub use notes::{KeptVersions, PageAddress, note_page, notes_page, remove_note, save_note};
pub use offline::{pages_to_keep, take_late_openings};
pub use printed::printed_module;
pub(crate) use record::verify_course;
pub use record::{
    course_certificate, make_certificate, record_file, record_page, record_pdf, reflection_page,
    save_reflection,
};
pub use reminders::{own_reminders, remind_learners, set_own_reminders, stop_own_reminders};
pub use search::search_course;

use chrono::{DateTime, Utc};
use domain::{
    accounts::PersonId,
    learning::{
        CheckRecord, CourseId, CoursePage, EnrolmentId, Kept, ModulePage, MyCourses, ProgressNews,
        ReadingPage, Resume, Slug, TriedCheck,
    },
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services, accounts::Actor, cohorts::NewCohort, kit::moment::day, number,
    organisations::ensure_member,
};

/// `/learn`: the courses that are the actor's own, their cohort's, or assigned to them. One that their cohort may not open today says when
/// instead of what it is about.
pub async fn my_courses(services: &Services, actor: &Actor) -> Result<MyCourses> {
    let now = services.clock.now();
    let rows = sqlx::query_scalar!(
        r#"select coalesce(jsonb_agg(to_jsonb(c) order by c.enrolled_at, c.slug), '[]') as "cards!: Json<Vec<CardRow>>"
        from learning_cards($1, $2) c"#,
        actor.person().0,
        now,
    )
    .fetch_one(&services.db)
    .await?;
    Ok(MyCourses { courses: rows.0.into_iter().map(|row| row.card(now)).collect() })
}

/// `/learn/{course}`.
pub async fn course_page(services: &Services, actor: &Actor, course: &Slug) -> Result<CoursePage> {
    let mut db = services.db.acquire().await?;
    let course = sql::course(&mut db, actor.person(), course, services.clock.now()).await?;
    let resume = course.last_page.and_then(|(module, page)| {
        let there = course.progress.module(&module)?.pages.iter().find(|there| there.slug == page)?;
        Some(Resume { title: there.title.clone(), module, page })
    });
    Ok(CoursePage {
        title: course.title,
        intro_html: course.intro_html,
        summaries: course.summaries,
        minutes: course.minutes,
        due: course.due,
        resume,
        answered: course.answered,
        progress: course.progress,
    })
}

/// `/learn/{course}/{module}`. Looking at it does not count as being into the module: that starts with its first page.
pub async fn module_page(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: &Slug,
) -> Result<ModulePage> {
    let mut db = services.db.acquire().await?;
    let row = sql::module(&mut db, actor.person(), course, module).await?;
    // A person who is not on the course gets no further, with the same answer as for a missing module.
    let course = sql::course(&mut db, actor.person(), course, services.clock.now()).await?;
    let row = row.ok_or(Error::NotFound)?;
    Ok(ModulePage {
        check: check_record(&row, services.clock.now())?,
        course_title: course.title,
        title: row.title,
        intro_html: row.intro_html,
        minutes: number(row.minutes)?,
        framework: row.framework,
        competencies: row.competencies,
        progress: course.progress.within(module.as_str()),
    })
}

/// The actor's progress in a course, for a page that already shows its titles; with the check of the module that is
/// shown, if any.
pub async fn progress(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: Option<&Slug>,
) -> Result<ProgressNews> {
    let mut db = services.db.acquire().await?;
    let row = match module {
        Some(module) => Some(sql::module(&mut db, actor.person(), course, module).await?),
        None => None,
    };
    let course = sql::course(&mut db, actor.person(), course, services.clock.now()).await?;
    let check = match row {
        Some(row) => Some(check_record(&row.ok_or(Error::NotFound)?, services.clock.now())?),
        None => None,
    };
    let last = course.last_page.as_ref().map(|(module, page)| (module.as_str(), page.as_str()));
    Ok(ProgressNews::of(&course.progress, last, check))
}

fn check_record(row: &sql::Module, now: DateTime<Utc>) -> Result<CheckRecord> {
    let mut tried = None;
    if let (Some(at), Some(pass), Some(right), Some(of)) = (row.taken_at, row.passed, row.right, row.of) {
        let passed_on = pass.then(|| day(at, now));
        tried = Some(TriedCheck { passed_on, right: number(right)?, of: number(of)?, nth: number(row.nth)? });
    }
    let answered = |kept: &Json<Kept>| kept.values().filter(|answer| !answer.given.is_empty()).count();
    let answered = row.answers.as_ref().map_or(0, answered);
    Ok(CheckRecord::of(tried.as_ref(), answered))
}

/// `/learn/{course}/{module}/{page}`: returns the page and, if it is a look, records that it was opened, with the time
/// and the version.
pub async fn read_page(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: &Slug,
    page: &Slug,
    looked_at: bool,
) -> Result<ReadingPage> {
    let mut db = services.db.acquire().await?;
    let now = services.clock.now();
    let opened = sql::open_page(&mut db, actor.person(), course, module, page, looked_at, now).await?;
    let opened = opened.ok_or(Error::NotFound)?;
    // At the same moment, so that a tick which this opening has given is known.
    let course = sql::course(&mut db, actor.person(), course, now).await?;
    Ok(ReadingPage {
        course_title: course.title,
        title: opened.title,
        html: passages::marked(&opened.html, &opened.highlights),
        noted: !opened.note.is_empty(),
        bookmarked: opened.bookmarked,
        clear: opened.clear,
        recorded: looked_at,
        completed: looked_at && course.completed_now.as_deref() == Some(module.as_str()),
        progress: course.progress.within(module.as_str()),
    })
}

/// Records the opening of a page that was fetched ahead and is now shown.
pub async fn open_page(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: &Slug,
    page: &Slug,
) -> Result<()> {
    let mut db = services.db.acquire().await?;
    let now = services.clock.now();
    let opened = sql::open_page(&mut db, actor.person(), course, module, page, actor.looks(), now).await?;
    opened.map(drop).ok_or(Error::NotFound)
}

/// A figure of a course, by its hash: content type and body. Not private: it is a textbook picture.
pub async fn media(services: &Services, hash: &str) -> Result<(String, Vec<u8>)> {
    let row = sqlx::query!("select content_type, body from media where hash = $1", hash)
        .fetch_optional(&services.db)
        .await?
        .ok_or(Error::NotFound)?;
    Ok((row.content_type, row.body))
}

/// Puts a learner on the course of their cohort, and makes them belong to its organisation: it opens all of the course's modules to them.
/// Doing it twice is fine. A place that the cohort may not have (`place_free_for`) stays as it is.
/// For setting up: it checks no permission.
///
/// # Errors
/// When the database fails.
pub async fn enrol(
    services: &Services,
    db: &mut PgConnection,
    learner: PersonId,
    cohort: &NewCohort,
) -> Result<EnrolmentId> {
    ensure_member(services, &mut *db, cohort.organisation, learner).await?;
    let id = sqlx::query_scalar!(
        "insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at) values ($1, $2, $3, $4, $5)
        on conflict (learner_id, course_id) do update set
            cohort_id = case
                when enrolments.cohort_id is null
                    and place_free_for(excluded.organisation_id, enrolments.organisation_id, enrolments.cohort_id, enrolments.last_seen_at)
                then excluded.cohort_id else enrolments.cohort_id
            end
        returning id",
        Uuid::now_v7(),
        learner.0,
        cohort.course.0,
        cohort.id.0,
        services.clock.now(),
    )
    .fetch_one(db)
    .await?;
    Ok(EnrolmentId(id))
}

/// The course with that slug, for setting up cohorts.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn find_course(db: &mut PgConnection, slug: &str) -> Result<CourseId> {
    let id = sqlx::query_scalar!("select id from courses where slug = $1", slug).fetch_optional(db).await?;
    id.map(CourseId).ok_or(Error::NotFound)
}
