use domain::{
    cohorts::{CohortPage, StudentRow, StudentsQuery},
    kit::list::Choice,
};
use sqlx::PgConnection;

use crate::{Error, Result, access::CohortTutor, kit::list::Asked, moment, number};

/// The cohort and one page of its students, in one query. A cohort has some hundreds of students at most, so its enrolments are
/// read by index and sorted. The progress in each module is then read for the students of this page alone.
pub(super) async fn page(
    db: &mut PgConnection,
    tutor: CohortTutor,
    query: &StudentsQuery,
    asked: Asked,
) -> Result<CohortPage> {
    let cohort = tutor.cohort();
    let mut rows = sqlx::query!(
        r#"with placed as materialized (
            select e.id, e.course_id, e.learner_id, e.modules_completed, e.last_seen_at
            from cohorts co join enrolments e on e.cohort_id = co.id
            where co.id = $1 and exists (select from progress_seen(co.organisation_id, e.learner_id, e.cohort_id))
        ), listed as (
            select e.id, e.course_id, e.modules_completed, e.last_seen_at, p.full_name, p.email,
                case $2
                    when 'completed' then to_char(e.modules_completed, 'FM00000')
                    when 'last-seen' then coalesce(to_char(e.last_seen_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS'), '')
                    else lower(p.full_name)
                end collate "und-x-icu" as key
            -- Each by the key: a join could read the whole table.
            from placed e cross join lateral (select x.full_name, x.email from people_named x where x.id = e.learner_id offset 0) p
            where (found_by(p.full_name, $3) or found_by(p.email, $3))
                and ($8 = 'all' or (e.last_seen_at is not null) = ($8 = 'seen'))
        ), shown as (
            select * from listed
            where $4::text is null
                or case when $6 then (key, id) < ($4 collate "und-x-icu", $5) else (key, id) > ($4 collate "und-x-icu", $5) end
            order by case when $6 then key end desc, case when not $6 then key end,
                case when $6 then id end desc, id
            limit $7
        ), head as materialized (
            -- Once, and not for each student.
            select co.name, o.name as organisation, c.title as course,
                (select count(*) from placed) as in_all,
                (select count(*) from listed) as found,
                array(select m.title from modules m where m.course_id = c.id and not m.retired order by m.position) as titles
            from cohorts co
            join organisations_named o on o.id = co.organisation_id
            join courses c on c.id = co.course_id
            where co.id = $1
        )
        select h.name, h.organisation as "organisation!", h.course, h.in_all as "in_all!", h.found as "found!", h.titles as "titles!",
            s.id as "id?", s.full_name as "full_name?", s.email as "email?", s.key as "key?",
            s.modules_completed as "completed?", s.last_seen_at,
            (select string_agg(case when mp.completed then 'C' when mp.entered then 'I' else 'N' end, '' order by m.position)
                from modules m left join module_progress mp on mp.module_id = m.id and mp.enrolment_id = s.id
                where m.course_id = s.course_id and not m.retired) as modules
        from head h left join shown s on true
        order by case when $6 then s.key end desc, case when not $6 then s.key end,
            case when $6 then s.id end desc, s.id"#,
        cohort.0,
        query.sort.as_str(),
        asked.search,
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
        query.filters.as_str(),
    )
    .fetch_all(db)
    .await?;

    // When the cohort has no students, or the query finds none, the only row has no student.
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let (name, organisation, course) = (
        std::mem::take(&mut head.name),
        std::mem::take(&mut head.organisation),
        std::mem::take(&mut head.course),
    );
    let (modules, counts) = (std::mem::take(&mut head.titles), (head.found, head.in_all));
    rows.retain(|row| row.id.is_some());
    let students = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            Ok(StudentRow {
                name: row.full_name.unwrap_or_default(),
                email: row.email.unwrap_or_default(),
                modules: row.modules.unwrap_or_default(),
                completed: number(row.completed.unwrap_or_default())?,
                last_seen: row.last_seen_at.map(moment),
            })
        },
    )?;
    Ok(CohortPage { id: cohort, name, organisation, course, modules, students })
}
