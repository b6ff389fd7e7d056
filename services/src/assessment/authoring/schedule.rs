//! The times of a published paper. Until a candidate has started, its window can be moved and the paper withdrawn, which
//! makes it a draft again; afterwards its close can be moved later, and nothing else. Each change needs a reason, which
//! is kept. `corrected.rs` has the other changes.

use chrono::{DateTime, Utc};
use domain::{FieldProblem, FormToken, Problem, assessment::PaperId};
use sqlx::PgConnection;

use super::{
    papers::usual_window,
    times::{local, read_local},
    versions::{Part, Turn, next_version, next_version_once},
};
use crate::{
    Error, Result, Services,
    access::PaperSetter,
    accounts::Actor,
    assessment::{invigilation::acts::hold_going_on, new_id, note},
    kit::{
        once::{once, pressed_twice},
        reason::reason,
    },
};

/// A published paper, with its row locked until the transaction ends: no candidate starts meanwhile.
pub(super) struct Published {
    pub setter: PaperSetter,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
    pub started: bool,
}

/// The paper, unless the same person has sent the same from the same version a moment ago: see [`next_version_once`].
pub(super) async fn published_once(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
    seen: Option<u32>,
    change: (&str, &str),
) -> Result<Option<Published>> {
    let setter = locked(services, db, actor, paper).await?;
    match next_version_once(services, db, actor, setter, Part::Settings, seen, change).await? {
        Turn::Before => Ok(None),
        Turn::Now => as_it_is(db, setter).await.map(Some),
    }
}

async fn locked(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
) -> Result<PaperSetter> {
    let setter = actor.setter_of(services, db, paper).await?;
    sqlx::query!("select id from papers where id = $1 for update", setter.paper().0)
        .fetch_optional(&mut *db)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(setter)
}

async fn published(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
    seen: Option<u32>,
) -> Result<Published> {
    let setter = locked(services, db, actor, paper).await?;
    next_version(db, actor, setter, Part::Settings, seen).await?;
    as_it_is(db, setter).await
}

async fn as_it_is(db: &mut PgConnection, setter: PaperSetter) -> Result<Published> {
    // A statement of its own: it sees sittings that started while this one waited for the lock.
    let row = sqlx::query!(
        r#"select opens_at, closes_at, published_at, now() as "now!",
            exists (select from sittings s where s.paper_id = p.id) as "started!"
        from papers p where id = $1"#,
        setter.paper().0,
    )
    .fetch_one(db)
    .await?;
    if row.published_at.is_none() {
        return Err(Error::NotFound);
    }
    Ok(Published {
        setter,
        opens_at: row.opens_at,
        closes_at: row.closes_at,
        now: row.now,
        started: row.started,
    })
}

/// What a form asks of a published paper.
#[derive(Debug, Clone, Copy)]
enum Change<'a> {
    /// When it opens and closes, as typed.
    Window(&'a str, &'a str),
    Withdrawal,
}

/// Whether the same person has sent the same from a page that showed the same, within a minute, and what they asked for still stands: the
/// button was pressed twice. Of what is refused afterwards nothing is kept, so it was done.
async fn sent_before(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
    seen: Option<u32>,
    (change, why): (Change<'_>, &str),
) -> Result<bool> {
    let Some(seen) = seen else { return Ok(false) };
    let (act, words) = match change {
        Change::Window(opens, closes) => {
            ("assessment.paper_moved", format!("{seen} {:?} {why}", (opens, closes)))
        }
        Change::Withdrawal => ("assessment.paper_withdrawn", format!("{seen} {why}")),
    };
    Ok(pressed_twice(services, db, actor.person(), paper.0, (act, &words)).await?
        && stands(services, db, paper, change).await?)
}

/// Whether a paper is as a form asks for. Somebody may have changed it again since.
async fn stands(
    services: &Services,
    db: &mut PgConnection,
    paper: PaperId,
    change: Change<'_>,
) -> Result<bool> {
    let row = sqlx::query!("select opens_at, closes_at, published_at from papers where id = $1", paper.0)
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let says = |text: &str, time| read(services, text, time) == Ok(time);
    Ok(match change {
        Change::Window(opens, closes) => {
            row.published_at.is_some()
                && says(closes, row.closes_at)
                && (opens.is_empty() || says(opens, row.opens_at))
        }
        Change::Withdrawal => row.published_at.is_none(),
    })
}

/// A typed time, beside the one that stands. A form has no seconds: the present minute in a form means the present time.
fn read(
    services: &Services,
    text: &str,
    stands: DateTime<Utc>,
) -> std::result::Result<DateTime<Utc>, Problem> {
    if text.trim() == local(stands) { Ok(stands) } else { read_local(text, services.clock.now()) }
}

/// Moves the window of a paper that no candidate has started; after that only the close, and only later. Candidates who
/// are sitting at that moment get the later close too; it takes no time from them. Times as in [`domain::assessment::authoring::PaperSettings`];
/// `opens` may be empty once a candidate has started.
///
/// # Errors
/// Everything that is wrong with `opens`, `closes` and `reason`; [`Problem::ChangedMeanwhile`].
pub async fn change_window(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    window: (&str, &str),
    why: &str,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let asked = Change::Window(window.0, window.1);
    if sent_before(services, &mut db, actor, paper, seen, (asked, why)).await? {
        return Ok(());
    }
    let before = published(services, &mut db, actor, paper, seen).await?;
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem| problems.push(FieldProblem::new(field, problem));
    let opens = match window.0 {
        "" if before.started => Ok(before.opens_at),
        text => read(services, text, before.opens_at),
    };
    let opens = opens.map_err(|problem| wrong("opens", problem)).ok();
    let closes = read(services, window.1, before.closes_at).map_err(|problem| wrong("closes", problem)).ok();
    if let (Some(opens), Some(closes)) = (opens, closes) {
        match before.started {
            true if opens != before.opens_at => wrong("opens", Problem::SomebodyStarted),
            true if closes <= before.closes_at => wrong("closes", Problem::ClosesEarlier),
            false if closes <= opens => wrong("closes", Problem::ClosesBeforeItOpens),
            _ if closes <= before.now => wrong("closes", Problem::ClosesInThePast),
            _ => {}
        }
    }
    let why = reason(why).map_err(|problem| wrong("reason", problem)).ok();
    let (Some(opens), Some(closes), Some(why), true) = (opens, closes, why, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    // Results that were out stay out, although the paper is open again.
    sqlx::query!(
        "update papers set opens_at = $2, closes_at = $3,
            released_at = case when release = 'at-close' and results_released(id) and exists (select from sittings where paper_id = $1)
                then coalesce(released_at, now()) else released_at end
        where id = $1",
        before.setter.paper().0,
        opens,
        closes,
    )
    .execute(&mut *db)
    .await?;
    // Who began before the paper was closed early has a close of their own, which may be later than the new one.
    let going_on = hold_going_on(&mut db, before.setter.paper(), None).await?;
    sqlx::query!(
        "update sittings set closes_at = $2 where id = any($1) and closes_at < $2",
        &going_on,
        closes
    )
    .execute(&mut *db)
    .await?;
    let what = if before.started { "extended" } else { "moved" };
    record(&mut db, actor, &before, what, &why, Some((opens, closes))).await?;
    let action = if before.started { "assessment.paper_extended" } else { "assessment.paper_moved" };
    note(services, &mut db, actor.person(), None, action, before.setter.paper()).await?;
    db.commit().await?;
    Ok(())
}

/// Withdraws a paper that no candidate has started: it is a draft again, and its candidates no longer see it. Its
/// questions are drawn again when it is published again.
///
/// # Errors
/// [`Problem::SomebodyStarted`] or [`Problem::ConfirmationMissing`] on `confirmed`, [`Problem::ReasonMissing`] on `withdraw_reason`;
/// [`Problem::ChangedMeanwhile`].
pub async fn withdraw_paper(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    why: &str,
    confirmed: bool,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    if sent_before(services, &mut db, actor, paper, seen, (Change::Withdrawal, why)).await? {
        return Ok(());
    }
    let before = published(services, &mut db, actor, paper, seen).await?;
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem| problems.push(FieldProblem::new(field, problem));
    let why = reason(why).map_err(|problem| wrong("withdraw_reason", problem)).ok();
    if before.started {
        wrong("confirmed", Problem::SomebodyStarted);
    } else if !confirmed {
        wrong("confirmed", Problem::ConfirmationMissing);
    }
    let (Some(why), true) = (why, problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    sqlx::query!("delete from paper_items where paper_id = $1", before.setter.paper().0)
        .execute(&mut *db)
        .await?;
    sqlx::query!(
        "update papers set published_at = null, released_at = null where id = $1",
        before.setter.paper().0
    )
    .execute(&mut *db)
    .await?;
    record(&mut db, actor, &before, "withdrawn", &why, None).await?;
    note(services, &mut db, actor.person(), None, "assessment.paper_withdrawn", before.setter.paper())
        .await?;
    db.commit().await?;
    Ok(())
}

/// Keeps a change with its reason. `after` are the new times, of a change of these alone.
pub(super) async fn record(
    db: &mut PgConnection,
    actor: &Actor,
    before: &Published,
    what: &str,
    why: &str,
    after: Option<(DateTime<Utc>, DateTime<Utc>)>,
) -> Result<()> {
    record_with(db, actor, before, what, why, (after, None)).await
}

/// The times after a change, and the titles before and after it.
pub(super) type After<'a> = (Option<(DateTime<Utc>, DateTime<Utc>)>, Option<(&'a str, &'a str)>);

/// The same with the titles before and after, of corrected words.
pub(super) async fn record_with(
    db: &mut PgConnection,
    actor: &Actor,
    before: &Published,
    what: &str,
    why: &str,
    (after, titles): After<'_>,
) -> Result<()> {
    sqlx::query!(
        "insert into paper_changes (id, paper_id, at, changed_by, what, reason, opens_before, closes_before, opens_after, closes_after,
            title_before, title_after)
        values ($1, $2, now(), $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new_id(),
        before.setter.paper().0,
        actor.person().0,
        what,
        why,
        before.opens_at,
        before.closes_at,
        after.map(|(opens, _)| opens),
        after.map(|(_, closes)| closes),
        titles.map(|(before, _)| before),
        titles.map(|(_, after)| after),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Makes a draft from a paper's settings, sections and rules, with a window that has to be set. It copies the
/// candidates only if `candidates` says so, and never an access code, which opens one paper. `form` as for [`once`].
pub async fn duplicate_paper(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    candidates: bool,
    form: Option<FormToken>,
) -> Result<PaperId> {
    let mut db = services.begin().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let copy = PaperId(new_id());
    let what = format!("copy {paper} {candidates}");
    if let Some(made) = once(services, &mut db, actor, form, &what, copy.0).await? {
        return Ok(PaperId(made));
    }
    let (opens, closes) = usual_window(&mut db, None).await?;
    sqlx::query!(
        "insert into papers (id, organisation_id, set_by, kind, title, instructions, limit_minutes, pass_percent, calculator, shuffle,
            hints, attempts, opens_at, closes_at, release, created_at)
        select $2, organisation_id, $3, kind, left('Copy of ' || title, 200), instructions, limit_minutes, pass_percent, calculator,
            shuffle, hints, attempts, $4, $5, release, now()
        from papers where id = $1",
        setter.paper().0,
        copy.0,
        actor.person().0,
        opens,
        closes,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "with old as (
            select id, gen_random_uuid() as copy, position, title, pass_percent from paper_sections where paper_id = $1
        ), sections as (
            insert into paper_sections (id, paper_id, position, title, pass_percent)
            select copy, $2, position, title, pass_percent from old
        )
        insert into selection_rules (id, section_id, position, category, difficulty, template_id, questions, marks)
        select gen_random_uuid(), old.copy, l.position, l.category, l.difficulty, l.template_id, l.questions, l.marks
        from selection_rules l join old on old.id = l.section_id",
        setter.paper().0,
        copy.0,
    )
    .execute(&mut *db)
    .await?;
    if candidates {
        sqlx::query!(
            "insert into paper_cohorts (paper_id, cohort_id) select $2, cohort_id from paper_cohorts where paper_id = $1",
            setter.paper().0,
            copy.0,
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "insert into paper_learners (paper_id, email, person_id)
            select $2, email, person_id from paper_learners where paper_id = $1",
            setter.paper().0,
            copy.0,
        )
        .execute(&mut *db)
        .await?;
    }
    note(services, &mut db, actor.person(), None, "assessment.paper_created", copy).await?;
    db.commit().await?;
    Ok(copy)
}
