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
    adding::{newest_is, next_number},
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
        where id = $1 and area_id = $2 and version_of is null",
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
/// Returns the resource whose page shows what has become of it: an accepted version is one of another resource.
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
) -> Result<ResourceId> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let reason = act.reason_field().map(|field| given(field, reason)).transpose()?;
    let (from, to) = act.turns();
    let otherwise = || {
        let words = "Load the page again: somebody has decided otherwise meanwhile";
        Error::invalid("act", in_words(words))
    };
    let Some(Held { state, version_of }) = held(&mut db, lead.area(), resource).await? else {
        let became = accepted_as(&mut db, lead.area(), resource).await?.ok_or(Error::NotFound)?;
        return if act == ResourceAct::Accept { Ok(became) } else { Err(otherwise()) };
    };
    if state == to {
        return Ok(resource);
    }
    if state != from {
        return Err(otherwise());
    }
    let shown = version_of.filter(|_| act == ResourceAct::Accept).unwrap_or(resource);
    let suggester = match from {
        ResourceState::Suggested => {
            tell(services, &mut db, lead, (resource, shown), reason.as_deref()).await?
        }
        _ => None,
    };
    if shown == resource {
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
    } else {
        accept_version(services, &mut db, lead.area(), resource, shown).await?;
    }
    let action = match act {
        ResourceAct::Accept => "zone.resource_accepted",
        ResourceAct::Decline => "zone.resource_declined",
        ResourceAct::Retire => "zone.resource_retired",
        ResourceAct::BringBack => "zone.resource_brought_back",
    };
    let event =
        audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject: suggester, action };
    audit::record_with(&mut db, event, json!({ "area": lead.area(), "resource": shown })).await?;
    db.commit().await?;
    Ok(shown)
}

/// Makes a suggested version the newest of the resource. Its file stays where it is.
async fn accept_version(
    services: &Services,
    db: &mut PgConnection,
    area: AreaId,
    suggestion: ResourceId,
    resource: ResourceId,
) -> Result<()> {
    let number = next_number(db, area, resource).await?;
    let kind = sqlx::query_scalar!(
        r#"update zone_resource_versions v set resource_id = $3, number = $4, change = r.purpose
        from zone_resources r
        where v.resource_id = $1 and v.area_id = $2 and r.id = v.resource_id and r.area_id = v.area_id
        returning r.kind as "kind!""#,
        suggestion.0,
        area.0,
        resource.0,
        number,
    )
    .fetch_one(&mut *db)
    .await?;
    newest_is(services, db, area, resource, &kind).await?;
    sqlx::query!("delete from zone_resources where id = $1 and area_id = $2", suggestion.0, area.0)
        .execute(db)
        .await?;
    Ok(())
}

/// The resource of which a suggested version has become one: the version has the id of the suggestion.
async fn accepted_as(
    db: &mut PgConnection,
    area: AreaId,
    suggestion: ResourceId,
) -> Result<Option<ResourceId>> {
    let of = sqlx::query_scalar!(
        "select resource_id from zone_resource_versions where id = $1 and area_id = $2",
        suggestion.0,
        area.0,
    );
    Ok(of.fetch_optional(db).await?.map(ResourceId))
}

fn given(field: &str, reason: &str) -> Result<String> {
    let reason = visible_lines(reason);
    let fits = (1..=LONGEST_REASON).contains(&reason.chars().count());
    if fits { Ok(reason) } else { Err(Error::invalid(field, Problem::ReasonMissing)) }
}

/// How a resource stands.
struct Held {
    state: ResourceState,
    version_of: Option<ResourceId>,
}

/// How it stands, which nobody else changes until the transaction ends. What it is a version of is held before it: to remove that removes it
/// too, in the same order.
async fn held(db: &mut PgConnection, area: AreaId, resource: ResourceId) -> Result<Option<Held>> {
    sqlx::query!(
        "select id from zone_resources
        where area_id = $2 and id = (select s.version_of from zone_resources s where s.id = $1 and s.area_id = $2)
        for update",
        resource.0,
        area.0,
    )
    .fetch_optional(&mut *db)
    .await?;
    let row = sqlx::query!(
        "select state, version_of from zone_resources where id = $1 and area_id = $2 for update",
        resource.0,
        area.0,
    );
    let row = row.fetch_optional(db).await?;
    let held = row
        .map(|row| Ok(Held { state: read_state(&row.state)?, version_of: row.version_of.map(ResourceId) }));
    held.transpose()
}

/// Writes to whoever suggested it, if they are a member still, with a link to the page where it is when it is accepted. Returns who that is.
async fn tell(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    lead: AreaLead,
    (resource, open): (ResourceId, ResourceId),
    declined: Option<&str>,
) -> Result<Option<domain::accounts::PersonId>> {
    let asked = sqlx::query!(
        r#"select p.person_id, p.name as person, r.title, a.name as area, a.slug, r.version_of is not null as "version!"
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
    let what = if of.version { "a new version of" } else { "your suggestion" };
    let letter =
        Letter::new(format!("What you suggested for {}", of.area)).paragraph(format!("Hello {},", of.person));
    let letter = match declined {
        None => letter
            .paragraph(format!("A lead of {} has accepted {what} “{}”.", of.area, of.title))
            .paragraph("Every member of the area finds it in the library now.")
            .link("Open it", format!("{library}/{open}")),
        Some(reason) => letter
            .paragraph(format!("A lead of {} has declined {what} “{}”.", of.area, of.title))
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
