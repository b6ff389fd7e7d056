//! The target dates of a cohort's modules.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    FieldProblem, Problem,
    cohorts::{CohortDates, CohortId, DatedModule},
    learning::ModuleId,
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{one_at_a_time, read_day};
use crate::{
    Error, Result, Services,
    access::CohortTutor,
    accounts::Actor,
    kit::{
        audit,
        moment::{date, day_time},
    },
};

/// `/cohorts/{cohort}/dates`.
///
/// # Errors
/// As [`Actor::tutor_of`].
pub async fn cohort_dates(services: &Services, actor: &Actor, cohort: CohortId) -> Result<CohortDates> {
    let mut db = services.db.acquire().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    let rows = sqlx::query!(
        r#"select co.name, o.name as "organisation!", m.id as "module?",
            case when k.own then m.title else k.title || ': ' || m.title end as "title?",
            d.due_on as "due_on?", p.full_name as "by?"
        from cohorts co
        join organisations_named o on o.id = co.organisation_id
        cross join lateral (
            select c.id, c.title, true as own from courses c where c.id = co.course_id
            union all
            select c.id, c.title, false from courses_assigned a join courses c on c.id = a.course_id
            where a.cohort_id = co.id and a.course_id <> co.course_id
        ) k
        left join modules m on m.course_id = k.id and not m.retired
        left join cohort_dates d on d.cohort_id = co.id and d.module_id = m.id
        left join people_named p on p.id = d.set_by
        where co.id = $1
        order by k.own desc, lower(k.title), k.id, m.position"#,
        tutor.cohort().0,
    )
    .fetch_all(&mut *db)
    .await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    let (name, organisation) = (first.name.clone(), first.organisation.clone());
    let modules = rows.into_iter().filter_map(|row| {
        Some(DatedModule {
            module: row.module?.to_string(),
            title: row.title?,
            due: row.due_on.map(|day| day.to_string()).unwrap_or_default(),
            said: row.due_on.map(|day| date(day, services.clock.now())).unwrap_or_default(),
            by: row.by,
        })
    });
    Ok(CohortDates { id: tutor.cohort(), name, organisation, modules: modules.collect() })
}

/// The date of one module, as a form sends it. Both texts are as [`read_day`] reads them, and may be empty.
#[derive(Debug, Clone)]
pub struct DateForm {
    pub module: ModuleId,
    /// What the form was drawn with.
    pub was: String,
    pub due: String,
}

/// Sets, changes and clears the dates that the form has changed. What it has left as it was drawn stays as it is stored.
///
/// # Errors
/// On `due-{module}`: [`Problem::DayInvalid`], and [`Problem::ChangedMeanwhile`] when somebody else has changed it since; then nothing is
/// changed. [`Error::NotFound`] for a module that is not the cohort's; as [`Actor::tutor_of`].
pub async fn set_dates(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    forms: &[DateForm],
) -> Result<()> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    one_at_a_time(&mut db, tutor).await?;
    let stored = stored(&mut db, tutor).await?;
    let (mut problems, mut set, mut cleared) = (Vec::new(), Vec::new(), Vec::new());
    for form in forms {
        let (stands, set_at) = stored.get(&form.module.0).ok_or(Error::NotFound)?;
        let was = read_day(&form.was).unwrap_or_default();
        let problem = match read_day(&form.due) {
            Err(problem) => Some(problem),
            Ok(due) if due == was || due == *stands => None,
            Ok(_) if *stands != was => {
                Some(Problem::ChangedMeanwhile { at: day_time(set_at.unwrap_or(now)) })
            }
            Ok(Some(due)) => {
                set.push((form.module.0, due));
                None
            }
            Ok(None) => {
                cleared.push(form.module.0);
                None
            }
        };
        problems.extend(problem.map(|problem| FieldProblem::new(format!("due-{}", form.module), problem)));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if set.is_empty() && cleared.is_empty() {
        return Ok(());
    }
    let (modules, days): (Vec<Uuid>, Vec<NaiveDate>) = set.iter().copied().unzip();
    sqlx::query!(
        "insert into cohort_dates (cohort_id, module_id, due_on, set_at, set_by)
        select $1, n.module_id, n.due_on, $4, $5 from unnest($2::uuid[], $3::date[]) as n (module_id, due_on)
        on conflict (cohort_id, module_id) do update
            set due_on = excluded.due_on, set_at = excluded.set_at, set_by = excluded.set_by",
        tutor.cohort().0,
        &modules,
        &days,
        now,
        actor.person().0,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "delete from cohort_dates where cohort_id = $1 and module_id = any($2)",
        tutor.cohort().0,
        &cleared,
    )
    .execute(&mut *db)
    .await?;
    let set: Vec<_> = set.iter().map(|(module, day)| json!({ "module": module, "due_on": day })).collect();
    let event =
        audit::Event { at: now, actor: Some(actor.person()), subject: None, action: "cohorts.dates_set" };
    let detail = json!({ "cohort": tutor.cohort(), "set": set, "cleared": cleared });
    audit::record_with(&mut db, event, detail).await?;
    sqlx::query_scalar!(r#"select count(*) as "told!" from live_tell('cohort', $1) told"#, tutor.cohort().0)
        .fetch_one(&mut *db)
        .await?;
    db.commit().await?;
    Ok(())
}

/// Each module of the cohort, with its date and when that was set.
async fn stored(
    db: &mut PgConnection,
    tutor: CohortTutor,
) -> Result<HashMap<Uuid, (Option<NaiveDate>, Option<DateTime<Utc>>)>> {
    let rows = sqlx::query!(
        r#"select m.id, d.due_on as "due_on?", d.set_at as "set_at?"
        from cohorts co
        cross join lateral (
            select array[co.course_id] || array(select a.course_id from courses_assigned a where a.cohort_id = co.id) as courses offset 0
        ) k
        join modules m on m.course_id = any(k.courses) and not m.retired
        left join cohort_dates d on d.cohort_id = co.id and d.module_id = m.id
        where co.id = $1"#,
        tutor.cohort().0,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, (row.due_on, row.set_at))).collect())
}
