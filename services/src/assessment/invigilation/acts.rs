//! An invigilator's actions: adding time, submitting for a candidate, reopening a sitting, noting, releasing results.

use domain::{
    FormToken, Problem,
    assessment::{
        PaperId,
        delivery::{SittingId, SubmittedBy},
        invigilation::IncidentKind,
    },
    count,
};
use sqlx::PgConnection;

use crate::{
    Error, Result, Services,
    access::InvigilatedSitting,
    accounts::Actor,
    assessment::{
        count_of,
        delivery::{receipt_mail::mail_receipt, submission::submit},
        new_id, note,
        results::still_marking,
    },
    kit::{
        once::{once, pressed_twice, saying},
        reason::reason,
    },
};

/// Holds one sitting of the paper, or all that are going on, until the transaction ends. Answers are saved meanwhile:
/// they only need the sittings to stay. It is a statement of its own: one that went on to change the rows that it
/// waited for would ask for its locks a second time, behind newer requests, and could wait for a transaction that waits
/// for it.
pub(crate) async fn hold_going_on(
    db: &mut PgConnection,
    paper: PaperId,
    sitting: Option<SittingId>,
) -> Result<Vec<uuid::Uuid>> {
    let held = sqlx::query_scalar!(
        "select id from sittings where paper_id = $1 and submitted_at is null and ($2::uuid is null or id = $2)
        order by id for no key update",
        paper.0,
        sitting.map(|sitting| sitting.0),
    );
    Ok(held.fetch_all(db).await?)
}

/// Adds minutes to one sitting, or to all that are going on. The candidates' screens hear of it at once. `form` as for
/// [`once`]: added time cannot be withdrawn.
///
/// Returns how many got it; `None` if the form had been sent before.
///
/// # Errors
/// On `minutes` [`Problem::NumberOutOfRange`] outside 1 to 240, and when no candidate could be given time
/// [`Problem::SittingSubmitted`] or [`Problem::NobodySits`]; [`Error::NotFound`] for a sitting of another paper.
pub async fn add_time(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    sitting: Option<SittingId>,
    minutes: u16,
    form: Option<FormToken>,
) -> Result<Option<u32>> {
    let mut db = services.begin().await?;
    let (paper, sitting) = match sitting {
        None => (actor.setter_of(services, &mut db, paper).await?.paper(), None),
        Some(sitting) => {
            let admitted = actor.invigilates(services, &mut db, paper, sitting).await?;
            (admitted.paper(), Some(admitted.sitting()))
        }
    };
    if !(1..=240).contains(&minutes) {
        return Err(Error::invalid("minutes", Problem::NumberOutOfRange));
    }
    let whom = sitting.map_or("all".to_owned(), |sitting| sitting.to_string());
    let what = format!("add {minutes} {paper} {whom}");
    if once(services, &mut db, actor, form, &what, paper.0).await?.is_some() {
        return Ok(None);
    }
    let going_on = hold_going_on(&mut db, paper, sitting).await?;
    let added = sqlx::query_scalar!(
        "update sittings set extra_seconds = extra_seconds + $2 where id = any($1) returning id",
        &going_on,
        i32::from(minutes) * 60,
    )
    .fetch_all(&mut *db)
    .await?;
    if added.is_empty() {
        // The form may be sent once more, and then take effect.
        let nobody = if sitting.is_some() { Problem::SittingSubmitted } else { Problem::NobodySits };
        return Err(Error::invalid("minutes", nobody));
    }
    sqlx::query!(
        "insert into incidents (id, sitting_id, at, kind, note, noted_by)
        select id, sitting, clock_timestamp(), $5, $3, $4 from unnest($1::uuid[], $2::uuid[]) as n (id, sitting)",
        &added.iter().map(|_| new_id()).collect::<Vec<_>>(),
        &added,
        count(minutes, "minute"),
        actor.person().0,
        IncidentKind::TimeAdded.as_str(),
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, actor.person(), None, "assessment.time_added", paper).await?;
    db.commit().await?;
    Ok(Some(count_of(added.iter())?))
}

async fn incident(
    db: &mut PgConnection,
    actor: &Actor,
    admitted: InvigilatedSitting,
    kind: IncidentKind,
    text: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into incidents (id, sitting_id, at, kind, note, noted_by) values ($1, $2, clock_timestamp(), $3, $4, $5)",
        new_id(),
        admitted.sitting().0,
        kind.as_str(),
        text,
        actor.person().0,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Submits for a candidate, with the answers that the server has.
///
/// # Errors
/// [`Error::NotFound`] for a sitting of another paper.
pub async fn submit_for(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    sitting: SittingId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let admitted = actor.invigilates(services, &mut db, paper, sitting).await?;
    // The candidate may have submitted first.
    if submit(&mut db, admitted.sitting(), SubmittedBy::Setter).await? {
        mail_receipt(services, &mut db, admitted.sitting()).await?;
        incident(&mut db, actor, admitted, IncidentKind::Submitted, "").await?;
        note(services, &mut db, actor.person(), None, "assessment.submitted_for", admitted.paper()).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Reopens a submitted sitting with the time that was left when it was submitted, and `minutes` more. A button pressed twice is answered as
/// the first time, while the sitting is open.
///
/// # Errors
/// [`Problem::NumberOutOfRange`] on `minutes` when no time would be left, [`Problem::OtherSittingOpen`] while the candidate has
/// another attempt open; [`Error::NotFound`] for a sitting of another paper.
pub async fn reopen(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    sitting: SittingId,
    minutes: u16,
) -> Result<()> {
    let mut db = services.begin().await?;
    let admitted = actor.invigilates(services, &mut db, paper, sitting).await?;
    if minutes > 240 {
        return Err(Error::invalid("minutes", Problem::NumberOutOfRange));
    }
    let words = minutes.to_string();
    let act = ("assessment.reopened", words.as_str());
    let before = pressed_twice(services, &mut db, actor.person(), admitted.sitting().0, act).await?;
    // The other candidates' results and certificates stay valid although one is sitting again.
    sqlx::query!(
        "update papers set released_at = now() where id = $1 and release = 'at-close' and released_at is null and results_released(id)",
        admitted.paper().0,
    )
    .execute(&mut *db)
    .await?;
    let remaining = sqlx::query_scalar!(
        r#"update sittings set extra_seconds = extra_seconds + $2
                + ceil(greatest(0, extract(epoch from clock_timestamp() - least(submitted_at, deadline_at))))::integer,
            submitted_at = null, submitted_by = null, mark = null, available = null, passed = null, receipt_hash = null,
            verification_code = null, last_contact_at = clock_timestamp()
        where id = $1 and submitted_at is not null
        returning (extract(epoch from deadline_at - clock_timestamp()))::bigint as "remaining!""#,
        admitted.sitting().0,
        i32::from(minutes) * 60,
    )
    .fetch_optional(&mut *db)
    .await;
    let remaining = match remaining {
        Ok(None) if before => return Ok(()),
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("sittings_one_open") => {
            return Err(Error::invalid("minutes", Problem::OtherSittingOpen));
        }
        other => other?.ok_or(Error::NotFound)?,
    };
    if remaining < 1 {
        return Err(Error::invalid("minutes", Problem::NumberOutOfRange));
    }
    sqlx::query!("delete from item_marks where sitting_id = $1", admitted.sitting().0)
        .execute(&mut *db)
        .await?;
    // A correction changed the result that is now withdrawn.
    sqlx::query!("delete from mark_changes where sitting_id = $1", admitted.sitting().0)
        .execute(&mut *db)
        .await?;
    let more = format!("{} more", count(minutes, "minute"));
    incident(&mut db, actor, admitted, IncidentKind::Reopened, &more).await?;
    note(services, &mut db, actor.person(), None, "assessment.reopened", admitted.paper()).await?;
    db.commit().await?;
    Ok(())
}

/// # Errors
/// [`Problem::ReasonMissing`] on `note`; [`Error::NotFound`] for a sitting of another paper.
pub async fn note_incident(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    sitting: SittingId,
    text: &str,
    form: Option<FormToken>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let admitted = actor.invigilates(services, &mut db, paper, sitting).await?;
    let text = reason(text).map_err(|problem| Error::invalid("note", problem))?;
    let what = saying("note", &[sitting.0.as_bytes(), text.as_bytes()]);
    if once(services, &mut db, actor, form, &what, admitted.sitting().0).await?.is_some() {
        return Ok(());
    }
    incident(&mut db, actor, admitted, IncidentKind::Note, &text).await?;
    db.commit().await?;
    Ok(())
}

/// Releases the results of a published paper whose results wait for that. A candidate who may still sit it can learn
/// the right answers from those who have: the release has to be `confirmed`.
///
/// # Errors
/// [`Error::NotFound`] for a draft; on `confirmed` [`Problem::ConfirmationMissing`] while the paper has not closed, or
/// a candidate sits it, [`Problem::BeingMarkedAgain`] until everybody has been marked after a correction, and
/// [`Problem::MarkingStopped`] when that has stopped.
pub async fn release_results(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    confirmed: bool,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    // No sitting starts between the check and the release.
    sqlx::query!("select id from papers where id = $1 for update", setter.paper().0)
        .fetch_optional(&mut *db)
        .await?
        .ok_or(Error::NotFound)?;
    let row = sqlx::query!(
        r#"select published_at is not null as "published!", release = 'by-hand' and not results_released(id) as "waits!",
            closes_at > now() or exists (select from sittings s where s.paper_id = p.id and s.submitted_at is null) as "may_sit!"
        from papers p where id = $1"#,
        setter.paper().0,
    )
    .fetch_one(&mut *db)
    .await?;
    if !row.published {
        return Err(Error::NotFound);
    }
    if !row.waits {
        return Ok(());
    }
    if let Some(problem) = still_marking(&mut db, setter.paper()).await? {
        return Err(Error::invalid("confirmed", problem));
    }
    if row.may_sit && !confirmed {
        return Err(Error::invalid("confirmed", Problem::ConfirmationMissing));
    }
    sqlx::query!("update papers set released_at = now() where id = $1", setter.paper().0)
        .execute(&mut *db)
        .await?;
    note(services, &mut db, actor.person(), None, "assessment.results_released", setter.paper()).await?;
    db.commit().await?;
    Ok(())
}
