use domain::{
    cohorts::{CohortPage, CohortQuery, StudentRow},
    visible,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::STUDENTS_A_PAGE;
use crate::{Error, Result, access::CohortTutor, moment, number};

/// Where a page of the list ended: the key that it is sorted by, and the enrolment, which parts equal keys.
struct Cursor {
    key: String,
    enrolment: Uuid,
}

impl Cursor {
    /// As [`CohortPage::next`] carries it. What cannot be read starts from the beginning.
    fn parse(text: &str) -> Option<Self> {
        let (enrolment, key) = text.split_once('~').filter(|_| !text.contains('\0'))?;
        Some(Self { key: key.to_owned(), enrolment: enrolment.parse().ok()? })
    }

    fn print(&self) -> String {
        format!("{}~{}", self.enrolment, self.key)
    }
}

/// The cohort and one page of its students, in one query. A cohort is bounded (some hundreds), so its enrolments are read by
/// index and sorted; the progress of each module is then read for the students of this page alone.
pub(super) async fn page(
    db: &mut PgConnection,
    tutor: CohortTutor,
    query: &CohortQuery,
) -> Result<CohortPage> {
    let cohort = tutor.cohort();
    let after = query.after.as_deref().and_then(Cursor::parse);
    // As names and addresses are read: what was copied may have two blanks in it, and characters that nobody sees.
    let search = visible(&query.search);
    let pattern = format!("%{}%", search.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let one_more = i64::try_from(STUDENTS_A_PAGE + 1).map_err(Error::failed)?;
    let mut rows = sqlx::query!(
        r#"with listed as (
            select e.id, e.course_id, e.modules_completed, e.last_seen_at, p.full_name, p.email,
                case $2
                    when 'completed' then to_char(e.modules_completed, 'FM00000')
                    when 'last-seen' then coalesce(to_char(e.last_seen_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS'), '')
                    else lower(p.full_name)
                end collate "C" as key
            -- Each by the key: a join could read everybody there is.
            from enrolments e cross join lateral (select x.full_name, x.email from people x where x.id = e.learner_id offset 0) p
            where e.cohort_id = $1 and (p.full_name ilike $3 or p.email ilike $3)
        ), shown as (
            select * from listed
            where $4::text is null
                or case when $6 then (key, id) < ($4 collate "C", $5) else (key, id) > ($4 collate "C", $5) end
            order by case when $6 then key end desc, case when not $6 then key end,
                case when $6 then id end desc, id
            limit $7
        ), head as materialized (
            -- Once, and not for each student.
            select co.name, o.name as organisation, c.title as course,
                (select count(*) from enrolments e where e.cohort_id = co.id) as in_all,
                (select count(*) from listed) as found,
                array(select m.title from modules m where m.course_id = c.id and not m.retired order by m.position) as titles
            from cohorts co
            join organisations o on o.id = co.organisation_id
            join courses c on c.id = co.course_id
            where co.id = $1
        )
        select h.name, h.organisation, h.course, h.in_all as "in_all!", h.found as "found!", h.titles as "titles!",
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
        pattern,
        after.as_ref().map(|cursor| cursor.key.as_str()),
        after.as_ref().map(|cursor| cursor.enrolment),
        query.descending,
        one_more,
    )
    .fetch_all(db)
    .await?;

    // A cohort without students, or a search that finds none, is one row without a student.
    let found = rows.len();
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let mut page = CohortPage {
        id: cohort,
        name: std::mem::take(&mut head.name),
        organisation: std::mem::take(&mut head.organisation),
        course: std::mem::take(&mut head.course),
        modules: std::mem::take(&mut head.titles),
        students: Vec::with_capacity(found),
        found: number(head.found)?,
        in_all: number(head.in_all)?,
        next: None,
    };
    if rows.len() > STUDENTS_A_PAGE {
        rows.truncate(STUDENTS_A_PAGE);
        let last = rows.last().and_then(|row| Some(Cursor { key: row.key.clone()?, enrolment: row.id? }));
        page.next = last.map(|cursor| cursor.print());
    }
    for row in rows {
        let (Some(name), Some(email), Some(completed)) = (row.full_name, row.email, row.completed) else {
            continue;
        };
        page.students.push(StudentRow {
            name,
            email,
            modules: row.modules.unwrap_or_default(),
            completed: number(completed)?,
            last_seen: row.last_seen_at.map(moment),
        });
    }
    Ok(page)
}
