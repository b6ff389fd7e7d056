//! Who opts out of an area, or of the whole Zone, is gone from it at once: with the row of the member go the profile and all that hangs on
//! it.

use domain::{
    accounts::PersonId,
    learning::Slug,
    zone::{
        AreaHead, AreaId,
        joining::{LeaveZone, LeavingArea, Standing},
    },
};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::{
    joining::{area_at, note, read},
    leading::lose_role,
};
use crate::{
    Result, Services,
    access::{self, ZonePerson},
    accounts::Actor,
};

/// `/zone/{area}/leave`, for members.
///
/// # Errors
/// As [`Actor::member_of`].
pub async fn leave_page(services: &Services, actor: &Actor, area: &Slug) -> Result<LeavingArea> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let row = sqlx::query!(
        r#"select a.slug, a.name, not exists (
            select from zone_leads l where l.area_id = a.id and l.person_id <> $2
        ) as "led_by_no_other!"
        from zone_areas a where a.id = $1"#,
        member.area().0,
        member.person().0,
    )
    .fetch_one(&mut *db)
    .await?;
    db.commit().await?;
    let head = AreaHead { slug: row.slug, name: row.name, lead: member.is_lead() };
    Ok(LeavingArea { leads_alone: head.lead && row.led_by_no_other, head })
}

/// `/zone/leave`: what the actor would leave.
///
/// # Errors
/// Those of the database.
pub async fn leave_zone_page(services: &Services, actor: &Actor) -> Result<LeaveZone> {
    let mut db = services.begin().await?;
    let person = actor.in_zone(&mut db).await?.person();
    let rows = sqlx::query!(
        r#"select a.name, m.state, m.earlier,
            exists (select from zone_leads l where l.area_id = a.id and l.person_id = $1)
                and not exists (select from zone_leads l where l.area_id = a.id and l.person_id <> $1) as "leads_alone!"
        from zone_members m join zone_areas a on a.id = m.area_id
        where m.person_id = $1 order by a.name collate "und-x-icu", a.id"#,
        person.0,
    )
    .fetch_all(&mut *db)
    .await?;
    db.commit().await?;
    let mut page = LeaveZone {
        member_of: Vec::new(),
        applied_to: Vec::new(),
        decided_against: false,
        leads_alone: Vec::new(),
    };
    for row in rows {
        if row.leads_alone {
            page.leads_alone.push(row.name.clone());
        }
        page.decided_against |= row.earlier.is_some();
        match read(&row.state)? {
            Standing::Member => page.member_of.push(row.name),
            Standing::Waiting => page.applied_to.push(row.name),
            Standing::Refused | Standing::Removed => page.decided_against = true,
        }
    }
    Ok(page)
}

/// The signed-in person leaves an area, or takes their application back. Who has left already has.
///
/// # Errors
/// [`crate::Error::NotFound`] for no area.
pub async fn leave(services: &Services, actor: &Actor, area: &Slug) -> Result<()> {
    let mut db = services.begin().await?;
    let person = actor.in_zone(&mut db).await?;
    let area = area_at(&mut db, area).await?;
    go(services, &mut db, person, Some(area)).await?;
    db.commit().await?;
    Ok(())
}

/// The same for every area.
///
/// # Errors
/// Those of the database.
pub async fn leave_zone(services: &Services, actor: &Actor) -> Result<()> {
    let mut db = services.begin().await?;
    let person = actor.in_zone(&mut db).await?;
    go(services, &mut db, person, None).await?;
    db.commit().await?;
    Ok(())
}

/// The same for somebody whose account is closed: no directory shows them from then on.
///
/// # Errors
/// Those of the database.
pub(crate) async fn leave_with_account(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
) -> Result<()> {
    let person = access::acts_for(db, person).await?;
    go(services, db, person, None).await
}

/// A refusal and a removal stay, so that leaving undoes no decision of a lead.
async fn go(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: ZonePerson,
    area: Option<AreaId>,
) -> Result<()> {
    let (person, now) = (person.person(), services.clock.now());
    let rows = sqlx::query!(
        "select id, area_id, state from zone_members
        where person_id = $1 and ($2::uuid is null or area_id = $2) and state in ('member', 'waiting')
        order by area_id for update",
        person.0,
        area.map(|area| area.0),
    )
    .fetch_all(&mut **db)
    .await?;
    for row in rows {
        let area = AreaId(row.area_id);
        let action = match read(&row.state)? {
            Standing::Member => "zone.left",
            _ => "zone.application_withdrawn",
        };
        lose_role(services, db, (person, area), person).await?;
        note(db, (person, person), (action, area), now).await?;
        // One by one, in the order of the areas: with each go words that all changes of its directory count one after the other, and of two
        // people who leave several at the same moment neither holds what the other waits for.
        end(db, person, &[row.id]).await?;
    }
    Ok(())
}

/// Ends these memberships and applications of the person. Who had applied again after a decision of a lead stands as before that: only a lead
/// lets them in.
pub(super) async fn end(db: &mut PgConnection, person: PersonId, members: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "update zone_members set state = earlier, earlier = null
        where person_id = $1 and id = any($2) and earlier is not null",
        person.0,
        members,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "delete from zone_members where person_id = $1 and id = any($2) and state in ('waiting', 'member')",
        person.0,
        members,
    )
    .execute(db)
    .await?;
    Ok(())
}
