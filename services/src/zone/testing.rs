//! The common start of the Zone's tests: areas and their members.

use domain::{
    access::Role,
    zone::{AreaId, MemberId},
};
use uuid::Uuid;

use super::{NewArea, ensure_area};
use crate::{
    accounts::Actor,
    testing::{World, slug},
};

/// An area of this name.
pub(crate) async fn area(world: &World, name: &str) -> AreaId {
    let mut db = world.services.db.acquire().await.unwrap();
    let new = NewArea { slug: &slug(name), name, aim: "To find each other" };
    ensure_area(&world.services, &mut db, new).await.unwrap()
}

/// Makes somebody a member, with an empty profile.
pub(crate) async fn join(world: &World, area: AreaId, actor: &Actor) -> MemberId {
    let mut db = world.services.begin().await.unwrap();
    let member = Uuid::now_v7();
    // As a lead of the area would.
    sqlx::query(
        "select set_config('zone.person', $1::uuid::text, true), set_config('zone.area', $2::uuid::text, true), set_config('zone.lead', 'yes', true)",
    )
    .bind(actor.person().0)
    .bind(area.0)
    .execute(&mut *db)
    .await
    .unwrap();
    sqlx::query(
        "insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
        values ($1, $2, $3, 'member', '1', $4, $4, $4)",
    )
    .bind(member)
    .bind(area.0)
    .bind(actor.person().0)
    .bind(world.services.clock.now())
    .execute(&mut *db)
    .await
    .unwrap();
    sqlx::query(
        "insert into zone_profiles (member_id, area_id, person_id, name, joined_at, changed_at)
        select $1, $2, p.id, p.full_name, $4, $4 from people p where p.id = $3",
    )
    .bind(member)
    .bind(area.0)
    .bind(actor.person().0)
    .bind(world.services.clock.now())
    .execute(&mut *db)
    .await
    .unwrap();
    db.commit().await.unwrap();
    MemberId(member)
}

/// Makes somebody a member who leads the area.
pub(crate) async fn lead(world: &World, area: AreaId, actor: &Actor) -> MemberId {
    let member = join(world, area, actor).await;
    world.grant(actor, Role::ZoneLead(area)).await;
    member
}
