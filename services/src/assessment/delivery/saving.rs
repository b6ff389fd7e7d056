//! How an answer is kept: this must never go wrong.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    Problem,
    assessment::{
        delivery::{BREAK_GRACE_SECONDS, EPOCH_SPAN, GRACE_SECONDS, RoomState, Save, Saved, SittingId},
        question::Response,
    },
};
use uuid::Uuid;

use super::{room::StateRow, room_state};
use crate::{
    Error, Result, Services, accounts::Actor, assessment::clock_time, database::committed,
    kit::batcher::Batcher,
};

/// More than any paper has.
const MOST_AT_ONCE: usize = 400;

/// The queue in front of the statement: a roomful of candidates shares a few commits.
pub(crate) type Saves = Batcher<Call, Result<Kept>>;

/// One candidate's call.
#[derive(Clone)]
pub(crate) struct Call {
    sitting: Uuid,
    learner: Uuid,
    saves: Vec<Save>,
}

/// The outcome of a call.
pub(crate) enum Kept {
    InTime(Saved),
    /// Nothing is kept yet: the deadline and its grace are over, the sitting is submitted, or it is a rest break.
    TooLate,
    /// Nothing is kept: a sequence is higher than any page can have.
    Beyond,
    /// Everything is kept except what belongs to no question of the sitting.
    InPart,
    /// Nothing is kept yet: the sitting is being submitted or changed at this moment, or belongs to another candidate.
    NotHad,
}

/// How often a busy sitting is tried again, after waiting for it each time.
const TRIES: usize = 5;

/// Keeps answers and flags, and says so only when they are on the database's disk.
///
/// It is one statement, so that all of it happens or nothing. Simultaneous calls share it, and each gets its reply only
/// after the commit. It locks the sittings against submission, so an answer that is acknowledged as in time is always
/// marked; it waits for a submission under way, and then sees the sitting as submitted. Of several answers to one
/// question the highest sequence counts, and likewise for flags, which have sequences of their own; a repeated answer,
/// or an old one after a new one, changes nothing. An answer after the deadline and its grace, after submission, or
/// during a rest break is kept apart and acknowledged as late.
///
/// # Errors
/// [`Error::NotFound`] for sittings of others; [`Problem::QuestionsTooMany`] for more answers than a paper has;
/// [`Problem::SequenceUnknown`] for a sequence that no page can have. None is kept then. [`Problem::QuestionUnknown`]
/// for an answer to no question of the sitting: the others are kept, and are acknowledged when they are sent without
/// it.
pub async fn save_answers(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
    saves: &[Save],
) -> Result<Saved> {
    // Dropping the excess would acknowledge answers that were never kept.
    if saves.len() > MOST_AT_ONCE {
        return Err(Error::invalid("saves", Problem::QuestionsTooMany));
    }
    let sequences =
        |save: &Save| [save.answer().map_or(1, |(own, _)| own), save.flag().map_or(1, |(own, _)| own)];
    if saves.iter().flat_map(sequences).any(|sequence| sequence < 1) {
        return Err(Error::invalid("saves", Problem::SequenceUnknown));
    }
    let call = Call { sitting: sitting.0, learner: actor.person().0, saves: saves.to_vec() };
    for _ in 0..TRIES {
        let asked = services.clone();
        let kept = services.queues.saves.ask(call.clone(), move |calls| keep_all(asked.clone(), calls)).await;
        match kept.ok_or(Error::Unavailable(sqlx::Error::PoolTimedOut))?? {
            Kept::InTime(saved) => return Ok(saved),
            Kept::InPart => return Err(Error::invalid("saves", Problem::QuestionUnknown)),
            Kept::Beyond => return Err(Error::invalid("saves", Problem::SequenceUnknown)),
            Kept::TooLate => {
                if let Some(Apart { now, late, strange }) = keep_apart(services, &call).await? {
                    if strange {
                        return Err(Error::invalid("saves", Problem::QuestionUnknown));
                    }
                    return Ok(call.saved(now, late, room_state(services, actor, sitting).await?));
                }
            }
            Kept::NotHad => wait_for(services, &call).await?,
        }
    }
    Err(Error::Unavailable(sqlx::Error::PoolTimedOut))
}

/// Waits alone until the sitting is no longer being submitted or changed: other sittings' answers are kept meanwhile.
async fn wait_for(services: &Services, call: &Call) -> Result<()> {
    let found = sqlx::query!(
        "select id from sittings where id = $1 and learner_id = $2 for key share",
        call.sitting,
        call.learner
    );
    found.fetch_optional(&services.db).await?.map(drop).ok_or(Error::NotFound)
}

/// One result for each call. Two calls about one sitting go one after the other: a statement cannot write a row twice.
async fn keep_all(services: Services, calls: Vec<Call>) -> Vec<Result<Kept>> {
    let mut answers: Vec<Option<Result<Kept>>> = calls.iter().map(|_| None).collect();
    let mut waiting: Vec<usize> = (0..calls.len()).collect();
    while !waiting.is_empty() {
        let mut sittings = HashSet::new();
        let (now, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|n| sittings.insert(calls[*n].sitting));
        let together = now.iter().map(|n| calls[*n].clone()).collect();
        for (n, answer) in now.into_iter().zip(keep_together(&services, together).await) {
            answers[n] = Some(answer);
        }
        waiting = later;
    }
    answers.into_iter().map(|answer| answer.unwrap_or(Ok(Kept::NotHad))).collect()
}

/// A fault in one call must not hold up the others: then each is tried alone.
async fn keep_together(services: &Services, calls: Vec<Call>) -> Vec<Result<Kept>> {
    match keep(services, &calls).await {
        Ok(kept) => kept,
        Err(error @ Error::Unavailable(_)) => error.to_each(calls.len()),
        Err(error) if calls.len() == 1 => vec![Err(error)],
        Err(_) => {
            let mut answers = Vec::with_capacity(calls.len());
            for call in calls {
                answers.push(keep(services, &[call]).await.and_then(only));
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
    let highest: Vec<_> = calls.iter().map(Call::highest).collect();
    let given = Given::new(calls)?;
    let mut db = services.batch_pool.take().await?;
    let rows = sqlx::query!(
        r#"with room as materialized (
            select c.number, s.id, s.paper_id, s.attempt, s.in_time, c.highest >= (s.epochs + 1)::bigint * $13 as beyond
            from unnest($1::uuid[], $2::uuid[], $3::bigint[]) with ordinality as c (sitting, learner, highest, number)
            cross join lateral (
                select s.id, s.paper_id, s.attempt, s.epochs, takes_answers(s, $4, $5) as in_time
                from sittings s where s.id = c.sitting and s.learner_id = c.learner
                -- A sign of life, an epoch or a break does not conflict with saving; submission does.
                for key share skip locked
            ) s
        ), given as materialized (
            select room.number, room.id, g.item, g.sequence, nullif(g.response, 'null'::jsonb) as response, g.unreadable, g.flagged,
                g.flag_sequence, i.id is null as strange
            from unnest($6::bigint[], $7::uuid[], $8::bigint[], $9::jsonb[], $10::boolean[], $11::bigint[], $12::boolean[])
                as g (number, item, sequence, response, unreadable, flag_sequence, flagged)
            join room on room.number = g.number and room.in_time and not room.beyond
            left join paper_items i on i.id = g.item and i.paper_id = room.paper_id and i.attempt = room.attempt
        ), kept as (
            insert into answers as a (sitting_id, item_id, sequence, response, unreadable, flagged, flag_sequence, saved_at)
            select id, item, sequence, response, unreadable, flagged, flag_sequence, clock_timestamp() from given where not strange
            -- In one order, so that two servers' statements never wait for each other.
            order by id, item
            on conflict (sitting_id, item_id) do update set
                response = case when a.sequence < excluded.sequence then excluded.response else a.response end,
                unreadable = case when a.sequence < excluded.sequence then excluded.unreadable else a.unreadable end,
                saved_at = case when a.sequence < excluded.sequence then excluded.saved_at else a.saved_at end,
                sequence = greatest(a.sequence, excluded.sequence),
                flagged = case when a.flag_sequence < excluded.flag_sequence then excluded.flagged else a.flagged end,
                flag_sequence = greatest(a.flag_sequence, excluded.flag_sequence)
            where a.sequence < excluded.sequence or a.flag_sequence < excluded.flag_sequence
        )
        select room.number as "number!", room.in_time as "in_time!", room.beyond as "beyond!", clock_timestamp() as "now!",
            exists (select from given where given.number = room.number and given.strange) as "strange!",
            v.remaining_ms as "remaining_ms!", v.deadline_at as "deadline_at!", v.paused as "paused!",
            v.break_left_ms as "break_left_ms!", v.submitted as "submitted!", v.epochs as "epochs!", v.extra_seconds as "extra_seconds!"
        -- For these sittings only: a join could compute the state of every sitting.
        from room cross join lateral (select * from sitting_states s where s.id = room.id offset 0) v"#,
        &sittings,
        &learners,
        &highest,
        f64::from(GRACE_SECONDS),
        f64::from(BREAK_GRACE_SECONDS),
        &given.numbers,
        &given.items,
        &given.sequences,
        &given.responses as &[Option<serde_json::Value>],
        &given.unreadable,
        &given.flag_sequences,
        &given.flags,
        EPOCH_SPAN,
    )
    .fetch_all(&mut *db)
    .await?;
    db.committed().await?;
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
            epochs: row.epochs,
            extra_seconds: row.extra_seconds,
        };
        *answer = Ok(match (row.beyond, row.in_time) {
            (true, _) => Kept::Beyond,
            (false, true) if row.strange => Kept::InPart,
            (false, true) => Kept::InTime(call.saved(row.now, false, state.into())),
            (false, false) => Kept::TooLate,
        });
    }
    Ok(answers)
}

/// The outcome of a late call.
struct Apart {
    now: DateTime<Utc>,
    /// It contained a late answer that was not merely sent again.
    late: bool,
    /// It contained an answer to no question of the sitting.
    strange: bool,
}

/// Keeps late answers, where they do not count. `None` when answers count again: time has just been added, or the break
/// has ended. Flags are not kept: they matter only to the candidate.
async fn keep_apart(services: &Services, call: &Call) -> Result<Option<Apart>> {
    let given = Given::new(std::slice::from_ref(call))?;
    let mut db = services.db.acquire().await?;
    let row = sqlx::query_as!(
        Apart,
        r#"with room as materialized (
            select s.id, s.paper_id, s.attempt from sittings s where s.id = $1 and s.learner_id = $2 and not takes_answers(s, $3, $4)
        ), late as materialized (
            select room.id, g.item, g.sequence, nullif(g.response, 'null'::jsonb) as response, g.flagged
            from room
            cross join unnest($5::uuid[], $6::bigint[], $7::jsonb[], $8::boolean[]) as g (item, sequence, response, flagged)
            join paper_items i on i.id = g.item and i.paper_id = room.paper_id and i.attempt = room.attempt
            -- A repeated answer that was in time is not late.
            where g.sequence > 0
                and not exists (select from answers a where a.sitting_id = room.id and a.item_id = g.item and a.sequence >= g.sequence)
        ), kept as (
            insert into late_answers as l (sitting_id, item_id, sequence, response, flagged, arrived_at)
            select id, item, sequence, response, flagged, clock_timestamp() from late order by item
            on conflict (sitting_id, item_id) do update set sequence = excluded.sequence, response = excluded.response,
                flagged = excluded.flagged, arrived_at = excluded.arrived_at
            where l.sequence < excluded.sequence
        )
        select clock_timestamp() as "now!", exists (select from late) as "late!",
            exists (select from unnest($5::uuid[]) item where not exists (
                select from paper_items i where i.id = item and i.paper_id = room.paper_id and i.attempt = room.attempt)) as "strange!"
        from room"#,
        call.sitting,
        call.learner,
        f64::from(GRACE_SECONDS),
        f64::from(BREAK_GRACE_SECONDS),
        &given.items,
        &given.sequences,
        &given.responses as &[Option<serde_json::Value>],
        &given.flags,
    )
    .fetch_optional(&mut *db)
    .await?;
    committed(db).await?;
    Ok(row)
}

impl Call {
    /// The highest sequence in it.
    fn highest(&self) -> i64 {
        let own =
            |save: &Save| save.answer().map_or(0, |(own, _)| own).max(save.flag().map_or(0, |(own, _)| own));
        self.saves.iter().map(own).max().unwrap_or(0)
    }

    /// What the candidate hears.
    fn saved(&self, now: DateTime<Utc>, late: bool, state: RoomState) -> Saved {
        Saved { at: clock_time(now), late, problems: problems(&self.saves), state }
    }
}

/// The answers and flags of all calls, a column each, as the statement takes them: for each call each question once,
/// with the highest sequences. Sequence zero means that it is absent.
#[derive(Default)]
struct Given {
    /// Of the call, from 1.
    numbers: Vec<i64>,
    items: Vec<Uuid>,
    sequences: Vec<i64>,
    responses: Vec<Option<serde_json::Value>>,
    unreadable: Vec<bool>,
    flag_sequences: Vec<i64>,
    flags: Vec<bool>,
}

impl Given {
    fn new(calls: &[Call]) -> Result<Self> {
        let mut given = Self::default();
        for (number, call) in (1..).zip(calls) {
            let mut items: BTreeMap<Uuid, Parts> = BTreeMap::new();
            for save in &call.saves {
                let parts = items.entry(save.item.0).or_default();
                parts.answer = later(parts.answer, save.answer());
                parts.flag = later(parts.flag, save.flag());
            }
            let meant = items.into_iter().filter(|(_, parts)| parts.answer.is_some() || parts.flag.is_some());
            for (item, Parts { answer, flag }) in meant {
                let (sequence, response) = answer.unwrap_or_default();
                let (flag_sequence, flagged) = flag.unwrap_or_default();
                // A blank answer is no answer.
                let response = response.cloned().map(Response::for_storing);
                let response = response.filter(|response| !response.is_blank());
                given.numbers.push(number);
                given.items.push(item);
                given.sequences.push(sequence);
                given.unreadable.push(response.as_ref().is_some_and(|response| response.readable().is_err()));
                given.responses.push(response.map(serde_json::to_value).transpose().map_err(Error::failed)?);
                given.flag_sequences.push(flag_sequence);
                given.flags.push(flagged);
            }
        }
        Ok(given)
    }
}

/// The answer and the flag of one question with the highest sequences.
#[derive(Default)]
struct Parts<'a> {
    answer: Option<(i64, Option<&'a Response>)>,
    flag: Option<(i64, bool)>,
}

/// Whichever has the higher sequence.
fn later<T>(one: Option<(i64, T)>, other: Option<(i64, T)>) -> Option<(i64, T)> {
    let sequence = |part: &Option<(i64, T)>| part.as_ref().map(|(sequence, _)| *sequence);
    if sequence(&other) > sequence(&one) { other } else { one }
}

/// The warning about an answer that cannot be marked as it is, given while it can still be corrected.
fn problems(saves: &[Save]) -> Vec<(domain::assessment::ItemId, Problem)> {
    let problem = |save: &Save| {
        let (_, response) = save.answer()?;
        let response = response.filter(|response| !response.is_blank())?;
        Some((save.item, response.readable().err()?))
    };
    saves.iter().filter_map(problem).collect()
}
