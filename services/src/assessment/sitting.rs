//! What is set for somebody, starting to sit it, and the exam room.

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use domain::{
    Problem,
    assessment::{
        CandidateHome, CandidatePaper, ItemId, PageQuestion, PaperId, PaperKind, PastSitting, Question,
        ReleasedOutcome, Response, Room, RoomQuestion, RoomState, SectionId, SittingId, Standing, shuffled,
    },
};
use sqlx::{PgConnection, types::Json};

use super::{adjustments::adjustment_of, bank, html, new_id, number};
use crate::{Error, Result, Services, accounts::Actor, markdown::inline_html, moment};

/// Proof that a sitting is the actor's own. Made only by [`Actor::candidate_in`].
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    pub(super) sitting: SittingId,
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for everybody else's sittings, whether they exist or not.
    pub async fn candidate_in(&self, db: &mut PgConnection, sitting: SittingId) -> Result<Candidate> {
        let own = sqlx::query_scalar!(
            r#"select exists (select from sittings where id = $1 and learner_id = $2) as "own!""#,
            sitting.0,
            self.person().0,
        )
        .fetch_one(db)
        .await?;
        if own { Ok(Candidate { sitting }) } else { Err(Error::NotFound) }
    }
}

/// "11:40am", in London.
pub(super) fn clock_time(time: DateTime<Utc>) -> String {
    time.with_timezone(&London).format("%-I:%M%P").to_string()
}

/// "22 November 2026", in London.
pub(super) fn day(time: DateTime<Utc>) -> String {
    time.with_timezone(&London).format("%-d %B %Y").to_string()
}

/// `/assessments`.
pub async fn candidate_home(services: &Services, actor: &Actor) -> Result<CandidateHome> {
    let mut db = services.db.acquire().await?;
    let head = sqlx::query!(
        r#"select coalesce(a.extra_percent, 0) as "extra_percent!", coalesce(a.extra_minutes, 0) as "extra_minutes!",
            coalesce(a.break_minutes, 0) as "break_minutes!",
            h.support or exists (select from paper_setters where person_id = h.id)
                or exists (select from organisation_administrators where person_id = h.id) as "sets_papers!",
            coalesce((select jsonb_agg(jsonb_build_object('sitting', s.id, 'title', p.title, 'kind', p.kind, 'submitted', s.submitted_at,
                    'mark', s.mark, 'available', s.available, 'passed', s.passed, 'removed_on', s.removed_on,
                    'released', results_released(p.id)) order by s.submitted_at desc)
                from sittings s join papers p on p.id = s.paper_id
                where s.learner_id = h.id and s.submitted_at is not null), '[]') as "past!: Json<Vec<PastRow>>"
        from people h left join exam_adjustments a on a.person_id = h.id where h.id = $1"#,
        actor.person().0,
    )
    .fetch_one(&mut *db)
    .await?;
    let adjustment = domain::assessment::Adjustment {
        extra_percent: number(head.extra_percent),
        extra_minutes: number(head.extra_minutes),
        break_minutes: number(head.break_minutes),
    };
    let papers = sqlx::query_as!(
        PaperRow,
        r#"select p.id, p.title, p.kind, o.name as organisation, p.instructions, p.opens_at, p.closes_at, p.limit_minutes,
            p.pass_percent, p.calculator, p.attempts, now() as "now!",
            (select count(*) from paper_items i where i.paper_id = p.id and i.attempt = 1) as "questions!",
            (select count(*) from sittings s where s.paper_id = p.id and s.learner_id = $1) as "used!",
            (select s.id from sittings s where s.paper_id = p.id and s.learner_id = $1 and s.submitted_at is null limit 1) as open_sitting
        from papers p join organisations o on o.id = p.organisation_id
        where p.published_at is not null and p.closes_at > now() - interval '7 days' and (
            exists (select from paper_learners l join people h on h.id = $1
                where l.paper_id = p.id and (l.person_id = h.id or l.person_id is null and l.email = h.email))
            or exists (select from paper_cohorts c join enrolments e on e.cohort_id = c.cohort_id
                where c.paper_id = p.id and e.learner_id = $1)
            or exists (select from sittings s where s.paper_id = p.id and s.learner_id = $1 and s.submitted_at is null))
        order by p.closes_at, p.id limit 100"#,
        actor.person().0,
    )
    .fetch_all(&mut *db)
    .await?;
    Ok(CandidateHome {
        papers: papers.into_iter().map(|row| row.into_paper(adjustment)).collect(),
        results: head.past.0.into_iter().map(PastRow::into_past).collect(),
        sets_papers: head.sets_papers,
    })
}

/// One past sitting as the query above builds it.
#[derive(Debug, serde::Deserialize)]
struct PastRow {
    sitting: SittingId,
    title: String,
    kind: PaperKind,
    submitted: DateTime<Utc>,
    mark: u32,
    available: u32,
    passed: bool,
    removed_on: chrono::NaiveDate,
    released: bool,
}

impl PastRow {
    fn into_past(self) -> PastSitting {
        let outcome = ReleasedOutcome { mark: self.mark, available: self.available, passed: self.passed };
        PastSitting {
            sitting: self.sitting,
            title: self.title,
            kind: self.kind,
            submitted: moment(self.submitted),
            outcome: self.released.then_some(outcome),
            removed_on: self.removed_on.format("%-d %B %Y").to_string(),
        }
    }
}

struct PaperRow {
    id: uuid::Uuid,
    title: String,
    kind: String,
    organisation: String,
    instructions: String,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    limit_minutes: i16,
    pass_percent: i16,
    calculator: bool,
    attempts: i16,
    now: DateTime<Utc>,
    questions: i64,
    used: i64,
    open_sitting: Option<uuid::Uuid>,
}

impl PaperRow {
    fn into_paper(self, adjustment: domain::assessment::Adjustment) -> CandidatePaper {
        let attempts_left: u8 = number((i64::from(self.attempts) - self.used).max(0));
        let standing = match self.open_sitting {
            Some(sitting) => Standing::Sitting(SittingId(sitting)),
            None if self.now < self.opens_at => Standing::NotOpenYet,
            None if attempts_left == 0 => Standing::NoAttemptsLeft,
            None if self.now >= self.closes_at => Standing::Closed,
            None => Standing::CanStart,
        };
        let seconds = adjustment.allowed_seconds(number(self.limit_minutes));
        CandidatePaper {
            id: PaperId(self.id),
            title: self.title,
            kind: PaperKind::parse(&self.kind).unwrap_or(PaperKind::Mock),
            organisation: self.organisation,
            instructions: self.instructions,
            opens: moment(self.opens_at),
            closes: moment(self.closes_at),
            minutes: seconds / 60 + u32::from(adjustment.extra_minutes),
            adjustment,
            questions: number(self.questions),
            pass_percent: number(self.pass_percent),
            calculator: self.calculator,
            attempts_left,
            standing,
        }
    }
}

/// The paper of an access code, for whoever types it.
///
/// # Errors
/// [`Problem::CodeUnknown`] on `code`.
pub async fn paper_by_code(services: &Services, _actor: &Actor, code: &str) -> Result<PaperId> {
    let paper = sqlx::query_scalar!(
        "select id from papers where access_code = $1 and published_at is not null and closes_at > now()",
        code.trim().to_uppercase(),
    )
    .fetch_optional(&services.db)
    .await?;
    paper.map(PaperId).ok_or_else(|| Error::invalid("code", Problem::CodeUnknown))
}

/// `/assessments/start/{paper}`: what somebody is about to sit.
///
/// # Errors
/// [`Error::NotFound`] for whoever is neither named nor in a cohort, and has neither the code nor a sitting.
pub async fn start_page(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    code: &str,
) -> Result<CandidatePaper> {
    let mut db = services.db.acquire().await?;
    let row = may_sit(&mut db, actor, paper, code).await?;
    let adjustment = adjustment_of(&mut db, actor.person()).await?;
    Ok(row.into_paper(adjustment))
}

async fn may_sit(db: &mut PgConnection, actor: &Actor, paper: PaperId, code: &str) -> Result<PaperRow> {
    sqlx::query_as!(
        PaperRow,
        r#"select p.id, p.title, p.kind, o.name as organisation, p.instructions, p.opens_at, p.closes_at, p.limit_minutes,
            p.pass_percent, p.calculator, p.attempts, now() as "now!",
            (select count(*) from paper_items i where i.paper_id = p.id and i.attempt = 1) as "questions!",
            (select count(*) from sittings s where s.paper_id = p.id and s.learner_id = $1) as "used!",
            (select s.id from sittings s where s.paper_id = p.id and s.learner_id = $1 and s.submitted_at is null limit 1) as open_sitting
        from papers p join organisations o on o.id = p.organisation_id
        where p.id = $2 and p.published_at is not null and (
            p.access_code = $3
            or exists (select from paper_learners l join people h on h.id = $1
                where l.paper_id = p.id and (l.person_id = h.id or l.person_id is null and l.email = h.email))
            or exists (select from paper_cohorts c join enrolments e on e.cohort_id = c.cohort_id
                where c.paper_id = p.id and e.learner_id = $1)
            or exists (select from sittings s where s.paper_id = p.id and s.learner_id = $1))"#,
        actor.person().0,
        paper.0,
        code.trim().to_uppercase(),
    )
    .fetch_optional(db)
    .await?
    .ok_or(Error::NotFound)
}

/// Starts the clock, or goes back to the sitting that is open.
///
/// # Errors
/// [`Problem::PaperNotOpen`] on `start` outside its window and without an attempt left.
pub async fn start_sitting(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    code: &str,
) -> Result<SittingId> {
    let mut db = services.db.begin().await?;
    let row = may_sit(&mut db, actor, paper, code).await?;
    if let Some(sitting) = row.open_sitting {
        return Ok(SittingId(sitting));
    }
    let adjustment = adjustment_of(&mut db, actor.person()).await?;
    let seed = i64::try_from(bank::seed()?).map_err(Error::failed)?;
    // Two clicks at once: the second meets the first's row by its name (paper, learner, attempt) and takes it.
    let started = sqlx::query_scalar!(
        "insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, extra_seconds, break_allowed_seconds,
            closes_at, shuffle_seed, last_contact_at, removed_on, deadline_at)
        select $1, p.id, $2, $4, now(), $5, $6, $7, p.closes_at, case when p.shuffle then $8::bigint end, now(),
            ((now() at time zone 'Europe/London') + interval '7 years')::date, now()
        from papers p where p.id = $3 and p.opens_at <= now() and now() < p.closes_at and $4 <= p.attempts
        on conflict on constraint sittings_attempt_key do nothing
        returning id",
        new_id(),
        actor.person().0,
        paper.0,
        i16::try_from(row.used + 1).map_err(Error::failed)?,
        i32::try_from(adjustment.allowed_seconds(number(row.limit_minutes))).map_err(Error::failed)?,
        i32::from(adjustment.extra_minutes) * 60,
        i32::from(adjustment.break_minutes) * 60,
        seed,
    )
    .fetch_optional(&mut *db)
    .await?;
    db.commit().await?;
    if let Some(started) = started {
        return Ok(SittingId(started));
    }
    let mut db = services.db.acquire().await?;
    let row = may_sit(&mut db, actor, paper, code).await?;
    row.open_sitting.map(SittingId).ok_or_else(|| Error::invalid("start", Problem::PaperNotOpen))
}

/// The columns that a [`RoomState`] is made of, all by the database's clock.
pub(super) struct StateRow {
    pub remaining_ms: i64,
    pub deadline_at: DateTime<Utc>,
    pub paused: bool,
    pub break_left_ms: i64,
    pub submitted: bool,
    pub seats: i32,
}

impl From<StateRow> for RoomState {
    fn from(row: StateRow) -> Self {
        Self {
            remaining_ms: row.remaining_ms,
            ends: clock_time(row.deadline_at),
            paused: row.paused,
            break_left_ms: row.break_left_ms,
            submitted: row.submitted,
            seat: row.seats.into(),
        }
    }
}

/// Where a sitting stands. Asking is a sign of life.
pub async fn room_state(services: &Services, actor: &Actor, sitting: SittingId) -> Result<RoomState> {
    let row = sqlx::query_as!(
        StateRow,
        r#"with alive as (
            update sittings set last_contact_at = clock_timestamp()
            where id = $1 and learner_id = $2 and last_contact_at < clock_timestamp() - interval '5 seconds')
        select v.remaining_ms as "remaining_ms!", v.deadline_at as "deadline_at!", v.paused as "paused!",
            v.break_left_ms as "break_left_ms!", v.submitted as "submitted!", v.seats as "seats!"
        from sitting_states v where v.id = $1 and v.learner_id = $2"#,
        sitting.0,
        actor.person().0,
    )
    .fetch_optional(&services.db)
    .await?;
    Ok(row.ok_or(Error::NotFound)?.into())
}

/// Opens the room: everything at once, and a seat that is newer than all before.
pub async fn open_room(services: &Services, actor: &Actor, sitting: SittingId) -> Result<Room> {
    let mut db = services.db.acquire().await?;
    let head = sqlx::query!(
        r#"with seated as (
            update sittings set seats = seats + 1, last_contact_at = clock_timestamp() where id = $1 and learner_id = $2
            returning id, paper_id, attempt, shuffle_seed, seats)
        select p.title, p.kind, p.calculator, p.hints, s.shuffle_seed, s.seats as "seats!",
            v.remaining_ms as "remaining_ms!", v.deadline_at as "deadline_at!", v.paused as "paused!",
            v.break_left_ms as "break_left_ms!", v.submitted as "submitted!"
        from seated s join papers p on p.id = s.paper_id join sitting_states v on v.id = s.id"#,
        sitting.0,
        actor.person().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let rows = sqlx::query!(
        r#"select i.id, i.section_id, s.title as section, i.marks, i.question as "question: Json<Question>",
            a.sequence as "sequence?", a.response as "response?: Json<Response>", a.flagged as "flagged?", a.hints as "opened?"
        from sittings t
        join paper_items i on i.paper_id = t.paper_id and i.attempt = t.attempt
        join paper_sections s on s.id = i.section_id
        left join answers a on a.sitting_id = t.id and a.item_id = i.id
        where t.id = $1 order by i.position"#,
        sitting.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let sections: Vec<SectionId> = rows.iter().map(|row| SectionId(row.section_id)).collect();
    let questions: Vec<RoomQuestion> = rows
        .into_iter()
        .map(|row| {
            let question = row.question.0;
            let opened: usize = number(row.opened.unwrap_or(0));
            let hints = question.hints.iter().take(opened).map(|hint| html(hint)).collect();
            let mut asked = page_texts(&question);
            if !head.hints {
                asked.hints = 0;
            }
            let response = row.response.map(|response| response.0);
            let problem = response.as_ref().and_then(|response| response.readable().err());
            RoomQuestion {
                item: ItemId(row.id),
                section: row.section,
                marks: number(row.marks),
                asked,
                hints,
                response,
                flagged: row.flagged.unwrap_or(false),
                sequence: row.sequence.unwrap_or(0),
                problem,
            }
        })
        .collect();
    let order = match head.shuffle_seed {
        Some(seed) => shuffled(&sections, number(seed)),
        None => (0..questions.len()).collect(),
    };
    let mut places: Vec<Option<RoomQuestion>> = questions.into_iter().map(Some).collect();
    Ok(Room {
        sitting,
        title: head.title,
        kind: PaperKind::parse(&head.kind).unwrap_or(PaperKind::Mock),
        calculator: head.calculator,
        seat: head.seats.into(),
        state: StateRow {
            remaining_ms: head.remaining_ms,
            deadline_at: head.deadline_at,
            paused: head.paused,
            break_left_ms: head.break_left_ms,
            submitted: head.submitted,
            seats: head.seats,
        }
        .into(),
        questions: order.into_iter().filter_map(|place| places.get_mut(place)?.take()).collect(),
    })
}

/// A question for a page: without its key, its texts as HTML. Options stand in a line.
pub(super) fn page_texts(question: &Question) -> PageQuestion {
    let mut asked = question.asked().with_texts(inline_html);
    asked.stimulus = question.stimulus.as_deref().map(html);
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
    let mut db = services.db.begin().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    let question = sqlx::query_scalar!(
        r#"select i.question as "question: Json<Question>" from sittings t
        join papers p on p.id = t.paper_id
        join paper_items i on i.paper_id = p.id and i.attempt = t.attempt
        where t.id = $1 and i.id = $2 and p.hints and t.submitted_at is null"#,
        candidate.sitting.0,
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
        candidate.sitting.0,
        item.0,
        i16::try_from(question.hints.len()).map_err(Error::failed)?,
    )
    .fetch_one(&mut *db)
    .await?;
    db.commit().await?;
    Ok(question.hints.iter().take(number(opened)).map(|hint| html(hint)).collect())
}

/// Stops the clock for a rest break. While it stands the whole rest of the allowance counts, so that the deadline is right even if
/// nobody comes back.
pub async fn pause(services: &Services, actor: &Actor, sitting: SittingId) -> Result<()> {
    let mut db = services.db.begin().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    sqlx::query!(
        "update sittings set paused_at = clock_timestamp(), break_before_seconds = break_seconds, break_seconds = break_allowed_seconds
        where id = $1 and paused_at is null and submitted_at is null and break_seconds < break_allowed_seconds
            and clock_timestamp() < deadline_at",
        candidate.sitting.0,
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(())
}

/// Starts the clock again: only the break that was taken is used up.
pub async fn resume(services: &Services, actor: &Actor, sitting: SittingId) -> Result<()> {
    let mut db = services.db.begin().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    sqlx::query!(
        "update sittings set paused_at = null, break_seconds = least(break_allowed_seconds,
            break_before_seconds + ceil(extract(epoch from clock_timestamp() - paused_at))::integer)
        where id = $1 and paused_at is not null and submitted_at is null",
        candidate.sitting.0,
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(())
}

/// The exam's window was left or come back to. Recorded, not punished.
pub async fn report_window(services: &Services, actor: &Actor, sitting: SittingId, left: bool) -> Result<()> {
    let mut db = services.db.acquire().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    // Bounded: a page that goes wild must not fill the table.
    sqlx::query!(
        "insert into incidents (id, sitting_id, at, kind)
        select $1, t.id, clock_timestamp(), $3 from sittings t
        where t.id = $2 and t.submitted_at is null and (select count(*) from incidents where sitting_id = $2) < 500",
        new_id(),
        candidate.sitting.0,
        if left { "left" } else { "returned" },
    )
    .execute(&mut *db)
    .await?;
    Ok(())
}
