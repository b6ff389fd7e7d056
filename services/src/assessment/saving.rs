//! How an answer is kept: the one thing here that must never go wrong.

use domain::{
    Problem,
    assessment::{GRACE_SECONDS, Save, Saved, SittingId},
};
use sqlx::types::Json;

use super::{clock_time, room::StateRow};
use crate::{Error, Result, Services, accounts::Actor};

/// More than any paper has.
const MOST_AT_ONCE: usize = 400;

/// Keeps answers, and says so only when they are on the database's disk.
///
/// One statement, so that all of it happens or nothing. It locks the sitting against being submitted meanwhile (`for share`
/// waits for a submission that is under way and then sees it), so an answer that is acknowledged as in time is always marked.
/// Of several answers to one question the highest sequence stands; sending one twice, or an old one after a new one, changes
/// nothing. What comes after the deadline and its grace, or after submission, is kept apart and acknowledged as late.
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
    let items: Vec<_> = saves.iter().map(|save| save.item.0).collect();
    let sequences: Vec<_> = saves.iter().map(|save| save.sequence).collect();
    let flags: Vec<_> = saves.iter().map(|save| save.flagged).collect();
    // A blank answer is no answer.
    let responses: Vec<_> = saves
        .iter()
        .map(|save| save.response.as_ref().filter(|response| !response.is_blank()).map(Json))
        .map(|response| response.map(|json| serde_json::to_value(json.0)).transpose())
        .collect::<std::result::Result<_, _>>()
        .map_err(Error::failed)?;
    let row = sqlx::query!(
        r#"with room as (
            select id, paper_id, attempt,
                submitted_at is null and clock_timestamp() <= deadline_at + make_interval(secs => $7) as in_time
            from sittings where id = $1 and learner_id = $2 for share
        ), given as (
            -- One row a question: an upsert cannot touch the same row twice.
            select distinct on (g.item) g.item, g.sequence, nullif(g.response, 'null'::jsonb) as response, g.flagged
            from room
            cross join unnest($3::uuid[], $4::bigint[], $5::jsonb[], $6::boolean[]) as g (item, sequence, response, flagged)
            join paper_items i on i.id = g.item and i.paper_id = room.paper_id and i.attempt = room.attempt
            order by g.item, g.sequence desc
        ), kept as (
            insert into answers as a (sitting_id, item_id, sequence, response, flagged, saved_at)
            select room.id, g.item, g.sequence, g.response, g.flagged, clock_timestamp() from room, given g where room.in_time
            on conflict (sitting_id, item_id) do update set sequence = excluded.sequence, response = excluded.response,
                flagged = excluded.flagged, saved_at = excluded.saved_at
            where a.sequence < excluded.sequence
            returning 1
        ), late as (
            insert into late_answers (sitting_id, item_id, sequence, response, flagged, arrived_at)
            select room.id, g.item, g.sequence, g.response, g.flagged, clock_timestamp() from room, given g where not room.in_time
            and not exists (select from answers a where a.sitting_id = room.id and a.item_id = g.item and a.sequence >= g.sequence)
            on conflict do nothing
            returning 1
        )
        select (select count(*) from late) as "late!", clock_timestamp() as "now!",
            v.remaining_ms as "remaining_ms!", v.deadline_at as "deadline_at!", v.paused as "paused!",
            v.break_left_ms as "break_left_ms!", v.submitted as "submitted!", v.seats as "seats!"
        from room join sitting_states v on v.id = room.id"#,
        sitting.0,
        actor.person().0,
        &items,
        &sequences,
        &responses as &[Option<serde_json::Value>],
        &flags,
        f64::from(GRACE_SECONDS),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    let problems = saves
        .iter()
        .filter_map(|save| {
            let response = save.response.as_ref().filter(|response| !response.is_blank())?;
            Some((save.item, response.readable().err()?))
        })
        .collect();
    Ok(Saved {
        at: clock_time(row.now),
        late: row.late > 0,
        problems,
        state: StateRow {
            remaining_ms: row.remaining_ms,
            deadline_at: row.deadline_at,
            paused: row.paused,
            break_left_ms: row.break_left_ms,
            submitted: row.submitted,
            seats: row.seats,
        }
        .into(),
    })
}
