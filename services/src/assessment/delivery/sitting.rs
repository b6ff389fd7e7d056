//! The papers set for a person, and starting to sit one.

use chrono::{DateTime, Utc};
use domain::{
    Problem,
    assessment::{
        PaperId, PaperKind,
        adjustments::Adjustment,
        delivery::{
            CandidateHome, CandidatePaper, LastAttempt, MOST_PAPERS, MOST_RESULTS, PaperAvailability,
            PastSitting, SectionPass, SittingId,
        },
        results::ReleasedOutcome,
    },
    minutes_begun,
};
use sqlx::{PgConnection, types::Json};

use super::code_tries::Try;
use crate::{
    Error, Result, Services,
    accounts::Actor,
    assessment::{adjustments::adjustment, known, new_id, number, shown},
    kit::{moment::day, random},
    moment,
};

/// `/assessments`.
pub async fn candidate_home(services: &Services, actor: &Actor) -> Result<CandidateHome> {
    let mut db = services.db.acquire().await?;
    let head = sqlx::query!(
        r#"select exists (select from sets_papers(h.id)) as "sets_papers!",
            (select count(*) from sittings s where s.learner_id = h.id and s.submitted_at is not null) as "submitted!",
            coalesce((select jsonb_agg(jsonb_build_object('sitting', s.id, 'title', p.title, 'kind', p.kind, 'submitted', s.submitted_at,
                    'mark', s.mark, 'available', s.available, 'passed', s.passed, 'removed_on', s.removed_on,
                    'released', results_released(p.id),
                    'remarking', still_to_mark(p.id, s.id, s.submitted_at)) order by s.submitted_at desc)
                from (select * from sittings where learner_id = h.id and submitted_at is not null
                    order by submitted_at desc limit $2) s
                join papers p on p.id = s.paper_id), '[]') as "past!: Json<Vec<serde_json::Value>>"
        from people_named h where h.id = $1"#,
        actor.person().0,
        i64::try_from(MOST_RESULTS).map_err(Error::failed)?,
    )
    .fetch_one(&mut *db)
    .await?;
    let papers = papers_for(&mut db, actor, None, "").await?;
    let all_papers = papers.first().map_or(Ok(0), |row| number(row.all))?;
    let (papers, not_shown) = shown(papers.into_iter().map(PaperRow::into_paper))?;
    // One unreadable sitting hides no other.
    let past = head.past.0.into_iter();
    let past = past.map(|row| serde_json::from_value::<PastRow>(row).map_err(Error::failed));
    let (results, results_not_shown) = shown(past.map(|row| row.map(PastRow::into_past)))?;
    Ok(CandidateHome {
        all_papers,
        papers,
        not_shown,
        all_results: number(head.submitted)?,
        results,
        results_not_shown,
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
    remarking: bool,
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
            remarking: self.remarking,
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
    section_passes: Json<Vec<SectionPass>>,
    calculator: bool,
    attempts: i16,
    now: DateTime<Utc>,
    questions: i64,
    used: i64,
    open_sitting: Option<uuid::Uuid>,
    left_ms: Option<i64>,
    last: Option<Json<LastRow>>,
    all: i64,
    extra_percent: i32,
    extra_minutes: i32,
    break_minutes: i32,
}

/// The newest submitted sitting of a paper, as the query below builds it.
#[derive(Debug, serde::Deserialize)]
struct LastRow {
    sitting: SittingId,
    mark: u32,
    available: u32,
    passed: bool,
    released: bool,
    remarking: bool,
}

impl LastRow {
    fn into_last(self) -> LastAttempt {
        let outcome = ReleasedOutcome { mark: self.mark, available: self.available, passed: self.passed };
        LastAttempt {
            sitting: self.sitting,
            outcome: self.released.then_some(outcome),
            remarking: self.remarking,
        }
    }
}

impl PaperRow {
    /// What the paper's organisation gives this person.
    fn given(&self) -> Result<Adjustment> {
        adjustment(self.extra_percent, self.extra_minutes, self.break_minutes)
    }

    fn into_paper(self) -> Result<CandidatePaper> {
        let adjustment = self.given()?;
        let attempts_left: u8 = number((i64::from(self.attempts) - self.used).max(0))?;
        let standing = match self.open_sitting {
            Some(sitting) => PaperAvailability::Sitting(SittingId(sitting)),
            None if self.now < self.opens_at => PaperAvailability::NotOpenYet,
            None if self.now >= self.closes_at => PaperAvailability::Closed,
            None if attempts_left == 0 => PaperAvailability::NoAttemptsLeft,
            None => PaperAvailability::CanStart,
        };
        let limit = number::<u16>(self.limit_minutes)?;
        // The close cuts the limit for a late start; extra time goes beyond it. When no more sittings can start,
        // nothing is cut.
        let to_close = (self.closes_at - self.now.max(self.opens_at)).num_seconds().max(0);
        let whole = u32::from(limit) * 60;
        let within = match standing {
            PaperAvailability::CanStart | PaperAvailability::NotOpenYet => {
                number(to_close.min(whole.into()))?
            }
            PaperAvailability::Sitting(_) | PaperAvailability::NoAttemptsLeft | PaperAvailability::Closed => {
                whole
            }
        };
        let seconds = within + adjustment.percent_seconds(limit);
        let closed = standing == PaperAvailability::Closed;
        Ok(CandidatePaper {
            minutes_left: self.left_ms.map(|left| number(minutes_begun(left))).transpose()?,
            closed_on: closed.then(|| day(self.closes_at, self.now)),
            id: PaperId(self.id),
            title: self.title,
            kind: known("kind", &self.kind, PaperKind::parse)?,
            organisation: self.organisation,
            instructions: self.instructions,
            opens: moment(self.opens_at),
            // Seconds, rounded up: at zero it is open. A wait too long to count is not shown.
            opens_in: number(
                (((self.opens_at - self.now).num_milliseconds().max(0) + 999) / 1000).min(u32::MAX.into()),
            )?,
            closes: moment(self.closes_at),
            minutes: seconds / 60 + u32::from(adjustment.extra_minutes),
            cut_by_close: within < whole,
            adjustment,
            questions: number(self.questions)?,
            pass_percent: number(self.pass_percent)?,
            section_passes: self.section_passes.0,
            calculator: self.calculator,
            attempts_left,
            standing,
            last: self.last.map(|last| last.0.into_last()),
        })
    }
}

/// An access code as typed: case, spaces and hyphens do not matter.
fn code_as_kept(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
}

/// The paper of an access code, for the person who types it. After the close it leads candidates who are still sitting
/// back in.
///
/// # Errors
/// [`Problem::CodeMissing`], [`Problem::CodeUnknown`] or [`Problem::CodeWait`] on `code`.
pub async fn paper_by_code(services: &Services, actor: &Actor, code: &str) -> Result<PaperId> {
    let code = code_as_kept(code);
    if code.is_empty() {
        return Err(Error::invalid("code", Problem::CodeMissing));
    }
    let mut db = services.db.acquire().await?;
    let tried = Try::begin(services, &mut db, actor, &code).await?;
    let paper = sqlx::query_scalar!(
        "select id from papers p where access_code = $1 and published_at is not null
            and (closes_at > now() or exists (select from sittings s where s.paper_id = p.id and s.learner_id = $2 and s.submitted_at is null))",
        code,
        actor.person().0,
    )
    .fetch_optional(&mut *db)
    .await?;
    match paper {
        Some(paper) => {
            tried.was_right(&mut db, actor).await?;
            Ok(PaperId(paper))
        }
        None => {
            tried.was_wrong(services, &mut db, actor).await?;
            Err(Error::invalid("code", Problem::CodeUnknown))
        }
    }
}

/// `/assessments/start/{paper}`: the paper that the person is about to sit.
///
/// # Errors
/// [`Error::NotFound`] for a person who is neither named nor in a cohort, and has neither the code nor a sitting;
/// [`Problem::CodeWait`].
pub async fn start_page(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    code: &str,
) -> Result<CandidatePaper> {
    let mut db = services.db.acquire().await?;
    may_sit(services, &mut db, actor, paper, code).await?.into_paper()
}

/// Not within a transaction, for the sake of [`Try`]. A person who may sit the paper anyway tries no code.
async fn may_sit(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
    code: &str,
) -> Result<PaperRow> {
    if let Some(row) = papers_for(db, actor, Some(paper), "").await?.pop() {
        return Ok(row);
    }
    if code_as_kept(code).is_empty() {
        return Err(Error::NotFound);
    }
    let tried = Try::begin(services, db, actor, &format!("{paper}/{}", code_as_kept(code))).await?;
    match papers_for(db, actor, Some(paper), code).await?.pop() {
        Some(row) => {
            tried.was_right(db, actor).await?;
            Ok(row)
        }
        None => {
            tried.was_wrong(services, db, actor).await?;
            Err(Error::NotFound)
        }
    }
}

/// The papers for a person: by name, by cohort, by the code, or because they have begun. A single paper is returned as
/// long as it exists; the list holds those that are still of interest.
async fn papers_for(
    db: &mut PgConnection,
    actor: &Actor,
    only: Option<PaperId>,
    code: &str,
) -> Result<Vec<PaperRow>> {
    let rows = sqlx::query_as!(
        PaperRow,
        // It begins at the person, so that its cost does not depend on other people's data.
        r#"with mine as (
            select l.paper_id from paper_learners l where l.person_id = $1
            union select l.paper_id from people_named h cross join lateral (
                select x.paper_id from paper_learners x where x.email = h.email and x.person_id is null offset 0
            ) l where h.id = $1
            union select c.paper_id from cohort_students e join paper_cohorts c on c.cohort_id = e.cohort_id where e.learner_id = $1
            union select s.paper_id from sittings s where s.learner_id = $1 and ($2::uuid is not null or s.submitted_at is null)
            union select p.id from papers p where p.access_code = $3
        )
        select p.id, p.title, p.kind, o.name as "organisation!", p.instructions, p.opens_at, p.closes_at, p.limit_minutes,
            p.pass_percent, p.calculator, p.attempts, now() as "now!",
            (select coalesce(jsonb_agg(jsonb_build_object('title', c.title, 'percent', c.pass_percent) order by c.position, c.id), '[]')
                from paper_sections c where c.paper_id = p.id and c.pass_percent > 0) as "section_passes!: Json<Vec<SectionPass>>",
            (select count(*) from paper_items i where i.paper_id = p.id and i.attempt = 1) as "questions!",
            (select count(*) from sittings s where s.paper_id = p.id and s.learner_id = $1) as "used!",
            (select s.id from sittings s where s.paper_id = p.id and s.learner_id = $1 and s.submitted_at is null limit 1) as open_sitting,
            -- For this sitting only: a join could compute the state of every sitting.
            (select v.remaining_ms from sittings s cross join lateral (select * from sitting_states t where t.id = s.id offset 0) v
                where s.paper_id = p.id and s.learner_id = $1 and s.submitted_at is null limit 1) as left_ms,
            (select jsonb_build_object('sitting', s.id, 'mark', s.mark, 'available', s.available, 'passed', s.passed,
                    'released', results_released(p.id), 'remarking', still_to_mark(p.id, s.id, s.submitted_at))
                from sittings s where s.paper_id = p.id and s.learner_id = $1 and s.submitted_at is not null
                order by s.attempt desc limit 1) as "last: Json<LastRow>",
            count(*) over () as "all!",
            coalesce(a.extra_percent, w.extra_percent, 0) as "extra_percent!",
            coalesce(a.extra_minutes, w.extra_minutes, 0) as "extra_minutes!",
            coalesce(a.break_minutes, w.break_minutes, 0) as "break_minutes!"
        from mine join papers p on p.id = mine.paper_id join organisations_named o on o.id = p.organisation_id
        left join exam_adjustments a on a.organisation_id = p.organisation_id and a.person_id = $1
        -- Given before the account existed.
        left join exam_adjustments w on w.organisation_id = p.organisation_id and w.person_id is null
            and w.email = (select email from people_named where id = $1)
        where p.published_at is not null
            -- The paper of an open or reopened sitting is in the list however long ago it closed.
            and case when $2::uuid is null then p.closes_at > now() - interval '7 days'
                    or exists (select from sittings s where s.paper_id = p.id and s.learner_id = $1 and s.submitted_at is null)
                else p.id = $2 end
        order by p.closes_at, p.id limit $4"#,
        actor.person().0,
        only.map(|paper| paper.0),
        code_as_kept(code),
        i64::try_from(MOST_PAPERS).map_err(Error::failed)?,
    )
    .fetch_all(db)
    .await?;
    Ok(rows)
}

/// Starts the clock, or returns to the open sitting.
///
/// # Errors
/// [`Problem::PaperNotOpen`] on `start` outside its window or without an attempt left.
pub async fn start_sitting(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    code: &str,
) -> Result<SittingId> {
    let row = may_sit(services, &mut *services.db.acquire().await?, actor, paper, code).await?;
    if let Some(sitting) = row.open_sitting {
        return Ok(SittingId(sitting));
    }
    let mut db = services.begin().await?;
    let given = row.given()?;
    let seed = random::seed()?;
    // Two clicks at once: the second conflicts with the first's row, by its key (paper, learner, attempt) or because it
    // is open, and uses it.
    let started = sqlx::query_scalar!(
        "insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, percent_seconds, extra_seconds,
            break_allowed_seconds, closes_at, shuffle_seed, last_contact_at, removed_on, deadline_at)
        select $1, p.id, $2, $4, now(), $5, $9, $6, $7, p.closes_at, case when p.shuffle then $8::bigint end, now(),
            ((now() at time zone 'Europe/London') + interval '7 years')::date, now()
        from papers p where p.id = $3 and p.published_at is not null and p.opens_at <= now()
            -- Looked at again after waiting for a close, which is later than the beginning of this transaction: a sitting that
            -- began then would be over at once.
            and clock_timestamp() < p.closes_at and $4 <= p.attempts
        -- No sitting starts while the paper is moved, closed or withdrawn.
        for share of p
        on conflict do nothing
        returning id",
        new_id(),
        actor.person().0,
        row.id,
        i16::try_from(row.used + 1).map_err(Error::failed)?,
        i32::try_from(given.allowed_seconds(number(row.limit_minutes)?)).map_err(Error::failed)?,
        i32::from(given.extra_minutes) * 60,
        i32::from(given.break_minutes) * 60,
        seed,
        i32::try_from(given.percent_seconds(number(row.limit_minutes)?)).map_err(Error::failed)?,
    )
    .fetch_optional(&mut *db)
    .await?;
    db.commit().await?;
    if let Some(started) = started {
        return Ok(SittingId(started));
    }
    let mut db = services.db.acquire().await?;
    let row = papers_for(&mut db, actor, Some(paper), code).await?.pop().ok_or(Error::NotFound)?;
    row.open_sitting.map(SittingId).ok_or_else(|| Error::invalid("start", Problem::PaperNotOpen))
}
