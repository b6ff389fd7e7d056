//! Grants and withdraws roles, by name and with a reason.

use domain::{Problem, access::Role, accounts::PersonId, organisations::OrganisationId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{LookedAt, by_support, keep_shown};
use crate::{
    Error, Result, Services,
    kit::{audit, reason::reason},
};

/// A role to grant or to withdraw.
#[derive(Debug, Clone, Copy)]
pub struct NewGrant<'a> {
    pub person: PersonId,
    pub role: Role,
    /// `None` for the command line, which has no account.
    pub by: Option<PersonId>,
    pub reason: &'a str,
}

/// Grants a role. Says whether it is new: a role that the person already holds keeps its first reason.
///
/// # Errors
/// [`Problem::ReasonMissing`] on `reason`.
pub async fn grant(services: &Services, db: &mut PgConnection, new: NewGrant<'_>) -> Result<bool> {
    grant_for(services, db, new, None).await
}

/// The same for somebody at the command line, who says their name: it is kept with the event.
///
/// # Errors
/// As [`grant`].
pub(crate) async fn grant_for(
    services: &Services,
    db: &mut PgConnection,
    new: NewGrant<'_>,
    named: Option<&str>,
) -> Result<bool> {
    Ok(add(services, db, new, named).await?.is_some())
}

/// The same for support: the person reads of it in their account.
///
/// # Errors
/// As [`grant`].
pub(crate) async fn grant_shown(
    services: &Services,
    db: &mut PgConnection,
    new: NewGrant<'_>,
) -> Result<bool> {
    let Some(event) = add(services, db, new, None).await? else { return Ok(false) };
    keep_shown(db, event, LookedAt::Person(new.person)).await?;
    Ok(true)
}

/// Adds the role. Returns its event, if it is new to the person.
async fn add(
    services: &Services,
    db: &mut PgConnection,
    new: NewGrant<'_>,
    named: Option<&str>,
) -> Result<Option<Uuid>> {
    let why = reason(new.reason).map_err(wrong)?;
    let given = sqlx::query!(
        "insert into grants (person_id, role, organisation_id, cohort_id, zone_area_id, granted_at, granted_by, reason)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict on constraint grants_once do nothing",
        new.person.0,
        new.role.as_str(),
        new.role.organisation().map(|organisation| organisation.0),
        new.role.cohort().map(|cohort| cohort.0),
        new.role.zone_area().map(|area| area.0),
        services.clock.now(),
        new.by.map(|by| by.0),
        why,
    )
    .execute(&mut *db)
    .await?;
    if given.rows_affected() == 0 {
        return Ok(None);
    }
    note(services, db, new, &why, ("access.granted", named)).await.map(Some)
}

/// Withdraws a role: the next request no longer has what it opened. An open live stream still hears that something has
/// changed, but not what, until it asks again. Says whether the person held the role.
///
/// # Errors
/// [`Problem::ReasonMissing`] on `reason`; on `role`, in words, for the role of an organisation's only administrator.
pub async fn take_back(services: &Services, db: &mut PgConnection, held: NewGrant<'_>) -> Result<bool> {
    not_the_last(db, held).await?;
    Ok(remove(services, db, held, None).await?.is_some())
}

/// The same for support, and for somebody at the command line, who says their name: it is kept with the event. The person reads of it in
/// their account.
///
/// # Errors
/// As [`take_back`].
pub(crate) async fn take_back_for(
    services: &Services,
    db: &mut PgConnection,
    held: NewGrant<'_>,
    named: Option<&str>,
) -> Result<bool> {
    not_the_last(db, held).await?;
    let Some(event) = remove(services, db, held, named).await? else { return Ok(false) };
    keep_shown(db, event, LookedAt::Person(held.person)).await?;
    Ok(true)
}

/// Without an administrator, nobody of the organisation could do anything in it, nor name another.
async fn not_the_last(db: &mut PgConnection, held: NewGrant<'_>) -> Result<()> {
    match held.role {
        Role::OrganisationAdministrator(organisation)
            if administers_alone(db, organisation, held.person).await? =>
        {
            let words = "Without this person, the organisation has no administrator with an open account. Make somebody else administrator first";
            Err(Error::invalid("role", Problem::InWords { words: words.to_owned() }))
        }
        _ => Ok(()),
    }
}

/// Deletes the role. Returns its event, if the person held it.
async fn remove(
    services: &Services,
    db: &mut PgConnection,
    held: NewGrant<'_>,
    named: Option<&str>,
) -> Result<Option<Uuid>> {
    let why = reason(held.reason).map_err(wrong)?;
    let gone = sqlx::query!(
        "delete from grants where person_id = $1 and role = $2
            and organisation_id is not distinct from $3 and cohort_id is not distinct from $4
            and zone_area_id is not distinct from $5",
        held.person.0,
        held.role.as_str(),
        held.role.organisation().map(|organisation| organisation.0),
        held.role.cohort().map(|cohort| cohort.0),
        held.role.zone_area().map(|area| area.0),
    )
    .execute(&mut *db)
    .await?;
    if gone.rows_affected() == 0 {
        return Ok(None);
    }
    note(services, db, held, &why, ("access.taken_back", named)).await.map(Some)
}

/// Withdraws every role that these people hold in an organisation and its cohorts, each with its event: they belong to it no more. Without
/// an organisation every role that they hold anywhere: their accounts go. The caller has asked [`administers_alone`] where that can be.
///
/// # Errors
/// [`Problem::ReasonMissing`] on `reason`.
pub(crate) async fn take_back_all(
    services: &Services,
    db: &mut PgConnection,
    organisation: Option<OrganisationId>,
    people: &[Uuid],
    (by, reason): (Option<PersonId>, &str),
) -> Result<()> {
    let held = sqlx::query!(
        r#"select g.person_id, g.role, coalesce(g.organisation_id, g.cohort_id, g.zone_area_id) as scope from grants g
        where g.person_id = any($1) and ($2::uuid is null
            or g.organisation_id = $2 or g.cohort_id in (select c.id from cohorts_named c where c.organisation_id = $2))
        order by g.person_id, g.role, scope"#,
        people,
        organisation.map(|organisation| organisation.0),
    )
    .fetch_all(&mut *db)
    .await?;
    for row in held {
        let role = Role::read(&row.role, row.scope)
            .ok_or_else(|| Error::failed("the database has a role that nobody knows"))?;
        let held = NewGrant { person: PersonId(row.person_id), role, by, reason };
        remove(services, db, held, None).await?;
    }
    Ok(())
}

/// Whether this person has a role in the organisation or one of its cohorts.
pub(crate) async fn has_role_in(
    db: &mut PgConnection,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<bool> {
    let has = sqlx::query_scalar!(
        r#"select exists (
            select from grants g
            where g.person_id = $1 and (
                g.organisation_id = $2 or g.cohort_id in (select c.id from cohorts_named c where c.organisation_id = $2))
        ) as "has!""#,
        person.0,
        organisation.0,
    );
    Ok(has.fetch_one(db).await?)
}

/// Whether this person alone administers the organisation: they have an open account, and of other administrators with one there is none. Who
/// has not opened it administers nothing yet: their address may be mistyped. Until the transaction ends, no other one loses the role, so of two who lose it at once one stays.
pub(crate) async fn administers_alone(
    db: &mut PgConnection,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<bool> {
    sqlx::query!(
        "select g.person_id from grants g
        where g.role = 'organisation-administrator' and g.organisation_id = $1 and exists (
            select from grants h
            where h.role = 'organisation-administrator' and h.organisation_id = $1 and h.person_id = $2)
        order by g.person_id for update of g",
        organisation.0,
        person.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let alone = sqlx::query_scalar!(
        r#"select exists (
            select from grants g join account_facts a on a.person_id = g.person_id
            where g.role = 'organisation-administrator' and g.organisation_id = $1 and g.person_id = $2
                and a.activated_at is not null and a.withdrawn_at is null
        ) and not exists (
            select from grants g join account_facts a on a.person_id = g.person_id
            where g.role = 'organisation-administrator' and g.organisation_id = $1 and g.person_id <> $2
                and a.activated_at is not null and a.withdrawn_at is null
        ) as "alone!""#,
        organisation.0,
        person.0,
    );
    Ok(alone.fetch_one(db).await?)
}

fn wrong(problem: Problem) -> Error {
    Error::invalid("reason", problem)
}

async fn note(
    services: &Services,
    db: &mut PgConnection,
    grant: NewGrant<'_>,
    why: &str,
    (action, named): (&str, Option<&str>),
) -> Result<Uuid> {
    let event =
        audit::Event { at: services.clock.now(), actor: grant.by, subject: Some(grant.person), action };
    let (role, scope) = (grant.role.as_str(), grant.role.scope());
    let mut detail = serde_json::json!({ "role": role, "scope": scope, "reason": why });
    if let Some(by) = named {
        detail["by"] = by.into();
    }
    if let Some(by) = grant.by {
        detail = by_support(db, by, detail).await?;
    }
    let id = Uuid::now_v7();
    audit::record_as(db, id, event, detail).await?;
    Ok(id)
}
