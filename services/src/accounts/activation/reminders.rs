//! Two reminders, an address that stops them, and the end of a record that nobody has answered.

use chrono::Duration;
use domain::accounts::PersonId;
use uuid::Uuid;

use super::invitations::{Occasion, REMINDERS, send_links};
use crate::{
    Result, Services, access,
    accounts::sessions,
    kit::{audit, portions::PORTION, random},
};

/// How long an invitation waits for an answer. Then the person's record goes, with all that waited for them.
const PENDING_LASTS: Duration = Duration::days(90);
/// Kept with each role that goes with such a record.
const NOT_OPENED: &str = "The account was not opened within 90 days";

/// Sends the reminders that are due. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn remind_invited(services: &Services) -> Result<u64> {
    let mut sent = 0;
    loop {
        let (due, reminded) = remind_some(services).await?;
        sent += reminded;
        if due < PORTION.unsigned_abs() {
            return Ok(sent);
        }
    }
}

/// One portion, in a transaction of its own. Returns how many were due, and how many were sent.
async fn remind_some(services: &Services) -> Result<(u64, u64)> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    // The people's rows come first, as everywhere in accounts.
    let due = sqlx::query_scalar!(
        "select p.id from invitations i join people p on p.id = i.person_id
        where i.remind_at <= $1 order by i.remind_at limit $2 for no key update of p skip locked",
        now,
        PORTION,
    )
    .fetch_all(&mut *db)
    .await?;
    // A statement of its own, which sees what another server has done meanwhile: nobody is reminded twice. The second
    // reminder keeps its distance from the first, also when the first was late.
    let [first, second] = REMINDERS;
    let claimed = sqlx::query_scalar!(
        "update invitations set reminded = reminded + 1,
            remind_at = case when reminded = 0 then $3::timestamptz end
        where person_id = any($1) and remind_at <= $2 returning person_id",
        &due,
        now,
        now + (second - first),
    )
    .fetch_all(&mut *db)
    .await?;
    let to = sqlx::query!(
        r#"select s.person_id as "person_id!", (
            select l.organisation_id from activation_links l where l.person_id = s.person_id
            order by l.created_at desc limit 1
        ) as organisation_id
        from activation_states s where s.person_id = any($1) and s.mail is distinct from 'bounced' order by 1"#,
        &claimed,
    )
    .fetch_all(&mut *db)
    .await?;
    let (people, organisations): (Vec<Uuid>, Vec<Option<Uuid>>) =
        to.into_iter().map(|row| (row.person_id, row.organisation_id)).unzip();
    let sent = send_links(services, &mut db, (Occasion::Reminded, None), &people, &organisations).await?;
    db.commit().await?;
    Ok((counted(due.len()), counted(sent.len())))
}

fn counted(many: usize) -> u64 {
    u64::try_from(many).unwrap_or(u64::MAX)
}

/// Stops the reminders of the person who got this token. One that is unknown, or of an account that is open by now, is
/// no error: there are no reminders.
///
/// # Errors
/// When the database fails.
pub async fn stop_reminders(services: &Services, token: &str) -> Result<()> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let person = sqlx::query_scalar!(
        "update invitations i set stopped_at = $2, remind_at = null from activation_links l
        where l.stop_hash = $1 and i.person_id = l.person_id and i.stopped_at is null returning i.person_id",
        random::hash(token),
        now,
    )
    .fetch_optional(&mut *db)
    .await?;
    if let Some(person) = person {
        let event = sessions::event("accounts.reminders_stopped", PersonId(person), now);
        audit::record(&mut db, event).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Removes the people who were invited 90 days ago and have not opened their account since, with their enrolments.
/// Returns how many; the audit counts them too, and names each role that goes with them.
///
/// # Errors
/// When the database fails.
pub async fn remove_pending(services: &Services) -> Result<u64> {
    let now = services.clock.now();
    let mut removed = 0;
    loop {
        let mut db = services.begin().await?;
        let people = sqlx::query_scalar!(
            "select p.id from people p
            where p.activated_at is null and p.created_at < $1
                and not exists (select from invitations i where i.person_id = p.id and i.invited_at >= $1)
            order by p.created_at limit $2 for update of p skip locked",
            now - PENDING_LASTS,
            PORTION,
        )
        .fetch_all(&mut *db)
        .await?;
        access::take_back_all(services, &mut db, None, &people, (None, NOT_OPENED)).await?;
        sqlx::query!("delete from people where id = any($1)", &people).execute(&mut *db).await?;
        let gone = counted(people.len());
        if gone > 0 {
            let event =
                audit::Event { at: now, actor: None, subject: None, action: "accounts.pending_removed" };
            audit::record_with(&mut db, event, serde_json::json!({ "people": gone })).await?;
        }
        db.commit().await?;
        removed += gone;
        if gone < PORTION.unsigned_abs() {
            return Ok(removed);
        }
    }
}
