use data_encoding::HEXLOWER;
use domain::accounts::PersonId;

use crate::{
    Result, Services,
    kit::{
        audit::{self, Event},
        random,
    },
};

/// Who got this token with a message takes no more of them in that area. They may do so again in their profile. A token that is unknown is no
/// error: there are no messages.
///
/// # Errors
/// When the database fails.
pub async fn stop(services: &Services, token: &str) -> Result<()> {
    let hash = random::hash(token);
    let mut db = services.begin().await?;
    sqlx::query_scalar!("select set_config('zone.stop', $1, true)", HEXLOWER.encode(&hash))
        .fetch_one(&mut *db)
        .await?;
    let who = sqlx::query!("select member_id, person_id from zone_stops where token_hash = $1", hash);
    let Some(who) = who.fetch_optional(&mut *db).await? else { return Ok(()) };
    // The token proves whose profile it is.
    sqlx::query_scalar!("select set_config('zone.person', $1::uuid::text, true)", who.person_id)
        .fetch_one(&mut *db)
        .await?;
    let stopped = sqlx::query!(
        "update zone_profiles set takes_messages = false where member_id = $1 and person_id = $2 and takes_messages",
        who.member_id,
        who.person_id,
    )
    .execute(&mut *db)
    .await?;
    if stopped.rows_affected() == 1 {
        let person = Some(PersonId(who.person_id));
        let action = "zone.messages_stopped";
        let event = Event { at: services.clock.now(), actor: person, subject: person, action };
        audit::record(&mut db, event).await?;
    }
    db.commit().await?;
    Ok(())
}
