use domain::{
    accounts::PersonId,
    learning::Slug,
    zone::{AreaId, MemberId},
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::AreaMember,
    accounts::Actor,
    kit::audit::{self, Event},
    zone::unless_left,
};

/// From now on the member gets no messages of this one, who is not told. To block twice is fine.
///
/// # Errors
/// [`Error::NotFound`] when they are no member of the area, or the actor themselves; as [`Actor::member_of`].
pub async fn block(services: &Services, actor: &Actor, area: &Slug, other: MemberId) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let person = person_of(&mut db, member, other).await?;
    let made = sqlx::query!(
        "insert into zone_blocks (by_member, area_id, blocked_person, made_at) values ($1, $2, $3, $4) on conflict do nothing",
        member.member().0,
        member.area().0,
        person,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await
    .map_err(unless_left)?;
    if made.rows_affected() == 1 {
        note(services, &mut db, (member.person(), member.area()), "zone.member_blocked").await?;
    }
    db.commit().await?;
    Ok(())
}

/// Ends a block. To end one that is not there is fine. Messages that were kept back meanwhile stay so.
///
/// # Errors
/// As [`block`].
pub async fn unblock(services: &Services, actor: &Actor, area: &Slug, other: MemberId) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let person = person_of(&mut db, member, other).await?;
    let ended = sqlx::query!(
        "delete from zone_blocks where by_member = $1 and area_id = $2 and blocked_person = $3",
        member.member().0,
        member.area().0,
        person,
    )
    .execute(&mut *db)
    .await?;
    if ended.rows_affected() == 1 {
        note(services, &mut db, (member.person(), member.area()), "zone.member_unblocked").await?;
    }
    db.commit().await?;
    Ok(())
}

async fn person_of(db: &mut PgConnection, member: AreaMember, other: MemberId) -> Result<Uuid> {
    let person = sqlx::query_scalar!(
        "select person_id from zone_profiles where area_id = $1 and member_id = $2 and member_id <> $3",
        member.area().0,
        other.0,
        member.member().0,
    );
    person.fetch_optional(db).await?.ok_or(Error::NotFound)
}

/// Whom it concerns is no business of support.
pub(super) async fn note(
    services: &Services,
    db: &mut PgConnection,
    (person, area): (PersonId, AreaId),
    action: &str,
) -> Result<()> {
    let event = Event { at: services.clock.now(), actor: Some(person), subject: None, action };
    audit::record_with(db, event, json!({ "area": area })).await
}
