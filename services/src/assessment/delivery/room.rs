//! The exam room: its contents, hints, rest breaks, and whether its window was left.

use chrono::{DateTime, Utc};
use domain::assessment::{
    ItemId, PaperKind,
    delivery::{EPOCH_SPAN, EpochBegun, PROVISIONAL, Room, RoomQuestion, RoomState, Save, SittingId},
    invigilation::IncidentKind,
    question::{PageQuestion, Question, Response},
};
use sqlx::{PgConnection, types::Json};

use super::order::as_seen;
use crate::{
    Error, Result, Services,
    accounts::Actor,
    assessment::{clock_time, html, known, new_id, number, stimulus},
    kit::markdown::inline_html,
};

/// The columns of a [`RoomState`], all by the database's clock.
pub(super) struct StateRow {
    pub remaining_ms: i64,
    pub deadline_at: DateTime<Utc>,
    pub paused: bool,
    pub break_left_ms: i64,
    pub submitted: bool,
    pub epochs: i32,
    pub extra_seconds: i32,
}

impl From<StateRow> for RoomState {
    fn from(row: StateRow) -> Self {
        // During a break the deadline already includes all of the remaining allowance.
        let breaks = if row.paused { 0 } else { row.break_left_ms };
        Self {
            latest_end_ms: row.deadline_at.timestamp_millis() + breaks,
            remaining_ms: row.remaining_ms,
            ends: clock_time(row.deadline_at),
            paused: row.paused,
            break_left_ms: row.break_left_ms,
            submitted: row.submitted,
            epoch: row.epochs.into(),
            extra_seconds: row.extra_seconds.into(),
            earlier: Vec::new(),
        }
    }
}

/// The state of a sitting. Asking is a sign of life, as long as it goes on.
pub async fn room_state(services: &Services, actor: &Actor, sitting: SittingId) -> Result<RoomState> {
    state(&mut *services.db.acquire().await?, actor, sitting).await
}

async fn state(db: &mut PgConnection, actor: &Actor, sitting: SittingId) -> Result<RoomState> {
    let row = sqlx::query_as!(
        StateRow,
        r#"with alive as (
            update sittings set last_contact_at = clock_timestamp()
            where id = $1 and learner_id = $2 and submitted_at is null and last_contact_at < clock_timestamp() - interval '5 seconds')
        select v.remaining_ms as "remaining_ms!", v.deadline_at as "deadline_at!", v.paused as "paused!",
            v.break_left_ms as "break_left_ms!", v.submitted as "submitted!", v.epochs as "epochs!", v.extra_seconds as "extra_seconds!"
        from sitting_states v where v.id = $1 and v.learner_id = $2"#,
        sitting.0,
        actor.person().0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.ok_or(Error::NotFound)?.into())
}

/// The running page takes an epoch, newer than all before. Drawing the room takes none: a browser also fetches pages that
/// are never looked at, and they must not replace the page that the candidate writes in.
pub async fn begin_epoch(services: &Services, actor: &Actor, sitting: SittingId) -> Result<EpochBegun> {
    let mut db = services.db.acquire().await?;
    let epoch = next_epoch(&mut db, actor, sitting).await?;
    Ok(EpochBegun { epoch, state: news(&mut db, actor, sitting).await? })
}

pub(super) async fn next_epoch(db: &mut PgConnection, actor: &Actor, sitting: SittingId) -> Result<i64> {
    let epoch = sqlx::query_scalar!(
        // The last contact of a sitting that is submitted stays: a page that is opened afterwards is no part of it.
        "update sittings set epochs = epochs + 1,
            last_contact_at = case when submitted_at is null then clock_timestamp() else last_contact_at end
        where id = $1 and learner_id = $2 returning epochs",
        sitting.0,
        actor.person().0,
    )
    .fetch_optional(db)
    .await?;
    epoch.map(i64::from).ok_or(Error::NotFound)
}

/// The state of a sitting, and the answers that pages without the newest epoch have saved: they may arrive at any time,
/// and the page with the newest epoch shows them.
pub async fn room_news(services: &Services, actor: &Actor, sitting: SittingId) -> Result<RoomState> {
    news(&mut *services.db.acquire().await?, actor, sitting).await
}

async fn news(db: &mut PgConnection, actor: &Actor, sitting: SittingId) -> Result<RoomState> {
    let state = state(&mut *db, actor, sitting).await?;
    if state.paused || state.submitted {
        return Ok(state);
    }
    let rows = sqlx::query!(
        r#"select a.item_id, a.sequence, a.response as "response: Json<Response>", a.flagged, a.flag_sequence
        from answers a join sittings t on t.id = a.sitting_id
        where t.id = $1 and t.learner_id = $2
            and (a.sequence > 0 and (a.sequence < $3 or a.sequence >= $4) or a.flag_sequence > 0 and (a.flag_sequence < $3 or a.flag_sequence >= $4))"#,
        sitting.0,
        actor.person().0,
        state.epoch * EPOCH_SPAN,
        state.epoch * EPOCH_SPAN + PROVISIONAL,
    )
    .fetch_all(db)
    .await?;
    let earlier = rows.into_iter().map(|row| {
        let response = row.response.map(|response| response.0);
        // The page knows where a unit has to be chosen: it has the questions.
        let problem = response.as_ref().and_then(|response| response.readable().err());
        let save = Save {
            item: ItemId(row.item_id),
            sequence: row.sequence,
            response,
            flagged: row.flagged,
            only_flag: row.sequence == 0,
            flag_sequence: Some(row.flag_sequence),
        };
        (save, problem)
    });
    Ok(RoomState { earlier: earlier.collect(), ..state })
}

/// Draws the room, with all questions at once. It is empty in a rest break, because the candidate must not read on
/// while the clock is stopped, and empty once the sitting is submitted.
pub async fn open_room(services: &Services, actor: &Actor, sitting: SittingId) -> Result<Room> {
    let mut db = services.db.acquire().await?;
    let head = sqlx::query!(
        r#"select p.title, p.kind, p.calculator, p.hints, s.shuffle_seed,
            v.remaining_ms as "remaining_ms!", v.deadline_at as "deadline_at!", v.paused as "paused!", v.break_left_ms as "break_left_ms!",
            v.submitted as "submitted!", v.epochs as "epochs!", v.extra_seconds as "extra_seconds!"
        from sittings s join papers p on p.id = s.paper_id join sitting_states v on v.id = s.id
        where s.id = $1 and s.learner_id = $2"#,
        sitting.0,
        actor.person().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let rows = sqlx::query!(
        r#"select i.id, i.section_id, s.title as section, i.marks, i.question as "question: Json<Question>",
            a.sequence as "sequence?", a.response as "response?: Json<Response>", a.flagged as "flagged?",
            a.flag_sequence as "flag_sequence?", a.hints as "opened?"
        from sittings t
        join paper_items i on i.paper_id = t.paper_id and i.attempt = t.attempt
        join paper_sections s on s.id = i.section_id
        left join answers a on a.sitting_id = t.id and a.item_id = i.id
        -- From the row as it is now: it may have been submitted since.
        where t.id = $1 and t.paused_at is null and t.submitted_at is null order by i.position"#,
        sitting.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let questions: Vec<RoomQuestion> = as_seen(rows, |row| row.section_id, head.shuffle_seed)?
        .into_iter()
        .map(|row| {
            let question = row.question.0;
            let opened: usize = number(row.opened.unwrap_or(0))?;
            let hints = question.hints.iter().take(opened).map(|hint| html(hint)).collect();
            let mut asked = page_texts(&question);
            if !head.hints {
                asked.hints = 0;
            }
            let response = row.response.map(|response| response.0);
            Ok(RoomQuestion {
                problem: response.as_ref().and_then(|response| question.problem_of(response)),
                item: ItemId(row.id),
                section: row.section,
                marks: number(row.marks)?,
                asked,
                hints,
                response,
                flagged: row.flagged.unwrap_or(false),
                sequence: row.sequence.unwrap_or(0),
                flag_sequence: row.flag_sequence.unwrap_or(0),
            })
        })
        .collect::<Result<_>>()?;
    Ok(Room {
        sitting,
        title: head.title,
        kind: known("kind", &head.kind, PaperKind::parse)?,
        calculator: head.calculator,
        epoch: head.epochs.into(),
        state: StateRow {
            remaining_ms: head.remaining_ms,
            deadline_at: head.deadline_at,
            paused: head.paused,
            break_left_ms: head.break_left_ms,
            submitted: head.submitted,
            epochs: head.epochs,
            extra_seconds: head.extra_seconds,
        }
        .into(),
        questions,
    })
}

/// A question for a page: without its key, its texts as HTML. Options are inline.
pub(crate) fn page_texts(question: &Question) -> PageQuestion {
    let mut asked = question.asked().with_texts(inline_html);
    // A syringe that is drawn up stands in the place of the answer.
    asked.stimulus =
        if question.is_drawn_up() { question.stimulus.as_deref().map(html) } else { stimulus(question) };
    asked.wording = html(&question.wording);
    asked.into()
}

/// Opens the next hint of a question, and counts it.
pub async fn open_hint(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
    item: ItemId,
) -> Result<Vec<String>> {
    let mut db = services.begin().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    let question = sqlx::query_scalar!(
        r#"select i.question as "question: Json<Question>" from sittings t
        join papers p on p.id = t.paper_id
        join paper_items i on i.paper_id = p.id and i.attempt = t.attempt
        where t.id = $1 and i.id = $2 and p.hints and takes_answers(t, 0, 0)"#,
        candidate.sitting().0,
        item.0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?
    .0;
    let opened = sqlx::query_scalar!(
        "insert into answers as a (sitting_id, item_id, sequence, response, flagged, hints, saved_at)
        values ($1, $2, 0, null, false, least(1, $3::smallint), clock_timestamp())
        on conflict (sitting_id, item_id) do update set hints = least(a.hints + 1, $3::smallint)
        returning hints",
        candidate.sitting().0,
        item.0,
        i16::try_from(question.hints.len()).map_err(Error::failed)?,
    )
    .fetch_one(&mut *db)
    .await?;
    db.commit().await?;
    Ok(question.hints.iter().take(number(opened)?).map(|hint| html(hint)).collect())
}

/// Stops the clock for a rest break. During the break the whole remaining allowance counts, so that the deadline is
/// right even if the candidate never returns.
pub async fn pause(services: &Services, actor: &Actor, sitting: SittingId) -> Result<()> {
    let mut db = services.begin().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    sqlx::query!(
        "update sittings set paused_at = clock_timestamp(), break_before_seconds = break_seconds, break_seconds = break_allowed_seconds
        where id = $1 and paused_at is null and submitted_at is null and break_seconds < break_allowed_seconds
            and clock_timestamp() < deadline_at",
        candidate.sitting().0,
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(())
}

/// Starts the clock again: only the time actually taken is used up.
pub async fn resume(services: &Services, actor: &Actor, sitting: SittingId) -> Result<()> {
    let mut db = services.begin().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    sqlx::query!(
        "update sittings set paused_at = null, break_seconds = least(break_allowed_seconds,
            break_before_seconds + ceil(extract(epoch from clock_timestamp() - paused_at))::integer)
        where id = $1 and paused_at is not null and submitted_at is null",
        candidate.sitting().0,
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(())
}

/// The candidate left the exam's window or came back to it. This is recorded, not punished.
pub async fn report_window(services: &Services, actor: &Actor, sitting: SittingId, left: bool) -> Result<()> {
    let mut db = services.db.acquire().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    let kind = if left { IncidentKind::Left } else { IncidentKind::Returned };
    // At most one row a minute: a runaway page neither fills the table nor stops the count.
    sqlx::query!(
        "insert into incidents as i (id, sitting_id, at, kind, minute)
        select $1, t.id, clock_timestamp(), $3, date_trunc('minute', clock_timestamp()) from sittings t
        where t.id = $2 and t.submitted_at is null
        on conflict on constraint incidents_minute_key do update set times = i.times + 1",
        new_id(),
        candidate.sitting().0,
        kind.as_str(),
    )
    .execute(&mut *db)
    .await?;
    Ok(())
}
