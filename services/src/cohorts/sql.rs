use chrono::{DateTime, Utc};
use domain::{
    cohorts::{
        AttentionCounts, CohortPage, Quarters, Reason, StudentRow, StudentsQuery, TRIES_IN_VAIN, UNSEEN_DAYS,
    },
    kit::list::Choice,
    visible,
};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use crate::{
    Error, Result,
    access::CohortTutor,
    kit::{
        list::Asked,
        moment::{date, days_since, today},
    },
    moment, number,
};

/// A check that a student has not passed in several tries.
#[derive(Debug, Deserialize)]
struct InVain {
    module: String,
    tries: u32,
}

/// The cohort and one page of its students, in one query: of those whose progress its organisation may see (`progress_shared`). A cohort
/// has some hundreds of students at most, so its enrolments are read by index and sorted. The progress in each module is then read for the
/// students of this page alone.
///
/// The modules are those of the cohort's own course, followed by those of the other courses that are given to the cohort. Who follows one of
/// these alone or for another organisation has nothing in it here, and the grid says no more than that.
///
/// Who needs attention is decided for all students, because the page counts them: by the counters that each enrolment has, the tries that
/// were in vain (an index of their own), and, when a target date is over, what has been completed of the modules that are due.
pub(super) async fn page(
    db: &mut PgConnection,
    tutor: CohortTutor,
    query: &StudentsQuery,
    asked: Asked,
    now: DateTime<Utc>,
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
                        where not m.retired order by lower(y.title), y.course_id, m.position) as titles,
                -- Not of a course that was taken back from the cohort.
                exists (select from cohort_dates x join modules m on m.id = x.module_id where x.cohort_id = co.id and not m.retired
                    and (m.course_id = c.id or m.course_id in (select y.course_id from other y))) as dated
            from cohorts co
            join organisations_named o on o.id = co.organisation_id
            join courses c on c.id = co.course_id
            where co.id = $1
        ), due as materialized (
            select x.module_id, x.due_on, m.course_id, m.position, m.title
            from cohort_dates x join modules m on m.id = x.module_id
            where x.cohort_id = $1 and x.due_on < $12 and not m.retired
        ), base as materialized (
            select e.id, e.learner_id, e.course_id, o.enrolments, o.courses, p.full_name, p.email, d.team, d.area, t.modules_completed, t.last_seen_at,
                e.modules_completed as own, course_state(t.modules_completed, cardinality(k.titles), t.last_seen_at) as state,
                v.in_vain, l.late, l.late_on, l.late_title
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
            cross join lateral (
                select jsonb_agg(jsonb_build_object('module', m.title, 'tries', a.tries) order by a.tries desc, m.position, m.id) as in_vain
                from (
                    select y.enrolment_id, y.module_id, count(*) as tries from check_attempts y
                    where y.enrolment_id = any(e.id || o.enrolments) and not y.passed
                    group by y.enrolment_id, y.module_id having count(*) >= $14
                ) a
                join modules m on m.id = a.module_id and not m.retired
                where not exists (select from module_progress mp
                    where mp.enrolment_id = a.enrolment_id and mp.module_id = a.module_id and mp.passed)
            ) v
            cross join lateral (
                select count(*) as late, min(u.due_on) as late_on, (array_agg(u.title order by u.due_on, u.position))[1] as late_title
                from due u
                where (u.course_id = e.course_id or u.course_id = any(o.courses))
                    and not exists (select from module_progress mp
                        where mp.enrolment_id = any(e.id || o.enrolments) and mp.module_id = u.module_id and mp.completed)
            ) l
            where e.cohort_id = $1
        ), middle as materialized (
            select percentile_cont(0.5) within group (order by b.own) as median from base b
        ), students as materialized (
            select b.*, b.last_seen_at is null as never,
                coalesce((b.last_seen_at at time zone 'Europe/London')::date <= $12::date - $13::integer, false) and b.state <> 'completed' as not_seen,
                b.in_vain is not null as failed,
                case when k.dated then b.late > 0 else coalesce(b.own < z.median - 1, false) end as behind
            from base b cross join cohort k cross join middle z
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
                and case $11
                    when 'any' then s.never or s.not_seen or s.failed or s.behind
                    when 'not-seen' then s.not_seen
                    when 'never' then s.never
                    when 'check' then s.failed
                    when 'behind' then s.behind
                    else true
                end
        ), shown as (
            select * from listed
            where $4::text is null
                or case when $6 then (key, id) < ($4 collate "und-x-icu", $5) else (key, id) > ($4 collate "und-x-icu", $5) end
            order by case when $6 then key end desc, case when not $6 then key end,
                case when $6 then id end desc, id
            limit $7
        ), head as materialized (
            select k.*, z.median, n.*, (select count(*) from listed) as found
            from cohort k
            cross join middle z
            cross join (
                select count(*) as in_all, count(*) filter (where s.never or s.not_seen or s.failed or s.behind) as n_any,
                    count(*) filter (where s.not_seen) as n_not_seen, count(*) filter (where s.never) as n_never,
                    count(*) filter (where s.failed) as n_failed, count(*) filter (where s.behind) as n_behind
                from students s
            ) n
        )
        select h.name as "name!", h.organisation as "organisation!", h.course as "course!", h.in_all as "in_all!", h.found as "found!",
            h.titles as "titles!", h.dated as "dated!", (h.median * 4)::integer as "median?", h.n_any as "n_any!", h.n_not_seen as "n_not_seen!",
            h.n_never as "n_never!", h.n_failed as "n_failed!", h.n_behind as "n_behind!",
            s.learner_id as "person?", s.own as "own?", s.never as "never?", s.not_seen as "not_seen?", s.behind as "behind?",
            s.in_vain as "in_vain?: Json<Vec<InVain>>", s.late as "late?", s.late_on as "late_on?", s.late_title as "late_title?",
            s.id as "id?", s.full_name as "full_name?", s.email as "email?", s.team as "team?", s.area as "area?",
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
        query.filters.attention.as_str(),
        today(now),
        UNSEEN_DAYS,
        TRIES_IN_VAIN,
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
    let attention = AttentionCounts {
        any: number(head.n_any)?,
        not_seen: number(head.n_not_seen)?,
        never: number(head.n_never)?,
        check: number(head.n_failed)?,
        behind: number(head.n_behind)?,
    };
    let (dated, median) = (head.dated, head.median.map(number).transpose()?.map(Quarters));
    rows.retain(|row| row.id.is_some());
    let students = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let mut reasons = Vec::new();
            let seen_days_ago = row.last_seen_at.map_or(0, |seen| days_since(seen, now));
            if row.never == Some(true) {
                reasons.push(Reason::Never);
            }
            if row.not_seen == Some(true) {
                reasons.push(Reason::NotSeen { days: seen_days_ago });
            }
            if let Some((first, others)) = row.in_vain.as_ref().and_then(|tried| tried.0.split_first()) {
                let others = u32::try_from(others.len()).map_err(Error::failed)?;
                reasons.push(Reason::Check { module: first.module.clone(), tries: first.tries, others });
            }
            if row.behind == Some(true) {
                reasons.push(match (row.late_title, row.late_on) {
                    (Some(module), Some(due)) => {
                        let others = number::<u32>(row.late.unwrap_or_default())?.saturating_sub(1);
                        Reason::Late { module, due: date(due, now), others }
                    }
                    _ => Reason::BelowMedian {
                        completed: number(row.own.unwrap_or_default())?,
                        median: median.unwrap_or_default(),
                    },
                });
            }
            Ok(StudentRow {
                person: row.person.map(|person| person.to_string()).unwrap_or_default(),
                name: row.full_name.unwrap_or_default(),
                email: row.email.unwrap_or_default(),
                team: row.team,
                area: row.area,
                modules: row.modules.unwrap_or_default(),
                completed: number(row.completed.unwrap_or_default())?,
                last_seen: row.last_seen_at.map(moment),
                seen_days_ago,
                reasons,
            })
        },
    )?;
    Ok(CohortPage {
        id: cohort,
        name,
        organisation,
        course,
        modules,
        students,
        attention,
        dated,
        median,
        at: None,
    })
}
