use chrono::{DateTime, Utc};
use domain::accounts::PersonId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;

/// An action by or on a person that must be possible to look up later.
pub(crate) struct Event<'a> {
    pub at: DateTime<Utc>,
    pub actor: Option<PersonId>,
    pub subject: Option<PersonId>,
    /// `area.what_happened`.
    pub action: &'a str,
}

/// Writes the event in the caller's transaction: it exists exactly when its subject does.
pub(crate) async fn record(db: &mut PgConnection, event: Event<'_>) -> Result<()> {
    record_with(db, event, serde_json::json!({})).await
}

/// The same with its subject: ids, never text that people wrote, except the reason that support gives, and the name that somebody at the command line gives.
pub(crate) async fn record_with(
    db: &mut PgConnection,
    event: Event<'_>,
    detail: serde_json::Value,
) -> Result<()> {
    record_as(db, Uuid::now_v7(), event, detail).await
}

/// The same with an id that the caller refers to.
pub(crate) async fn record_as(
    db: &mut PgConnection,
    id: Uuid,
    event: Event<'_>,
    detail: serde_json::Value,
) -> Result<()> {
    sqlx::query!(
        "insert into audit_events (id, at, actor_id, subject_id, action, detail) values ($1, $2, $3, $4, $5, $6)",
        id,
        event.at,
        event.actor.map(|id| id.0),
        event.subject.map(|id| id.0),
        event.action,
        detail,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The same event of many people, in one statement. Nobody does it when it is the service itself, or an upload that has an event of its own.
pub(crate) async fn record_of_many(
    db: &mut PgConnection,
    at: DateTime<Utc>,
    actor: Option<PersonId>,
    (action, detail): (&str, serde_json::Value),
    subjects: &[Uuid],
) -> Result<()> {
    let ids: Vec<_> = subjects.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "insert into audit_events (id, at, actor_id, subject_id, action, detail)
        select new.id, $3, $5, new.subject, $4, $6 from unnest($1::uuid[], $2::uuid[]) as new (id, subject)",
        &ids,
        subjects,
        at,
        action,
        actor.map(|id| id.0),
        detail,
    )
    .execute(db)
    .await?;
    Ok(())
}
