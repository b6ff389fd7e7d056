//! How far the students of a cohort have come, week by week.

use chrono::{Days, NaiveDate};
use domain::cohorts::{CohortId, CohortProgress, ProgressPoint, Spread};

use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::moment::{date, today},
    number,
};

/// The most points of the chart: a longer time has them further apart.
const MOST_POINTS: u64 = 40;

/// `/cohorts/{cohort}/progress`: median and quartiles of the modules of the cohort's own course that its students had completed, at the end of
/// each week. Of those whom its table shows (`progress_shared`).
///
/// # Errors
/// As [`Actor::tutor_of`].
pub async fn cohort_progress(services: &Services, actor: &Actor, cohort: CohortId) -> Result<CohortProgress> {
    let now = services.clock.now();
    let mut db = services.db.acquire().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    let rows = sqlx::query!(
        r#"with cohort as materialized (
            -- Once, and not for each student.
            select co.id, co.name, co.organisation_id, o.name as organisation, c.title as course, co.starts_on,
                (co.created_at at time zone 'Europe/London')::date as made_on,
                array(select m.id from modules m where m.course_id = co.course_id and not m.retired) as modules
            from cohorts co
            join organisations_named o on o.id = co.organisation_id
            join courses c on c.id = co.course_id
            where co.id = $1
        )
        select k.name as "name!", k.organisation as "organisation!", k.course as "course!", k.starts_on as "starts_on?",
            k.made_on as "made_on!", cardinality(k.modules) as "modules!", s.id as "id?",
            array(select (x.completed_at at time zone 'Europe/London')::date from module_completions x
                where x.enrolment_id = s.id and x.module_id = any(k.modules) order by x.completed_at) as "completed!: Vec<NaiveDate>"
        from cohort k
        left join lateral (
            select e.id from enrolments e
            cross join lateral (
                select x.person_id from progress_shared x
                where x.organisation_id = k.organisation_id and x.person_id = e.learner_id offset 0
            ) d
            where e.cohort_id = k.id
        ) s on true"#,
        tutor.cohort().0,
    )
    .fetch_all(&mut *db)
    .await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    let (name, organisation, course) = (first.name.clone(), first.organisation.clone(), first.course.clone());
    let (modules, begins) = (number(first.modules)?, first.starts_on.unwrap_or(first.made_on));
    // The days of each student are in order.
    let students: Vec<_> = rows.into_iter().filter(|row| row.id.is_some()).map(|row| row.completed).collect();
    let (days, weeks) = days(begins, &students, today(now))?;
    let points = days.into_iter().filter_map(|day| {
        let done = |completed: &Vec<NaiveDate>| completed.partition_point(|on| *on <= day);
        let counts: Vec<_> =
            students.iter().map(|completed| u16::try_from(done(completed)).unwrap_or(u16::MAX)).collect();
        Some(ProgressPoint { day: date(day, now), spread: Spread::of(&counts)? })
    });
    let points = points.collect();
    let all = |completed: &&Vec<NaiveDate>| u32::try_from(completed.len()).is_ok_and(|done| done >= modules);
    let finished = if modules == 0 { 0 } else { students.iter().filter(all).count() };
    Ok(CohortProgress {
        id: tutor.cohort(),
        name,
        organisation,
        course,
        modules,
        students: u32::try_from(students.len()).map_err(Error::failed)?,
        finished: u32::try_from(finished).map_err(Error::failed)?,
        points,
        weeks,
    })
}

/// The days of the points, in order, and how many weeks lie between two. The last is today; the first is in the week in which the cohort or
/// the first of its students began.
fn days(begins: NaiveDate, students: &[Vec<NaiveDate>], today: NaiveDate) -> Result<(Vec<NaiveDate>, u32)> {
    let earliest = students.iter().filter_map(|completed| completed.first()).min();
    let begins = earliest.map_or(begins, |earliest| begins.min(*earliest)).min(today);
    let whole = u64::try_from((today - begins).num_days() / 7).map_err(Error::failed)?;
    let apart = whole / MOST_POINTS + 1;
    let back = (0..=whole / apart).rev().map(|n| today.checked_sub_days(Days::new(n * apart * 7)));
    Ok((back.flatten().collect(), u32::try_from(apart).map_err(Error::failed)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_points_are_weeks_apart_and_end_today() {
        let today = day("2026-11-22");
        let (all, weeks) = days(day("2026-11-01"), &[], today).unwrap();
        let expected = ["2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22"].map(day);
        assert_eq!((all.as_slice(), weeks), (expected.as_slice(), 1));
        // Who had the course before is in it too.
        let students = [vec![], vec![day("2026-10-25"), day("2026-11-20")]];
        assert_eq!(days(day("2026-11-01"), &students, today).unwrap().0.len(), 5);
        // A cohort that begins later has the present day alone.
        assert_eq!(days(day("2027-01-01"), &[], today).unwrap().0, [today]);
    }

    #[test]
    fn a_long_time_has_few_points() {
        let (all, weeks) = days(day("2020-11-22"), &[], day("2026-11-22")).unwrap();
        assert_eq!((all.last(), weeks), (Some(&day("2026-11-22")), 8));
        assert!(all.len() <= 41, "{}", all.len());
    }
}
