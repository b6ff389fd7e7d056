//! Leads pin services and members.

use domain::{
    FormToken,
    learning::Slug,
    zone::{
        AreaId,
        resources::{ContactId, MOST_CONTACTS},
    },
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{ContactSaid, note};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::once::once,
    zone::{
        resources::{Problems, in_words, member_called, purpose},
        unless_left,
    },
};

/// Pins a service, at the end of the list. The same form acts once.
///
/// # Errors
/// Problems on `name-new`, `purpose-new`, `telephone-new`, `email-new`, `web-new` and `hours-new`; as [`Actor::leads`].
pub async fn add_service(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    said: &ContactSaid,
    form: Option<FormToken>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let contact = Uuid::now_v7();
    let what = said.what(area);
    let before = once(services, &mut db, actor, form, &what, contact).await?;
    let lead = actor.leads(&mut db, area).await?;
    if before.is_some() {
        return Ok(());
    }
    let service = said.service("new")?;
    let place = next_place(&mut db, lead.area(), "name-new").await?;
    sqlx::query!(
        "insert into zone_contacts (id, area_id, place, name, purpose, telephone, email, web, hours, pinned_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        contact,
        lead.area().0,
        place,
        service.name,
        service.purpose,
        service.telephone,
        service.email,
        service.web,
        service.hours,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, lead, ContactId(contact), "zone.contact_pinned").await?;
    db.commit().await?;
    Ok(())
}

/// Pins a member, at the end of the list. A button pressed twice pins once.
///
/// # Errors
/// [`domain::Problem::InWords`] on `member-pin` for nobody of the area and for who is pinned for something else, and on `purpose-pin`; as
/// [`Actor::leads`].
pub async fn pin_member(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    member: &str,
    said: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let mut problems = Problems::default();
    let member = problems.take("member-pin", member_called(&mut db, lead.area(), member).await?);
    let purpose = problems.take("purpose-pin", purpose(said));
    let (member, purpose) = problems.unless_any(member.zip(purpose))?;
    let pinned = sqlx::query_scalar!(
        "select purpose from zone_contacts where area_id = $1 and member_id = $2",
        lead.area().0,
        member.0,
    );
    match pinned.fetch_optional(&mut *db).await? {
        Some(before) if before == purpose => return Ok(()),
        Some(_) => {
            let words = "Change what is said of this member above: they are pinned already";
            return Err(Error::invalid("member-pin", in_words(words)));
        }
        None => {}
    }
    let place = next_place(&mut db, lead.area(), "member-pin").await?;
    let contact = Uuid::now_v7();
    let pinned = sqlx::query!(
        "insert into zone_contacts (id, area_id, place, member_id, purpose, pinned_at) values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing",
        contact,
        lead.area().0,
        place,
        member.0,
        purpose,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await
    .map_err(unless_left)?;
    // Another lead has pinned them at this moment.
    if pinned.rows_affected() == 0 {
        return Ok(());
    }
    note(services, &mut db, lead, ContactId(contact), "zone.contact_pinned").await?;
    db.commit().await?;
    Ok(())
}

/// The place after the last.
async fn next_place(db: &mut PgConnection, area: AreaId, field: &str) -> Result<i32> {
    // Those that leads pin at the same time are counted one after the other.
    sqlx::query!("select id from zone_areas where id = $1 for no key update", area.0)
        .fetch_one(&mut *db)
        .await?;
    let facts = sqlx::query!(
        r#"select count(*) as "all!", coalesce(max(place), 0) as "last!" from zone_contacts where area_id = $1"#,
        area.0,
    )
    .fetch_one(db)
    .await?;
    if usize::try_from(facts.all).is_ok_and(|all| all < MOST_CONTACTS) {
        return Ok(facts.last.saturating_add(1));
    }
    let words = format!("Remove a contact first: an area has at most {MOST_CONTACTS}");
    Err(Error::invalid(field, in_words(words)))
}
