//! What leads decide about a resource, and how it is removed for good.

use domain::{
    Problem,
    learning::Slug,
    visible_lines,
    zone::{
        AreaId,
        resources::{ResourceAct, ResourceId, ResourceState},
    },
};
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction};

use super::{
    Said,
    facts::{Problems, owner},
    in_words,
    list::read_state,
    note, today,
};
use crate::{
    Error, Result, Services,
    access::AreaLead,
    accounts::Actor,
    kit::{
        audit,
        mail::{self, Letter, Mail, MailKind, Recipient},
    },
    zone::unless_left,
};

const LONGEST_REASON: usize = 500;

/// Changes what is said of a resource. Without an owner it keeps the one that it has.
///
/// # Errors
/// As [`super::add`] for the fields of `said`; [`Error::NotFound`] for one that is not there; as [`Actor::leads`].
pub async fn change(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    resource: ResourceId,
    said: &Said,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let mut problems = Problems::default();
    let owner = owner(&mut db, lead.area(), &said.owner).await?;
    let facts = said.read(owner, today(services), &mut problems);
    let facts = problems.unless_any(facts)?;
    let changed = sqlx::query!(
        "update zone_resources set title = $3, purpose = $4, owner_id = coalesce($5, owner_id), review_on = $6, changed_at = $7
        where id = $1 and area_id = $2",
        resource.0,
        lead.area().0,
        facts.title,
        facts.purpose,
        facts.owner.map(|owner| owner.0),
        facts.review_on,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await
    .map_err(unless_left)?;
    if changed.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    note(services, &mut db, actor, lead.area(), resource, "zone.resource_changed").await?;
    db.commit().await?;
    Ok(())
}

/// Accepts, declines, retires or brings back. What stands already is not done again; whoever suggested it is told by mail of what is decided.
///
/// # Errors
/// [`Problem::ReasonMissing`] on the field of the act; [`Problem::InWords`] on `act` when somebody has decided otherwise meanwhile;
/// [`Error::NotFound`] for a resource that is not there; as [`Actor::leads`].
pub async fn decide(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    resource: ResourceId,
    act: ResourceAct,
    reason: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let reason = act.reason_field().map(|field| given(field, reason)).transpose()?;
    let (from, to) = act.turns();
    let state = held(&mut db, lead.area(), resource).await?;
    if state == to {
        return Ok(());
    }
    if state != from {
        let words = "Load the page again: somebody has decided otherwise meanwhile";
        return Err(Error::invalid("act", in_words(words)));
    }
    sqlx::query!(
        "update zone_resources set state = $3, reason = $4, changed_at = $5 where id = $1 and area_id = $2",
        resource.0,
        lead.area().0,
        to.as_str(),
        reason,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    let suggester = match from {
        ResourceState::Suggested => tell(services, &mut db, lead, resource, reason.as_deref()).await?,
        _ => None,
    };
    let action = match act {
        ResourceAct::Accept => "zone.resource_accepted",
        ResourceAct::Decline => "zone.resource_declined",
        ResourceAct::Retire => "zone.resource_retired",
        ResourceAct::BringBack => "zone.resource_brought_back",
    };
    let event =
        audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject: suggester, action };
    audit::record_with(&mut db, event, json!({ "area": lead.area(), "resource": resource })).await?;
    db.commit().await?;
    Ok(())
}

fn given(field: &str, reason: &str) -> Result<String> {
    let reason = visible_lines(reason);
    let fits = (1..=LONGEST_REASON).contains(&reason.chars().count());
    if fits { Ok(reason) } else { Err(Error::invalid(field, Problem::ReasonMissing)) }
}

/// The state of a resource, which nobody else changes until the transaction ends.
async fn held(db: &mut PgConnection, area: AreaId, resource: ResourceId) -> Result<ResourceState> {
    let state = sqlx::query_scalar!(
        "select state from zone_resources where id = $1 and area_id = $2 for update",
        resource.0,
        area.0,
    );
    read_state(&state.fetch_optional(db).await?.ok_or(Error::NotFound)?)
}

/// Writes to whoever suggested it, if they are a member still. Returns who that is.
async fn tell(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    lead: AreaLead,
    resource: ResourceId,
    declined: Option<&str>,
) -> Result<Option<domain::accounts::PersonId>> {
    let asked = sqlx::query!(
        r#"select p.person_id, p.name as person, r.title, a.name as area, a.slug
        from zone_resources r
        join zone_profiles p on p.member_id = r.added_by and p.area_id = r.area_id
        join zone_areas a on a.id = r.area_id
        where r.id = $1 and r.area_id = $2"#,
        resource.0,
        lead.area().0,
    );
    let Some(of) = asked.fetch_optional(&mut **db).await? else { return Ok(None) };
    let person = domain::accounts::PersonId(of.person_id);
    let library = format!("{}/zone/{}/resources", services.public_url, of.slug);
    let letter =
        Letter::new(format!("What you suggested for {}", of.area)).paragraph(format!("Hello {},", of.person));
    let letter = match declined {
        None => letter
            .paragraph(format!("A lead of {} has accepted your suggestion “{}”.", of.area, of.title))
            .paragraph("Every member of the area finds it in the library now.")
            .link("Open it", format!("{library}/{resource}")),
        Some(reason) => letter
            .paragraph(format!("A lead of {} has declined your suggestion “{}”.", of.area, of.title))
            .paragraph(format!("The reason: {reason}"))
            .paragraph("No other member sees it. You can suggest something else, or remove it for good.")
            .link("The library", library),
    };
    let mail =
        Mail { kind: MailKind::ZoneSuggestion, to: Recipient::Person(person), letter, unsubscribe: None };
    mail::enqueue(services, db, &mail).await?;
    Ok(Some(person))
}

/// Destroys a resource with its files: a lead what is retired or declined, a member what they have suggested and no lead has accepted. What
/// is gone already stays so.
///
/// # Errors
/// [`Problem::InWords`] on `remove` for one that stands otherwise; as [`Actor::member_of`].
pub async fn remove_for_good(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    resource: ResourceId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let removed = sqlx::query!(
        "delete from zone_resources where id = $1 and area_id = $2
            and (state in ('suggested', 'declined') and added_by = $3 or $4 and state in ('retired', 'declined'))",
        resource.0,
        member.area().0,
        member.member().0,
        member.is_lead(),
    )
    .execute(&mut *db)
    .await?;
    if removed.rows_affected() == 0 {
        let stands = sqlx::query_scalar!(
            r#"select exists (select from zone_resources where id = $1 and area_id = $2
                and (state = 'current' or $3 or added_by = $4 and state in ('suggested', 'declined'))) as "stands!""#,
            resource.0,
            member.area().0,
            member.is_lead(),
            member.member().0,
        );
        if stands.fetch_one(&mut *db).await? {
            let words = "Load the page again: this is in use, or waits for a lead, and is not removed";
            return Err(Error::invalid("remove", in_words(words)));
        }
        return Ok(());
    }
    note(services, &mut db, actor, member.area(), resource, "zone.resource_destroyed").await?;
    db.commit().await?;
    Ok(())
}
