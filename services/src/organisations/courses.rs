//! Which courses an organisation gives to everyone, to a team or to a cohort.
//!
//! An assignment decides what its people may open for as long as it stands (`course_open` in the database). The place in which their
//! progress is kept is made by triggers, for those who are there and for those who come, and stays when the assignment is taken back.

#[cfg(test)]
mod tests;

use domain::{
    FieldProblem, Problem,
    learning::Slug,
    organisations::{
        AssignmentId, AssignmentLine, Audience, CohortChoice, CourseChoice, OrganisationCourses,
        OrganisationHead, OrganisationId, TeamChoice,
    },
};
use serde_json::json;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::sponsors::already;
use crate::{
    Error, Result, Services,
    access::OrganisationAdministrator,
    accounts::Actor,
    kit::{
        audit,
        once::pressed_twice,
        waiting::{AS_LONG_AS_IT_TAKES, SHORTLY, busy, wait},
    },
    moment, number,
};

/// How many lines, teams and cohorts are on the page. It says when there are more.
const MOST: i64 = 300;

/// `/organisation/{slug}/courses`.
///
/// # Errors
/// As [`Actor::administers`].
pub async fn courses_page(services: &Services, actor: &Actor, slug: &Slug) -> Result<OrganisationCourses> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let mut rows = sqlx::query!(
        r#"with teams as materialized (
            select lower(m.team) as key, min(m.team) as name, count(*) as people from memberships m
            where m.organisation_id = $1 and m.team is not null group by lower(m.team)
        ), groups_of_it as materialized (
            select k.id, k.name, k.course_id,
                -- Who has left is reached by nothing.
                (select count(*) from cohort_students s
                    cross join lateral (select m.person_id from memberships m
                        where m.organisation_id = $1 and m.person_id = s.learner_id offset 0) m
                    where s.cohort_id = k.id) as people
            from cohorts_named k where k.organisation_id = $1
        ), head as materialized (
            select o.slug, o.name, (select count(*) from memberships m where m.organisation_id = $1) as people,
                (select coalesce(jsonb_agg(jsonb_build_object('slug', c.slug, 'title', c.title) order by c.title), '[]')
                    from courses_named c) as courses,
                (select coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'people', t.people) order by t.key), '[]')
                    from (select x.key, x.name, x.people from teams x order by x.key limit $2) t) as teams,
                (select coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name, 'people', g.people) order by lower(g.name)), '[]')
                    from (select x.id, x.name, x.people from groups_of_it x order by lower(x.name) limit $2) g) as cohorts
            from organisations o where o.id = $1
        ), lines as materialized (
            select a.id, a.course_id, a.team, g.name as cohort, a.assigned_at, b.full_name as giver,
                case when a.cohort_id is not null then g.people when a.team is not null then coalesce(t.people, 0) else h.people end as people
            from head h
            cross join course_assignments a
            left join groups_of_it g on g.id = a.cohort_id
            left join teams t on t.key = lower(a.team)
            left join people b on b.id = a.assigned_by
            where a.organisation_id = $1 and a.taken_back_at is null
            union all
            select null, g.course_id, null, g.name, null, null, g.people from groups_of_it g
        ), shown as (
            select l.id, l.team, l.cohort, l.assigned_at, l.giver, l.people, c.title as course,
                row_number() over (order by lower(c.title), l.cohort is not null, l.team is not null, lower(coalesce(l.team, l.cohort)),
                    l.id is not null) as place
            from lines l join courses_named c on c.id = l.course_id
            order by place limit $2
        )
        select h.slug as "slug!", h.name as "name!", h.people as "in_all!",
            (select count(*) from teams) as "all_teams!", (select count(*) from groups_of_it) as "all_cohorts!", h.courses as "courses!: Json<Vec<CourseChoice>>",
            h.teams as "teams!: Json<Vec<TeamChoice>>", h.cohorts as "cohorts!: Json<Vec<CohortChoice>>",
            (select count(*) from lines) as "all!", s.id as "id?", s.course as "course?", s.team as "team?", s.cohort as "cohort?",
            s.assigned_at as "assigned_at?", s.giver as "giver?", s.people as "people?"
        from head h left join shown s on true
        order by s.place"#,
        administrator.organisation().0,
        MOST,
    )
    .fetch_all(&mut *db)
    .await?;
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let (people, all) = (number(head.in_all)?, number(head.all)?);
    let (all_teams, all_cohorts) = (number(head.all_teams)?, number(head.all_cohorts)?);
    let courses = std::mem::take(&mut head.courses.0);
    let (teams, cohorts) = (std::mem::take(&mut head.teams.0), std::mem::take(&mut head.cohorts.0));
    let head =
        OrganisationHead { slug: std::mem::take(&mut head.slug), name: std::mem::take(&mut head.name) };
    let assignments = rows.into_iter().filter_map(|row| {
        let (course, people) = (row.course?, row.people?);
        Some(number(people).map(|people| AssignmentLine {
            id: row.id.map(AssignmentId),
            course,
            team: row.team,
            cohort: row.cohort,
            people,
            since: row.assigned_at.map(moment),
            by: row.giver,
        }))
    });
    let assignments = assignments.collect::<Result<Vec<_>>>()?;
    Ok(OrganisationCourses {
        head,
        people,
        assignments,
        all,
        courses,
        teams,
        all_teams,
        cohorts,
        all_cohorts,
    })
}

/// Gives a course to whom the text names (see [`Audience`]): they may open it from now on, and so may those who come to the organisation,
/// the team or the cohort later. Giving it twice is fine: the second time gives nothing, and a button
/// pressed twice is answered as the first time.
///
/// # Errors
/// [`Problem::ChoiceMissing`] on `course` and on `to`, for a team without people and the cohort of another organisation too; a problem in
/// words on `to` while somebody else changes what the course is given to; as [`Actor::administers`].
pub async fn assign_course(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    course: &str,
    to: &str,
) -> Result<Option<AssignmentId>> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let organisation = administrator.organisation();
    nobody_comes(&mut db, organisation).await?;
    let found = sqlx::query_scalar!(r#"select id as "id!" from courses_named where slug = $1"#, course)
        .fetch_optional(&mut *db)
        .await?;
    let reached = reached(&mut db, organisation, to).await?;
    let (Some(course), Some(reached)) = (found, &reached) else {
        let missing = [("course", found.is_none()), ("to", reached.is_none())];
        let missing = missing.into_iter().filter(|(_, missing)| *missing);
        return Err(Error::Invalid(
            missing.map(|(field, _)| FieldProblem::new(field, Problem::ChoiceMissing)).collect(),
        ));
    };
    let assignment = AssignmentId(Uuid::now_v7());
    let given = sqlx::query!(
        "insert into course_assignments (id, organisation_id, course_id, team, cohort_id, assigned_at, assigned_by)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        assignment.0,
        organisation.0,
        course,
        reached.team.as_deref(),
        reached.cohort,
        services.clock.now(),
        actor.person().0,
    )
    .execute(&mut *db)
    .await?;
    let (action, words) = ("organisations.course_assigned", format!("{course} {to}"));
    let before = pressed_twice(services, &mut db, actor.person(), organisation.0, (action, &words)).await?;
    if given.rows_affected() == 0 {
        // Nothing is kept of this.
        let stands = sqlx::query_scalar!(
            "select id from course_assignments
            where organisation_id = $1 and course_id = $2 and lower(team) is not distinct from lower($3::text)
                and cohort_id is not distinct from $4 and taken_back_at is null",
            organisation.0,
            course,
            reached.team.as_deref(),
            reached.cohort,
        );
        return Ok(stands.fetch_optional(&mut *db).await?.filter(|_| before).map(AssignmentId));
    }
    note(services, &mut db, actor, administrator, assignment, action).await?;
    tell(&mut db, administrator, assignment).await?;
    db.commit().await?;
    Ok(Some(assignment))
}

/// Neither team nor cohort is everyone.
#[derive(Default)]
struct Reached {
    team: Option<String>,
    cohort: Option<Uuid>,
}

/// Nothing for a text that names nobody of this organisation.
async fn reached(db: &mut PgConnection, organisation: OrganisationId, to: &str) -> Result<Option<Reached>> {
    Ok(match Audience::parse(to) {
        None => None,
        Some(Audience::Everyone) => Some(Reached::default()),
        Some(Audience::Team(name)) => {
            let team = sqlx::query_scalar!(
                "select min(team) from memberships where organisation_id = $1 and lower(team) = lower($2)",
                organisation.0,
                name,
            );
            team.fetch_one(db).await?.map(|team| Reached { team: Some(team), cohort: None })
        }
        Some(Audience::Cohort(id)) => {
            let cohort = sqlx::query_scalar!(
                r#"select id as "id!" from cohorts_named where id = $1 and organisation_id = $2"#,
                id.0,
                organisation.0,
            );
            cohort.fetch_optional(db).await?.map(|id| Reached { team: None, cohort: Some(id) })
        }
    })
}

/// Until the transaction ends, nobody joins the organisation, and no upload changes a team: neither side would see the other, and who came
/// at this moment would have no place on the course. It waits for two seconds at most: a large file takes minutes.
///
/// # Errors
/// A problem in words on `to` after that.
async fn nobody_comes(db: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    let busy = |error: sqlx::Error| busy(error, "to", "Give the course again");
    wait(db, SHORTLY).await?;
    // An upload that is taken in holds this lock.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('upload ' || $1::uuid, 0))", organisation.0)
        .execute(&mut *db)
        .await
        .map_err(busy)?;
    // A new membership refers to this row, and a person by hand locks it.
    sqlx::query!("select id from organisations where id = $1 for update", organisation.0)
        .fetch_one(&mut *db)
        .await
        .map_err(busy)?;
    wait(db, AS_LONG_AS_IT_TAKES).await
}

/// All who see an assignment hear that it has begun or ends: the organisation, who follows its cohort, and whom it reaches. To be called
/// while it stands.
async fn tell(
    db: &mut PgConnection,
    administrator: OrganisationAdministrator,
    assignment: AssignmentId,
) -> Result<()> {
    sqlx::query!(
        r#"with told as (
            select a.id, a.organisation_id, a.cohort_id from course_assignments a
            where a.id = $1 and a.organisation_id = $2 and a.taken_back_at is null
        )
        select count(*) as "told!" from (
            select 'organisation' as kind, a.organisation_id as id from told a
            union all
            select 'cohort', a.cohort_id from told a where a.cohort_id is not null
            union all
            select distinct 'learner', l.person_id from told a join assigned_learners l on l.assignment_id = a.id
        ) t, lateral live_tell(t.kind, t.id)"#,
        assignment.0,
        administrator.organisation().0,
    )
    .fetch_one(db)
    .await?;
    Ok(())
}

/// Takes a course back: whom nothing else gives it to can open it no more. Their progress stays, and is there when it is given again.
/// Taking it back twice is fine.
///
/// # Errors
/// [`Error::NotFound`] for an assignment of another organisation; as [`Actor::administers`].
pub async fn take_back_course(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    assignment: AssignmentId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    tell(&mut db, administrator, assignment).await?;
    let taken = sqlx::query!(
        "update course_assignments set taken_back_at = $3, taken_back_by = $4
        where id = $1 and organisation_id = $2 and taken_back_at is null",
        assignment.0,
        administrator.organisation().0,
        services.clock.now(),
        actor.person().0,
    )
    .execute(&mut *db)
    .await?;
    if taken.rows_affected() == 0 {
        let own = sqlx::query_scalar!(
            r#"select exists (select from course_assignments where id = $1 and organisation_id = $2) as "own!""#,
            assignment.0,
            administrator.organisation().0,
        );
        return already(own.fetch_one(&mut *db).await?);
    }
    note(services, &mut db, actor, administrator, assignment, "organisations.course_taken_back").await?;
    db.commit().await?;
    Ok(())
}

async fn note(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    administrator: OrganisationAdministrator,
    assignment: AssignmentId,
    action: &str,
) -> Result<()> {
    let event = audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject: None, action };
    audit::record_with(db, event, administrator.noted(json!({ "assignment": assignment }))).await
}
