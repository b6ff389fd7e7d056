use domain::{
    cohorts::{CohortPage, StudentRow, StudentsQuery},
    kit::list::Choice,
    visible,
};
use sqlx::PgConnection;

use crate::{Error, Result, access::CohortTutor, kit::list::Asked, moment, number};

/// The cohort and one page of its students, in one query: of those whose progress its organisation may see (`progress_shared`). A cohort
/// has some hundreds of students at most, so its enrolments are read by index and sorted. The progress in each module is then read for the
/// students of this page alone.
///
/// The modules are those of the cohort's own course, followed by those of the other courses that are given to the cohort. Who follows one of
/// these alone or for another organisation has nothing in it here, and the grid says no more than that.
pub(super) async fn page(
    db: &mut PgConnection,
    tutor: CohortTutor,
    query: &StudentsQuery,
    asked: Asked,
) -> Result<CohortPage> {
    let cohort = tutor.cohort();
    let mut rows = sqlx::query!(
        r#"with other as materialized (
            select a.course_id, c.title from courses_assigned a join courses c on c.id = a.course_id
            where a.cohort_id = $1 and a.course_id <> (select co.course_id from cohorts co where co.id = $1)
        ), cohort as materialized (
            -- Once, and not for each student.
            select co.id, co.name, co.organisation_id, o.name as organisation,
                c.title || coalesce((select string_agg(', ' || y.title, '' order by lower(y.title), y.course_id) from other y), '') as course,
                array(select m.title from modules m where m.course_id = c.id and not m.retired order by m.position)
                    || array(select y.title || ': ' || m.title from other y join modules m on m.course_id = y.course_id
                        where not m.retired order by lower(y.title), y.course_id, m.position) as titles
            from cohorts co
            join organisations_named o on o.id = co.organisation_id
            join courses c on c.id = co.course_id
            where co.id = $1
        ), students as (
            select e.id, e.course_id, o.enrolments, o.courses, p.full_name, p.email, d.team, d.area, t.modules_completed, t.last_seen_at,
                course_state(t.modules_completed, cardinality(k.titles), t.last_seen_at) as state
            -- Each by the key: a join could read the whole table.
            from cohort k
            cross join enrolments e
            cross join lateral (select x.full_name, x.email from people_named x where x.id = e.learner_id offset 0) p
            cross join lateral (
                select x.team, x.area from progress_shared x
                where x.organisation_id = k.organisation_id and x.person_id = e.learner_id offset 0
            ) d
            cross join lateral (
                select array_agg(x.id) as enrolments, array_agg(x.course_id) as courses, coalesce(sum(x.modules_completed), 0) as modules_completed,
                    max(x.last_seen_at) as last_seen_at
                -- Most cohorts have one course, and then nothing is read here.
                from enrolments x
                where (select count(*) from other) > 0 and x.learner_id = e.learner_id and x.organisation_id = k.organisation_id
                    and x.course_id in (select y.course_id from other y)
            ) o
            cross join lateral (
                select (e.modules_completed + o.modules_completed)::integer as modules_completed,
                    greatest(e.last_seen_at, o.last_seen_at) as last_seen_at
            ) t
            where e.cohort_id = $1
        ), listed as (
            select s.*, case $2
                    when 'completed' then to_char(s.modules_completed, 'FM00000')
                    when 'last-seen' then coalesce(to_char(s.last_seen_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS'), '')
                    else lower(s.full_name)
                end collate "und-x-icu" as key
            from students s
            where (found_by(s.full_name, $3, (select searchable($3))) or found_by(s.email, $3, (select searchable($3))))
                and ($8 = 'all' or s.state = $8)
                and ($9 = '' or searchable(s.team) = (select searchable($9)))
                and ($10 = '' or searchable(s.area) = (select searchable($10)))
        ), shown as (
            select * from listed
            where $4::text is null
                or case when $6 then (key, id) < ($4 collate "und-x-icu", $5) else (key, id) > ($4 collate "und-x-icu", $5) end
            order by case when $6 then key end desc, case when not $6 then key end,
                case when $6 then id end desc, id
            limit $7
        ), head as materialized (
            select k.*, (select count(*) from students) as in_all, (select count(*) from listed) as found from cohort k
        )
        select h.name as "name!", h.organisation as "organisation!", h.course as "course!", h.in_all as "in_all!", h.found as "found!",
            h.titles as "titles!", s.id as "id?", s.full_name as "full_name?", s.email as "email?", s.team as "team?", s.area as "area?",
            s.key as "key?", s.modules_completed as "completed?", s.last_seen_at as "last_seen_at?",
            coalesce((select string_agg(case when mp.completed then 'C' when mp.entered then 'I' else 'N' end, '' order by m.position)
                from modules m left join module_progress mp on mp.module_id = m.id and mp.enrolment_id = s.id
                where m.course_id = s.course_id and not m.retired), '')
            || coalesce((select string_agg(case when (y.course_id = any(s.courses)) is not true then 'X'
                        when mp.completed then 'C' when mp.entered then 'I' else 'N' end, ''
                    order by lower(y.title), y.course_id, m.position)
                from other y join modules m on m.course_id = y.course_id
                left join module_progress mp on mp.module_id = m.id and mp.enrolment_id = any(s.enrolments)
                where not m.retired), '') as "modules?"
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
        query.filters.state.as_str(),
        visible(&query.filters.team),
        visible(&query.filters.area),
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
                team: row.team,
                area: row.area,
                modules: row.modules.unwrap_or_default(),
                completed: number(row.completed.unwrap_or_default())?,
                last_seen: row.last_seen_at.map(moment),
            })
        },
    )?;
    Ok(CohortPage { id: cohort, name, organisation, course, modules, students, at: None })
}
