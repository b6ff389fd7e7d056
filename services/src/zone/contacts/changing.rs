//! Leads change, move and remove what is pinned.

use domain::{
    learning::Slug,
    zone::resources::{ContactAct, ContactId},
};

use super::{ContactSaid, note};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    zone::resources::{Problems, purpose},
};

/// Changes a contact: of a member only the purpose.
///
/// # Errors
/// As [`super::add_service`], with the id of the contact at the end of the fields; [`Error::NotFound`] for one that is not there.
pub async fn change_contact(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    contact: ContactId,
    said: &ContactSaid,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let held = sqlx::query!(
        r#"select member_id is not null as "member!" from zone_contacts where id = $1 and area_id = $2 for update"#,
        contact.0,
        lead.area().0,
    );
    let held = held.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)?;
    let of = contact.to_string();
    if held.member {
        let mut problems = Problems::default();
        let purpose = problems.take(&format!("purpose-{of}"), purpose(&said.purpose));
        let purpose = problems.unless_any(purpose)?;
        sqlx::query!(
            "update zone_contacts set purpose = $3 where id = $1 and area_id = $2",
            contact.0,
            lead.area().0,
            purpose,
        )
        .execute(&mut *db)
        .await?;
    } else {
        let service = said.service(&of)?;
        sqlx::query!(
            "update zone_contacts set name = $3, purpose = $4, telephone = $5, email = $6, web = $7, hours = $8
            where id = $1 and area_id = $2",
            contact.0,
            lead.area().0,
            service.name,
            service.purpose,
            service.telephone,
            service.email,
            service.web,
            service.hours,
        )
        .execute(&mut *db)
        .await?;
    }
    note(services, &mut db, lead, contact, "zone.contact_changed").await?;
    db.commit().await?;
    Ok(())
}

/// Moves a contact by one place, from the place at which the page shows it, counted from 0: pressed twice, it moves once.
///
/// # Errors
/// As [`Actor::leads`].
pub async fn move_contact(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    contact: ContactId,
    act: ContactAct,
    at: usize,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let all = sqlx::query_scalar!(
        "select id from zone_contacts where area_id = $1 order by place, id for update",
        lead.area().0,
    )
    .fetch_all(&mut *db)
    .await?;
    let moved = act.moved(&all, at).filter(|_| all.get(at) == Some(&contact.0));
    let Some(moved) = moved else { return Ok(()) };
    sqlx::query!(
        "update zone_contacts c set place = o.place::int
        from unnest($2::uuid[]) with ordinality as o (id, place) where c.id = o.id and c.area_id = $1",
        lead.area().0,
        &moved,
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(())
}

/// Removes a contact. One that is gone already stays so.
///
/// # Errors
/// As [`Actor::leads`].
pub async fn remove_contact(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    contact: ContactId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let removed =
        sqlx::query!("delete from zone_contacts where id = $1 and area_id = $2", contact.0, lead.area().0,)
            .execute(&mut *db)
            .await?;
    if removed.rows_affected() == 0 {
        return Ok(());
    }
    note(services, &mut db, lead, contact, "zone.contact_removed").await?;
    db.commit().await?;
    Ok(())
}
