//! How an answer is kept: the one thing here that must never go wrong.

use chrono::{DateTime, Utc};
use domain::{
    Problem,
    assessment::{GRACE_SECONDS, Response, RoomState, Save, Saved, SittingId},
};
use uuid::Uuid;

use super::{clock_time, room::StateRow, room_state};
use crate::{Error, Result, Services, accounts::Actor, database::committed, together::Together};

/// More than any paper has.
const MOST_AT_ONCE: usize = 400;

/// The queue in front of the statement: a roomful of candidates shares a few commits.
pub(crate) type Saves = Together<Call, Result<Kept>>;

/// One candidate's call.
#[derive(Clone)]
pub(crate) struct Call {
    sitting: Uuid,
    learner: Uuid,
    saves: Vec<Save>,
}

/// What became of a call.
pub(crate) enum Kept {
    InTime(Saved),
    /// Nothing is kept yet: the deadline and its grace are over, or the sitting is submitted.
    TooLate,
    /// Nothing is kept yet: the sitting is being submitted or changed at this moment, or is not theirs.
    NotHad,
}

/// How often a sitting that is busy is tried again. Each time it has been waited for.
const TRIES: usize = 5;

/// Keeps answers, and says so only when they are on the database's disk.
///
/// One statement, so that all of it happens or nothing; calls that come at the same time share it, and each is told only when
/// it is committed. It locks the sittings against being submitted meanwhile, so an answer that is acknowledged as in time is
/// always marked; a sitting whose submission is under way is waited for, and then seen as submitted. Of several answers to one
/// question the highest sequence stands; sending one twice, or an old one after a new one, changes nothing. What comes after
/// the deadline and its grace, or after submission, is kept apart and acknowledged as late.
///
/// # Errors
/// [`Error::NotFound`] for sittings of others; [`Problem::QuestionsTooMany`] for more answers than a paper has: none is kept then.
pub async fn save_answers(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
    saves: &[Save],
) -> Result<Saved> {
    // Cutting off what is too much would acknowledge answers that were never kept.
    if saves.len() > MOST_AT_ONCE {
        return Err(Error::invalid("saves", Problem::QuestionsTooMany));
    }
    let (flags, saves): (Vec<_>, Vec<_>) = saves.iter().cloned().partition(|save| save.only_flag);
    let call = Call { sitting: sitting.0, learner: actor.person().0, saves };
    if !flags.is_empty() {
        let now = keep_flags(services, &Call { saves: flags, ..call.clone() }).await?;
        if call.saves.is_empty() {
            return Ok(call.saved(now, false, room_state(services, actor, sitting).await?));
        }
    }
    for _ in 0..TRIES {
        let asked = services.clone();
        let kept = services.crowd.saves.ask(call.clone(), move |calls| keep_all(asked.clone(), calls)).await;
        match kept.ok_or(Error::Unavailable(sqlx::Error::PoolTimedOut))?? {
            Kept::InTime(saved) => return Ok(saved),
            Kept::TooLate => {
                if let Some((now, late)) = keep_apart(services, &call).await? {
                    return Ok(call.saved(now, late, room_state(services, actor, sitting).await?));
                }
            }
            Kept::NotHad => wait_for(services, &call).await?,
        }
    }
    Err(Error::Unavailable(sqlx::Error::PoolTimedOut))
}

/// Sets flags and leaves the answers as they are: one that another window gave meanwhile stands. Rare, so each call goes alone.
async fn keep_flags(services: &Services, call: &Call) -> Result<DateTime<Utc>> {
    let given = Given::new(std::slice::from_ref(call))?;
    let mut db = services.db.acquire().await?;
    let now = sqlx::query_scalar!(
        r#"with room as materialized (
            select id, paper_id, attempt from sittings where id = $1 and learner_id = $2 and submitted_at is null for share
        ), kept as (
            insert into answers as a (sitting_id, item_id, sequence, response, flagged, flag_sequence, saved_at)
            select distinct on (g.item) room.id, g.item, 0, null, g.flagged, g.sequence, clock_timestamp()
            from room cross join unnest($3::uuid[], $4::bigint[], $5::boolean[]) as g (item, sequence, flagged)
            join paper_items i on i.id = g.item and i.paper_id = room.paper_id and i.attempt = room.attempt
            order by g.item, g.sequence desc
            on conflict (sitting_id, item_id) do update set flagged = excluded.flagged, flag_sequence = excluded.flag_sequence
            where a.flag_sequence < excluded.flag_sequence
        )
        select clock_timestamp() as "now!""#,
        call.sitting,
        call.learner,
        &given.items,
        &given.sequences,
        &given.flags,
    )
    .fetch_one(&mut *db)
    .await?;
    committed(db).await?;
    Ok(now)
}

/// Waits until nobody submits or changes the sitting, alone: the others' answers are kept meanwhile.
async fn wait_for(services: &Services, call: &Call) -> Result<()> {
    let found = sqlx::query!(
        "select id from sittings where id = $1 and learner_id = $2 for share",
        call.sitting,
        call.learner
    );
    found.fetch_optional(&services.db).await?.map(drop).ok_or(Error::NotFound)
}

/// One answer for each call. What one call has wrong must not hold up the others: then each goes by itself.
async fn keep_all(services: Services, calls: Vec<Call>) -> Vec<Result<Kept>> {
    match keep(&services, &calls).await {
        Ok(kept) => kept,
        Err(error @ Error::Unavailable(_)) => error.to_each(calls.len()),
        Err(error) if calls.len() == 1 => vec![Err(error)],
        Err(_) => {
            let mut answers = Vec::with_capacity(calls.len());
            for call in calls {
                answers.push(keep(&services, &[call]).await.and_then(only));
            }
            answers
        }
    }
}

fn only(mut answers: Vec<Result<Kept>>) -> Result<Kept> {
    answers.pop().unwrap_or(Err(Error::NotFound))
}

async fn keep(services: &Services, calls: &[Call]) -> Result<Vec<Result<Kept>>> {
    let sittings: Vec<_> = calls.iter().map(|call| call.sitting).collect();
    let learners: Vec<_> = calls.iter().map(|call| call.learner).collect();
    let given = Given::new(calls)?;
    let mut db = services.lanes.acquire().await?;
    let rows = sqlx::query!(
        r#"with room as materialized (
            select c.number, s.id, s.paper_id, s.attempt,
                s.submitted_at is null and clock_timestamp() <= s.deadline_at + make_interval(secs => $3) as in_time
            from unnest($1::uuid[], $2::uuid[]) with ordinality as c (sitting, learner, number)
            join sittings s on s.id = c.sitting and s.learner_id = c.learner
            for share of s skip locked
        ), kept as (
            insert into answers as a (sitting_id, item_id, sequence, response, flagged, flag_sequence, saved_at)
            -- One row a question: an upsert cannot touch the same row twice. In one order, so that two servers' statements never
            -- wait for each other.
            select distinct on (room.id, g.item) room.id, g.item, g.sequence, nullif(g.response, 'null'::jsonb), g.flagged, g.sequence, clock_timestamp()
            from unnest($4::bigint[], $5::uuid[], $6::bigint[], $7::jsonb[], $8::boolean[]) as g (number, item, sequence, response, flagged)
            join room on room.number = g.number and room.in_time
            join paper_items i on i.id = g.item and i.paper_id = room.paper_id and i.attempt = room.attempt
            order by room.id, g.item, g.sequence desc
            on conflict (sitting_id, item_id) do update set sequence = excluded.sequence, response = excluded.response,
                flagged = case when a.flag_sequence < excluded.flag_sequence then excluded.flagged else a.flagged end,
                flag_sequence = greatest(a.flag_sequence, excluded.flag_sequence), saved_at = excluded.saved_at
            where a.sequence < excluded.sequence
        )
        select room.number as "number!", room.in_time as "in_time!", clock_timestamp() as "now!",
            v.remaining_ms as "remaining_ms!", v.deadline_at as "deadline_at!", v.paused as "paused!",
            v.break_left_ms as "break_left_ms!", v.submitted as "submitted!", v.seats as "seats!"
        from room join sitting_states v on v.id = room.id"#,
        &sittings,
        &learners,
        f64::from(GRACE_SECONDS),
        &given.numbers,
        &given.items,
        &given.sequences,
        &given.responses as &[Option<serde_json::Value>],
        &given.flags,
    )
    .fetch_all(&mut *db)
    .await?;
    committed(db).await?;
    let mut answers: Vec<_> = calls.iter().map(|_| Ok(Kept::NotHad)).collect();
    for row in rows {
        let call = usize::try_from(row.number - 1).map_err(Error::failed)?;
        let (Some(call), Some(answer)) = (calls.get(call), answers.get_mut(call)) else { continue };
        let state = StateRow {
            remaining_ms: row.remaining_ms,
            deadline_at: row.deadline_at,
            paused: row.paused,
            break_left_ms: row.break_left_ms,
            submitted: row.submitted,
            seats: row.seats,
        };
        *answer = Ok(match row.in_time {
            true => Kept::InTime(call.saved(row.now, false, state.into())),
            false => Kept::TooLate,
        });
    }
    Ok(answers)
}

/// Keeps what came too late, where it does not count; says when, and whether anything did. `None` when the sitting is not over
/// any more: time was added just now.
async fn keep_apart(services: &Services, call: &Call) -> Result<Option<(DateTime<Utc>, bool)>> {
    let given = Given::new(std::slice::from_ref(call))?;
    let mut db = services.db.acquire().await?;
    let row = sqlx::query!(
        r#"with room as materialized (
            select id, paper_id, attempt from sittings where id = $1 and learner_id = $2
            and (submitted_at is not null or clock_timestamp() > deadline_at + make_interval(secs => $3))
        ), late as (
            insert into late_answers (sitting_id, item_id, sequence, response, flagged, arrived_at)
            select distinct on (g.item) room.id, g.item, g.sequence, nullif(g.response, 'null'::jsonb), g.flagged, clock_timestamp()
            from room
            cross join unnest($4::uuid[], $5::bigint[], $6::jsonb[], $7::boolean[]) as g (item, sequence, response, flagged)
            join paper_items i on i.id = g.item and i.paper_id = room.paper_id and i.attempt = room.attempt
            -- What was in time and is sent again is not late.
            where not exists (select from answers a where a.sitting_id = room.id and a.item_id = g.item and a.sequence >= g.sequence)
            order by g.item, g.sequence desc
            on conflict do nothing
            returning 1
        )
        select clock_timestamp() as "now!", exists (select from late) as "late!" from room"#,
        call.sitting,
        call.learner,
        f64::from(GRACE_SECONDS),
        &given.items,
        &given.sequences,
        &given.responses as &[Option<serde_json::Value>],
        &given.flags,
    )
    .fetch_optional(&mut *db)
    .await?;
    committed(db).await?;
    Ok(row.map(|row| (row.now, row.late)))
}

impl Call {
    /// What the candidate is told.
    fn saved(&self, now: DateTime<Utc>, late: bool, state: RoomState) -> Saved {
        Saved { at: clock_time(now), late, problems: problems(&self.saves), state }
    }
}

/// The answers of all calls, a column each, as the statement takes them.
#[derive(Default)]
struct Given {
    /// Of the call, from 1.
    numbers: Vec<i64>,
    items: Vec<Uuid>,
    sequences: Vec<i64>,
    responses: Vec<Option<serde_json::Value>>,
    flags: Vec<bool>,
}

impl Given {
    fn new(calls: &[Call]) -> Result<Self> {
        let mut given = Self::default();
        for (number, call) in (1..).zip(calls) {
            for save in &call.saves {
                // A blank answer is no answer.
                let response = save.response.clone().map(Response::for_storing);
                let response = response.filter(|response| !response.is_blank());
                given.numbers.push(number);
                given.items.push(save.item.0);
                given.sequences.push(save.sequence);
                given.responses.push(response.map(serde_json::to_value).transpose().map_err(Error::failed)?);
                given.flags.push(save.flagged);
            }
        }
        Ok(given)
    }
}

/// What cannot be marked as it stands, told while it can still be mended.
fn problems(saves: &[Save]) -> Vec<(domain::assessment::ItemId, Problem)> {
    let problem = |save: &Save| {
        let response = save.response.as_ref().filter(|response| !response.is_blank())?;
        Some((save.item, response.readable().err()?))
    };
    saves.iter().filter_map(problem).collect()
}
