//! Who has completed what: how far the people of an organisation are in the courses that it gives them.

#[cfg(test)]
mod tests;

use domain::{
    kit::list::Choice,
    learning::{Slug, Status},
    organisations::{GroupNames, OrganisationHead, OrganisationReport, ReportCounts, ReportQuery, ReportRow},
    visible,
};
use sqlx::PgConnection;

use super::people::NAMES_OFFERED;
use crate::{
    Error, Result, Services,
    access::ProgressFollower,
    accounts::Actor,
    kit::{
        export::{Cell, Export, File, Format, file, in_turn_if_whole},
        list::{AllRows, Asked, narrowed},
    },
    moment, number,
};

/// `/organisation/{slug}/reports`.
///
/// # Errors
/// As [`Actor::follows_progress_in`].
pub async fn report_page(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    query: &ReportQuery,
) -> Result<OrganisationReport> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.follows_progress_in(&mut db, slug).await
    };
    let load = async {
        let mut db = services.db.acquire().await?;
        let follower = actor.follows_progress_in(&mut db, slug).await?;
        let at = query.whole.then(|| moment(services.clock.now()));
        Ok(OrganisationReport { at, ..page(&mut db, follower, query, Asked::of(query)).await? })
    };
    in_turn_if_whole(services, actor, query.whole, prove, load).await
}

/// One page of the report, in one statement: a row for each person and course of `progress_followed`, which says whose progress the
/// organisation may see, and in which courses.
async fn page(
    db: &mut PgConnection,
    follower: ProgressFollower,
    query: &ReportQuery,
    asked: Asked,
) -> Result<OrganisationReport> {
    let mut rows = sqlx::query!(
        r#"with given as materialized (
            -- Once, and not for each row.
            select c.id, c.title, (select count(*) from modules m where m.course_id = c.id and not m.retired)::integer as modules
            from courses_named c
        ), followed as (
            select f.enrolment_id as id, f.student_number, f.team, f.area, k.name as cohort, p.full_name, p.email, g.title as course,
                -- A module that was retired since may be among the completed.
                least(f.modules_completed, g.modules) as completed, g.modules, f.last_completed_at,
                course_state(f.modules_completed, g.modules, f.last_seen_at) as state
            from progress_followed f
            join given g on g.id = f.course_id
            -- Each by the key: a join could read the whole table, or compare each person with each cohort. With the organisation in the
            -- condition it would not be read by the key.
            left join lateral (
                select case when x.organisation_id = $1 then x.name end as name from cohorts_named x where x.id = f.cohort_id offset 0
            ) k on true
            cross join lateral (select x.full_name, x.email from people x where x.id = f.person_id offset 0) p
            where f.organisation_id = $1
        ), listed as (
            select b.*, case $2
                    when 'number' then coalesce(lower(b.student_number), '')
                    when 'cohort' then coalesce(lower(b.cohort), '')
                    when 'team' then coalesce(lower(b.team), '')
                    when 'area' then coalesce(lower(b.area), '')
                    when 'course' then lower(b.course)
                    when 'completed' then to_char(coalesce(b.completed * 1000 / nullif(b.modules, 0), 0), 'FM0000')
                    when 'last-completed' then coalesce(to_char(b.last_completed_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS'), '')
                    else lower(b.full_name)
                end collate "und-x-icu" as key
            from followed b
            where (found_by(b.full_name, $3, (select searchable($3))) or found_by(b.email, $3, (select searchable($3)))
                    or found_by(b.student_number, $3, (select searchable($3))))
                and ($8 = 'all' or b.state = $8)
                and ($9 = '' or searchable(b.course) = (select searchable($9)))
                and ($10 = '' or searchable(b.cohort) = (select searchable($10)))
                and ($11 = '' or searchable(b.team) = (select searchable($11)))
                and ($12 = '' or searchable(b.area) = (select searchable($12)))
        ), shown as (
            select * from listed
            where $4::text is null
                or case when $6 then (key, id) < ($4 collate "und-x-icu", $5) else (key, id) > ($4 collate "und-x-icu", $5) end
            order by case when $6 then key end desc, case when not $6 then key end, case when $6 then id end desc, id
            limit $7
        ), head as materialized (
            select o.slug, o.name, (select count(*) from followed) as in_all, l.found, l.completed, l.in_progress,
                array(select min(b.team) from followed b where b.team is not null
                    group by lower(b.team) order by lower(b.team) collate "und-x-icu" limit $13) as teams,
                array(select min(b.area) from followed b where b.area is not null
                    group by lower(b.area) order by lower(b.area) collate "und-x-icu" limit $13) as areas
            from organisations o
            cross join (
                select count(*) as found, count(*) filter (where x.state = 'completed') as completed,
                    count(*) filter (where x.state = 'in-progress') as in_progress
                from listed x
            ) l
            where o.id = $1
        )
        select h.slug as "slug!", h.name as "name!", h.in_all as "in_all!", h.found as "found!", h.completed as "all_completed!",
            h.in_progress as "all_in_progress!", s.id as "id?", s.full_name as "full_name?", s.email as "email?",
            s.student_number as "student_number?", s.cohort as "cohort?", s.team as "team?", s.area as "area?", s.course as "course?",
            s.completed as "completed?", s.modules as "modules?", s.last_completed_at as "last_completed_at?", s.state as "state?",
            s.key as "key?",
            -- In one of the rows.
            case when row_number() over () = 1 then h.teams end as "teams?",
            case when row_number() over () = 1 then h.areas end as "areas?"
        from head h left join shown s on true
        order by case when $6 then s.key end desc, case when not $6 then s.key end, case when $6 then s.id end desc, s.id"#,
        follower.organisation().0,
        query.sort.as_str(),
        asked.search,
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
        query.filters.state.as_str(),
        visible(&query.filters.course),
        visible(&query.filters.cohort),
        visible(&query.filters.team),
        visible(&query.filters.area),
        NAMES_OFFERED,
    )
    .fetch_all(db)
    .await?;
    // When nothing is found, the only row has no person.
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let found = (head.found, head.in_all);
    let counts = ReportCounts {
        completed: number(head.all_completed)?,
        in_progress: number(head.all_in_progress)?,
        not_started: number(head.found - head.all_completed - head.all_in_progress)?,
    };
    let head =
        OrganisationHead { slug: std::mem::take(&mut head.slug), name: std::mem::take(&mut head.name) };
    let names = GroupNames {
        teams: rows.iter_mut().find_map(|row| row.teams.take()).unwrap_or_default(),
        areas: rows.iter_mut().find_map(|row| row.areas.take()).unwrap_or_default(),
    };
    rows.retain(|row| row.id.is_some());
    let rows = asked.page(
        rows,
        found,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let status = Status::parse(row.state.as_deref().unwrap_or_default())
                .ok_or_else(|| Error::failed("the database has a state of a course that nobody knows"))?;
            Ok(ReportRow {
                name: row.full_name.unwrap_or_default(),
                email: row.email.unwrap_or_default(),
                student_number: row.student_number,
                cohort: row.cohort,
                team: row.team,
                area: row.area,
                course: row.course.unwrap_or_default(),
                completed: number(row.completed.unwrap_or_default())?,
                modules: number(row.modules.unwrap_or_default())?,
                last_completed: row.last_completed_at.map(moment),
                status,
            })
        },
    )?;
    Ok(OrganisationReport { head, organisation: follower.organisation(), counts, rows, names, at: None })
}

const COLUMNS: [&str; 12] = [
    "Name",
    "E-mail",
    "Student number",
    "Team",
    "Area",
    "Cohort",
    "Course",
    "State",
    "Modules completed",
    "Of",
    "Per cent",
    "Last completed (UK time)",
];

/// A file of all rows that `query` finds, in its order.
///
/// # Errors
/// As [`Actor::follows_progress_in`].
pub async fn report_file(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    query: &ReportQuery,
    format: Format,
) -> Result<File> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.follows_progress_in(&mut db, slug).await
    };
    let load = async {
        // One snapshot makes all portions show the same moment.
        let mut db = services.snapshot().await?;
        let follower = actor.follows_progress_in(&mut db, slug).await?;
        let mut all = AllRows::of(query);
        let head = loop {
            let (portion, asked) = all.portion();
            let OrganisationReport { head, rows, .. } = page(&mut db, follower, portion, asked).await?;
            if all.take(rows) {
                break head;
            }
        };
        db.commit().await?;
        Ok(Export {
            of: format!("{}, who has completed what", head.name),
            thing: "record",
            narrowed: narrowed(query),
            headings: COLUMNS.map(str::to_owned).to_vec(),
            rows: all.rows.into_iter().map(cells).collect::<Result<_>>()?,
        })
    };
    file(services, actor, format, prove, load).await
}

fn cells(row: ReportRow) -> Result<Vec<Cell>> {
    let percent = (u32::from(row.completed) * 100).checked_div(row.modules.into()).unwrap_or_default();
    Ok(vec![
        Cell::Text(row.name),
        Cell::Text(row.email),
        Cell::text_or_nothing(row.student_number),
        Cell::text_or_nothing(row.team),
        Cell::text_or_nothing(row.area),
        Cell::text_or_nothing(row.cohort),
        Cell::Text(row.course),
        Cell::text(row.status.label()),
        Cell::number(row.completed),
        Cell::number(row.modules),
        Cell::number(percent),
        Cell::moment_or_nothing(row.last_completed.as_ref())?,
    ])
}
