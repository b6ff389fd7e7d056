//! Cohorts. People who are signed up to follow a cohort see its students' access and completion, with their tries at knowledge checks, and
//! nothing else. They set target dates, keep notes about students for one another, and remind students.

mod administration;
mod dates;
mod file;
mod over_time;
mod reminders;
mod sql;
mod student;
#[cfg(test)]
mod tests;

pub(crate) use administration::read_day;
pub use administration::{
    CohortForm, cohort_tutors, give_tutor, make_cohort, organisation_cohorts, take_back_tutor,
};
pub use dates::{DateForm, cohort_dates, set_dates};
use domain::{
    cohorts::{CohortCard, CohortId, CohortPage, CohortsQuery, MyCohorts, StudentsQuery, UNSEEN_DAYS},
    kit::list::Choice,
    learning::CourseId,
    organisations::{OrganisationHead, OrganisationId},
};
pub use file::students_file;
pub use over_time::cohort_progress;
pub use reminders::{
    begin_reminder, reminder_page, save_reminder, send_reminder, stop_reminders, take_reminders,
};
use sqlx::{PgConnection, types::Json};
pub use student::{cohort_student, remove_note, write_note};
use uuid::Uuid;

use crate::{
    Result, Services,
    access::CohortTutor,
    accounts::Actor,
    kit::{export::in_turn_if_whole, list::Asked, moment::today},
    moment, number,
};

/// `/cohorts`: one page of the cohorts that the actor is signed up to follow. Their figures are of the students whom their grids show
/// (`progress_shared`).
pub async fn my_cohorts(services: &Services, actor: &Actor, query: &CohortsQuery) -> Result<MyCohorts> {
    // Everybody may see their own.
    let prove = async { Ok(()) };
    in_turn_if_whole(services, actor, query.whole, prove, load_mine(services, actor, query)).await
}

async fn load_mine(services: &Services, actor: &Actor, query: &CohortsQuery) -> Result<MyCohorts> {
    let asked = Asked::of(query);
    let mut rows = sqlx::query!(
        // The statement starts from the actor and reads each of their cohorts by its key, because the tables hold the cohorts of everybody.
        r#"with mine as materialized (select cohort_id as id from followed_cohorts($1)),
        found as (
            select co.id, co.name, co.organisation, c.title as course, e.students, e.unseen,
                -- A module that was retired since is among the completed, and no more among all.
                least(coalesce(e.completed * 100 / nullif(e.students * q.modules, 0), 0), 100) as completed_percent
            from mine
            cross join lateral (
                select x.id, x.name, x.course_id, x.organisation_id, o.name as organisation,
                    -- As in the grid: the cohort's own course, and the others that are given to it.
                    array[x.course_id] || array(select a.course_id from courses_assigned a
                        where a.cohort_id = x.id and a.course_id <> x.course_id) as courses
                from cohorts x join organisations_named o on o.id = x.organisation_id where x.id = mine.id offset 0
            ) co
            join courses c on c.id = co.course_id
            cross join lateral (
                select count(*) as modules from modules m where m.course_id = any(co.courses) and not m.retired
            ) q
            cross join lateral (
                select count(*) as students, sum(x.modules_completed + coalesce(y.completed, 0))::bigint as completed,
                    -- As the grid of the cohort has it.
                    count(*) filter (where (greatest(x.last_seen_at, y.last_seen_at) at time zone 'Europe/London')::date <= $8::date - $9::integer
                        and course_state((x.modules_completed + coalesce(y.completed, 0))::integer, q.modules::integer, x.last_seen_at) <> 'completed')
                        as unseen
                from enrolments x
                -- Each by the key: a join could read the whole table.
                cross join lateral (
                    select s.person_id from progress_shared s
                    where s.organisation_id = co.organisation_id and s.person_id = x.learner_id offset 0
                ) shared
                cross join lateral (
                    select sum(z.modules_completed) as completed, max(z.last_seen_at) as last_seen_at from enrolments z
                    where cardinality(co.courses) > 1 and z.learner_id = x.learner_id and z.organisation_id = co.organisation_id
                        and z.course_id = any(co.courses) and z.id <> x.id
                ) y
                where x.cohort_id = co.id
            ) e
            where found_by(co.name, $2, (select searchable($2)))
                or found_by(co.organisation, $2, (select searchable($2)))
                or found_by(c.title, $2, (select searchable($2)))
        ), listed as (
            select f.*, case $3
                    when 'students' then to_char(f.students, 'FM0000000')
                    when 'completed' then to_char(f.completed_percent, 'FM000')
                    else lower(f.organisation || ' ' || f.name)
                end collate "und-x-icu" as key
            from found f
        ), shown as (
            select * from listed
            where $4::text is null
                or case when $6 then (key, id) < ($4 collate "und-x-icu", $5) else (key, id) > ($4 collate "und-x-icu", $5) end
            order by case when $6 then key end desc, case when not $6 then key end, case when $6 then id end desc, id
            limit $7
        ), head as materialized (
            select (select count(*) from mine) as in_all, (select count(*) from listed) as found,
                (select coalesce(jsonb_agg(jsonb_build_object('slug', o.slug, 'name', o.name) order by o.name), '[]')
                    from administered_organisations($1) a join organisations_named o on o.id = a.organisation_id) as administered
        )
        select h.administered as "administered!: Json<Vec<OrganisationHead>>", h.in_all as "in_all!", h.found as "found!", s.id as "id?", s.name as "name?", s.organisation as "organisation?",
            s.course as "course?", s.students as "students?", s.unseen as "unseen?", s.completed_percent as "completed_percent?", s.key as "key?"
        from head h left join shown s on true
        order by case when $6 then s.key end desc, case when not $6 then s.key end, case when $6 then s.id end desc, s.id"#,
        actor.person().0,
        asked.search,
        query.sort.as_str(),
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
        today(services.clock.now()),
        UNSEEN_DAYS,
    )
    .fetch_all(&services.db)
    .await?;
    let counts = rows.first().map(|row| (row.found, row.in_all)).unwrap_or_default();
    let administered =
        rows.first_mut().map(|row| std::mem::take(&mut row.administered.0)).unwrap_or_default();
    // When no cohort is found, the only row has no cohort.
    rows.retain(|row| row.id.is_some());
    let cohorts = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            Ok(CohortCard {
                id: CohortId(row.id.unwrap_or_default()),
                name: row.name.unwrap_or_default(),
                organisation: row.organisation.unwrap_or_default(),
                course: row.course.unwrap_or_default(),
                students: number(row.students.unwrap_or_default())?,
                unseen: number(row.unseen.unwrap_or_default())?,
                completed_percent: number(row.completed_percent.unwrap_or_default())?,
            })
        },
    )?;
    Ok(MyCohorts { cohorts, administered })
}

/// `/cohorts/{cohort}`: one page of its students.
pub async fn cohort_page(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    query: &StudentsQuery,
) -> Result<CohortPage> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.tutor_of(&mut db, cohort).await
    };
    let page = async {
        let mut db = services.db.acquire().await?;
        let tutor = actor.tutor_of(&mut db, cohort).await?;
        let at = query.whole.then(|| moment(services.clock.now()));
        let now = services.clock.now();
        Ok(CohortPage { at, ..sql::page(&mut db, tutor, query, Asked::of(query), now).await? })
    };
    in_turn_if_whole(services, actor, query.whole, prove, page).await
}

/// Until the transaction ends, the other tutors of the cohort wait who set its dates or send a reminder.
async fn one_at_a_time(db: &mut PgConnection, tutor: CohortTutor) -> Result<()> {
    sqlx::query!("select id from cohorts where id = $1 for no key update", tutor.cohort().0)
        .fetch_one(db)
        .await?;
    Ok(())
}

/// A cohort to set up, with the course that its students take.
pub struct NewCohort {
    pub id: CohortId,
    pub organisation: OrganisationId,
    pub course: CourseId,
}

/// Finds or creates a cohort by its name within its organisation. It is meant for setting up, so it checks no permission.
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
    Ok(NewCohort { id: CohortId(row.id), organisation, course: CourseId(row.course_id) })
}
