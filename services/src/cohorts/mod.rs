//! Cohorts, and what the people who are signed up to follow them see: access and completion, nothing else.

mod sql;
#[cfg(test)]
mod tests;

use domain::{
    cohorts::{CohortCard, CohortId, CohortPage, CohortQuery, MyCohorts},
    learning::CourseId,
    organisations::OrganisationId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Result, Services, accounts::Actor, number};

/// How many students one page shows.
pub const STUDENTS_A_PAGE: usize = 50;

/// `/cohorts`: only those that the actor is signed up for.
pub async fn my_cohorts(services: &Services, actor: &Actor) -> Result<MyCohorts> {
    let rows = sqlx::query!(
        // It begins at who asks, and what is theirs is read by the key: beside it are everybody's.
        r#"with mine as (select cohort_id as id from followed_cohorts($1))
        select co.id as "id!", co.name as "name!", co.organisation as "organisation!", c.title as course, e.students as "students!",
            coalesce(e.completed * 100
                / nullif(e.students * (select count(*) from modules m where m.course_id = c.id and not m.retired), 0), 0)
                as "completed_percent!"
        from mine
        cross join lateral (
            select x.id, x.name, x.course_id, o.name as organisation
            from cohorts x join organisations o on o.id = x.organisation_id where x.id = mine.id offset 0
        ) co
        join courses c on c.id = co.course_id
        cross join lateral (
            select count(*) as students, sum(x.modules_completed) as completed from enrolments x where x.cohort_id = co.id
        ) e
        order by co.organisation, co.name"#,
        actor.person().0,
    )
    .fetch_all(&services.db)
    .await?;
    let cohorts = rows.into_iter().map(|row| {
        Ok(CohortCard {
            id: CohortId(row.id),
            name: row.name,
            organisation: row.organisation,
            course: row.course,
            students: number(row.students)?,
            // A module that was retired since is among the completed, and no more among all.
            completed_percent: number(row.completed_percent.min(100))?,
        })
    });
    Ok(MyCohorts { cohorts: cohorts.collect::<Result<_>>()? })
}

/// `/cohorts/{cohort}`: one page of its students.
pub async fn cohort_page(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    query: &CohortQuery,
) -> Result<CohortPage> {
    let mut db = services.db.acquire().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    sql::page(&mut db, tutor, query).await
}

/// A cohort to set up, and the course that its students take.
pub struct NewCohort {
    pub id: CohortId,
    pub course: CourseId,
}

/// Finds or makes a cohort by its name within its organisation. For setting up: nobody is asked for permission.
///
/// # Errors
/// When the database fails.
pub async fn ensure_cohort(
    services: &Services,
    db: &mut PgConnection,
    organisation: OrganisationId,
    course: CourseId,
    name: &str,
) -> Result<NewCohort> {
    let row = sqlx::query!(
        "insert into cohorts (id, organisation_id, course_id, name, created_at) values ($1, $2, $3, $4, $5)
        on conflict (organisation_id, name) do update set name = excluded.name returning id, course_id",
        Uuid::now_v7(),
        organisation.0,
        course.0,
        name,
        services.clock.now(),
    )
    .fetch_one(db)
    .await?;
    Ok(NewCohort { id: CohortId(row.id), course: CourseId(row.course_id) })
}
