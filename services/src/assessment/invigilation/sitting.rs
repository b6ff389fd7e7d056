//! One sitting, and the actions on it.

use chrono::{DateTime, Utc};
use domain::{
    FormToken,
    assessment::{
        delivery::{SittingId, SubmittedBy},
        invigilation::{IncidentKind, IncidentRow, MOST_INCIDENTS, SittingOverview, SittingRow},
    },
};
use sqlx::types::Json;

use super::overview::{silence, time};
use crate::{
    Error, Result, Services,
    access::{SittingAccess, since},
    accounts::Actor,
    assessment::{known, new_id, number, results::own::sitting_result},
    moment,
};

/// One candidate's sitting, and the actions on it.
pub async fn sitting_overview(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
) -> Result<SittingOverview> {
    let mut db = services.snapshot().await?;
    let row = sqlx::query!(
        r#"select a.proof as "proof!: Json<SittingAccess>",
            p.title, coalesce(h.full_name, 'Erased account') as "name!", coalesce(h.email, '') as "email!", s.attempt, s.started_at,
            s.deadline_at, s.submitted_at, s.submitted_by, s.paused_at is not null as "paused!", v.remaining_ms as "remaining_ms!",
            s.allowed_seconds, s.extra_seconds, s.break_allowed_seconds, clock_timestamp() as "now!",
            s.started_at + make_interval(secs => s.allowed_seconds - s.percent_seconds) > s.closes_at as "cut_by_close!",
            (select count(*) from answers x where x.sitting_id = s.id and x.response is not null and not x.unreadable) as "answered!",
            (select count(*) from answers x where x.sitting_id = s.id and x.response is not null and x.unreadable) as "unreadable!",
            (select count(*) from paper_items x where x.paper_id = p.id and x.attempt = s.attempt) as "questions!",
            greatest(s.last_contact_at, (select max(x.saved_at) from answers x where x.sitting_id = s.id)) as "contact!",
            (select coalesce(sum(x.times), 0) from incidents x where x.sitting_id = s.id and x.kind = 'left') as "lefts!",
            (select count(*) from late_answers x where x.sitting_id = s.id
                -- An answer that was saved in time after all counts: it was sent again, or answered again, when the
                -- sitting went on.
                and not exists (select from answers y where y.sitting_id = s.id and y.item_id = x.item_id and y.sequence >= x.sequence)) as "late!",
            results_released(p.id) as "results_out!",
            (select count(*) from incidents x where x.sitting_id = s.id) as "all_incidents!",
            coalesce((
                select jsonb_agg(jsonb_build_object('at', i.at, 'kind', i.kind, 'note', i.note, 'times', i.times,
                    'by', coalesce(n.full_name, '')) order by i.at, i.id)
                from (
                    -- Actions of staff, however much the page reports.
                    (select * from incidents where sitting_id = $1 and kind not in ('left', 'returned') order by at desc, id desc limit $4)
                    union all
                    (select * from incidents where sitting_id = $1 and kind in ('left', 'returned') order by at desc, id desc limit $4)
                ) i left join people_named n on n.id = i.noted_by
            ), '[]') as "incidents!: Json<Vec<Incident>>"
        from sittings s
        cross join sitting_access($1, $2, $3) a
        join papers p on p.id = s.paper_id
        join sitting_states v on v.id = s.id
        left join people_named h on h.id = s.learner_id
        where s.id = $1"#,
        sitting.0,
        actor.person().0,
        since(services),
        i64::try_from(MOST_INCIDENTS).map_err(Error::failed)?,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let admitted = row.proof.0.admit()?;
    let incidents = row.incidents.0.into_iter().map(|row| {
        Ok(IncidentRow {
            at: moment(row.at),
            kind: known("incident", &row.kind, IncidentKind::parse)?,
            times: number(row.times)?,
            note: row.note,
            by: row.by,
        })
    });
    let incidents = incidents.collect::<Result<_>>()?;
    let result = match row.submitted_at {
        Some(_) => Some(sitting_result(&mut db, admitted).await?),
        None => None,
    };
    db.commit().await?;
    let (silent, minutes_of_silence) = silence(row.now, row.contact)?;
    Ok(SittingOverview {
        paper: admitted.paper(),
        form: FormToken(new_id()),
        paper_title: row.title,
        candidate: row.name,
        email: row.email,
        row: SittingRow {
            id: admitted.sitting(),
            attempt: number(row.attempt)?,
            time: time(row.allowed_seconds, row.extra_seconds, row.break_allowed_seconds)?,
            cut_by_close: row.cut_by_close,
            answered: number(row.answered)?,
            questions: number(row.questions)?,
            paused: row.paused,
            remaining_ms: row.submitted_at.is_none().then_some(row.remaining_ms),
            last_contact: moment(row.contact),
            out_of_contact: row.submitted_at.is_none() && silent,
            minutes_of_silence,
            left: number(row.lefts)?,
        },
        started: moment(row.started_at),
        deadline: moment(row.deadline_at),
        submitted: row.submitted_at.map(moment),
        submitted_by: row
            .submitted_by
            .map(|by| known("submitted by", &by, SubmittedBy::parse))
            .transpose()?,
        all_incidents: number(row.all_incidents)?,
        incidents,
        results_out: row.results_out,
        late_answers: number(row.late)?,
        unreadable: number(row.unreadable)?,
        result,
    })
}

/// An event of a sitting, as the statement above reads it.
#[derive(Debug, serde::Deserialize)]
struct Incident {
    at: DateTime<Utc>,
    kind: String,
    note: String,
    times: i32,
    by: String,
}
