//! How sessions end: by signing out, from another device, after a change of password, and by time.

use chrono::Duration;
use domain::accounts::{PersonId, SessionId};
use sqlx::PgConnection;

use super::{
    Actor, HalfOpen, activation::forget_registrations, followed, second_factor::forget_shown, sessions::event,
};
use crate::{
    Result, Services,
    kit::{
        audit,
        portions::{PORTION, in_portions},
    },
};

/// Ends the session of the device that asks.
pub async fn sign_out(services: &Services, actor: &Actor) -> Result<()> {
    end_session(services, actor, actor.session).await
}

/// The same for a session that is only half open.
pub async fn sign_out_half_open(services: &Services, half: &HalfOpen) -> Result<()> {
    end(services, half.person, half.session).await
}

/// Ends one of the actor's own sessions. Ending one that has already gone is fine: the result is the same.
pub async fn end_session(services: &Services, actor: &Actor, session: SessionId) -> Result<()> {
    end(services, actor.person, session).await
}

/// Ends all sessions of the actor but the one that asks, half open ones among them. With none left the result is the same.
pub async fn end_other_sessions(services: &Services, actor: &Actor) -> Result<()> {
    let mut db = services.begin().await?;
    if end_others(&mut db, actor.person, Some(actor.session)).await? > 0 {
        let ended = event("accounts.sessions_ended", actor.person, services.clock.now());
        audit::record(&mut db, ended).await?;
    }
    db.commit().await?;
    Ok(())
}

async fn end(services: &Services, person: PersonId, session: SessionId) -> Result<()> {
    let mut db = services.begin().await?;
    let ended = sqlx::query!("delete from sessions where id = $1 and person_id = $2", session.0, person.0)
        .execute(&mut *db)
        .await?;
    if ended.rows_affected() > 0 {
        audit::record(&mut db, event("accounts.session_ended", person, services.clock.now())).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Ends every session of a person except one: after a change of password. Returns how many.
pub(super) async fn end_others(
    db: &mut PgConnection,
    person: PersonId,
    keep: Option<SessionId>,
) -> Result<u64> {
    let ended = sqlx::query!(
        "delete from sessions where person_id = $1 and id is distinct from $2",
        person.0,
        keep.map(|id| id.0),
    )
    .execute(db)
    .await?;
    Ok(ended.rows_affected())
}

/// Removes sessions and links that have expired, and the remains of requested links. Returns how many sessions were
/// removed.
pub async fn forget_ended_sessions(services: &Services) -> Result<u64> {
    let now = services.clock.now();
    let gone = in_portions(|| {
        sqlx::query!(
            "delete from sessions where ctid = any(array(
                select ctid from sessions where ends_at <= $1 order by ends_at limit $2 for update skip locked))",
            now,
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    in_portions(|| {
        sqlx::query!(
            "delete from password_links where ctid = any(array(
                select ctid from password_links where ends_at <= $1 order by ends_at limit $2 for update skip locked))",
            now,
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    // Only those whose job failed for good are left.
    in_portions(|| {
        sqlx::query!(
            "delete from password_link_requests where ctid = any(array(
                select ctid from password_link_requests where asked_at < $1 order by asked_at limit $2 for update skip locked))",
            now - Duration::days(1),
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    forget_shown(services).await?;
    forget_registrations(services).await?;
    followed::forget(services).await?;
    Ok(gone)
}
