//! The roles that support takes back, the leads of areas whom support appoints, and the roles that somebody at the command line gives and
//! takes back.

use domain::{
    Problem,
    access::Role,
    accounts::{EmailAddress, PersonId},
    organisations::OrganisationId,
    zone::AreaId,
};
use sqlx::PgConnection;

use super::acts::{given, person_at};
use crate::{
    Error, Result, Services,
    access::{self, NewGrant},
    accounts::{self, Actor},
    kit::once::pressed_twice,
    organisations,
    zone::leading::{led_no_more, ready_to_lead, tell_lead},
};

/// Takes back a role, named as the page names it. `access` writes the event. A button pressed twice is answered as the first time.
///
/// # Errors
/// As [`Actor::helps`]; [`Error::NotFound`] for a role that they do not hold; what [`domain::support::SupportReason`] refuses, on `role_reason`; on `role`, in
/// words, for that of an organisation's only administrator.
pub async fn take_back_role(
    services: &Services,
    actor: &Actor,
    person: PersonId,
    role: &str,
    why: &str,
) -> Result<()> {
    let why = given(("role_reason", why))?;
    let mut db = services.begin().await?;
    let helper = actor.helps(services, &mut db, person).await?;
    let words = format!("{role} {why}");
    let role = read_role(role).ok_or(Error::NotFound)?;
    let held = NewGrant { person: helper.person(), role, by: Some(helper.support()), reason: &why };
    let taken = access::take_back_for(services, &mut db, held, None).await?;
    let (by, of) = (helper.support(), helper.person().0);
    let before = pressed_twice(services, &mut db, by, of, ("access.taken_back", &words)).await?;
    if !taken {
        // Nothing is kept of this.
        return if before { Ok(()) } else { Err(Error::NotFound) };
    }
    if let Role::ZoneLead(area) = role {
        led_no_more(services, &mut db, area).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Appoints a lead of an area of NMP Zone. An applicant becomes a member by it. The person is told by mail, and reads of it in their
/// account. Who leads the area already does.
///
/// # Errors
/// As [`Actor::helps`]; what [`domain::support::SupportReason`] refuses, on `lead_reason`; on `lead_area` [`Problem::ChoiceMissing`] for no
/// area, and words for somebody who has not applied to it, and for oneself.
pub async fn appoint_lead(
    services: &Services,
    actor: &Actor,
    person: PersonId,
    area: &str,
    why: &str,
) -> Result<()> {
    let field = "lead_area";
    let why = given(("lead_reason", why))?;
    let mut db = services.begin().await?;
    let helper = actor.helps(services, &mut db, person).await?;
    let (person, by) = (helper.person(), helper.support());
    let area =
        area_called(&mut db, area).await?.ok_or_else(|| Error::invalid(field, Problem::ChoiceMissing))?;
    if person == by {
        return Err(refused(field, "Ask another member of support: nobody makes themselves a lead"));
    }
    ready_to_lead(services, &mut db, (person, area), Some(by), field).await?;
    let new = NewGrant { person, role: Role::ZoneLead(area), by: Some(by), reason: &why };
    if access::grant_shown(services, &mut db, new).await? {
        tell_lead(services, &mut db, person, area).await?;
        db.commit().await?;
    }
    Ok(())
}

/// The area with this id, as a form names it.
async fn area_called(db: &mut PgConnection, id: &str) -> Result<Option<AreaId>> {
    let Ok(AreaId(id)) = id.parse() else { return Ok(None) };
    let found = sqlx::query_scalar!("select id from zone_areas where id = $1", id);
    Ok(found.fetch_optional(db).await?.map(AreaId))
}

/// The same for the command line, which checks no permission. `by` is the name of who runs it. Says whether somebody with this address held
/// the role.
///
/// # Errors
/// [`Problem::ReasonMissing`] on `reason`; on `role`, in words, for that of an organisation's only administrator.
pub async fn take_back_by_command_line(
    services: &Services,
    email: &EmailAddress,
    role: &str,
    why: &str,
    by: &str,
) -> Result<bool> {
    let Some(role) = read_role(role) else { return Ok(false) };
    let mut db = services.begin().await?;
    let Some(person) = person_at(&mut db, email).await? else { return Ok(false) };
    let held = NewGrant { person, role, by: None, reason: why };
    let taken = access::take_back_for(services, &mut db, held, Some(by)).await?;
    if let (true, Role::ZoneLead(area)) = (taken, role) {
        led_no_more(services, &mut db, area).await?;
    }
    db.commit().await?;
    Ok(taken)
}

/// A role to give.
#[derive(Debug, Clone, Copy)]
pub struct RoleToGive<'a> {
    pub email: &'a EmailAddress,
    /// For somebody whom the service does not know yet.
    pub name: Option<&'a str>,
    /// As [`take_back_role`] names it.
    pub role: &'a str,
    pub reason: &'a str,
    /// The name of who runs the command line.
    pub by: &'a str,
}

/// Gives a role. For the command line, which checks no permission. They belong to the organisation of the role then. Without an
/// open account they get a mail in which they agree to one. Says whether the role is new to them.
///
/// # Errors
/// [`Problem::ReasonMissing`] on `reason`; in words, on `role` for a role, organisation, cohort or area that is not there, and for a lead
/// who has not applied to the area, and on `email` for an address that nobody has, without a name. Nothing has changed then.
pub async fn give_by_command_line(services: &Services, new: RoleToGive<'_>) -> Result<bool> {
    let role = read_role(new.role).ok_or_else(no_such_role)?;
    let mut db = services.begin().await?;
    let organisation = organisation_of(&mut db, role).await?;
    let person = match (person_at(&mut db, new.email).await?, new.name) {
        (Some(person), _) => person,
        (None, Some(name)) => accounts::ensure_pending(services, &mut db, new.email, name).await?,
        (None, None) => {
            return Err(refused(
                "email",
                "Nobody has this address. Give their name too, and they get a mail to open an account",
            ));
        }
    };
    if let Some(organisation) = organisation {
        organisations::ensure_member(services, &mut db, organisation, person).await?;
    }
    if let Role::ZoneLead(area) = role {
        area_called(&mut db, &area.to_string()).await?.ok_or_else(no_such_role)?;
        ready_to_lead(services, &mut db, (person, area), None, "role").await?;
    }
    let grant = NewGrant { person, role, by: None, reason: new.reason };
    let given = access::grant_for(services, &mut db, grant, Some(new.by)).await?;
    if given {
        match (organisation, role) {
            (Some(organisation), _) => accounts::invite(services, &mut db, person, organisation).await?,
            (None, Role::ZoneLead(area)) => tell_lead(services, &mut db, person, area).await?,
            (None, _) => accounts::invite_staff(services, &mut db, person).await?,
        }
    }
    db.commit().await?;
    Ok(given)
}

/// The organisation that the role is in; none for support.
async fn organisation_of(db: &mut PgConnection, role: Role) -> Result<Option<OrganisationId>> {
    let found = match role {
        Role::OrganisationAdministrator(organisation) | Role::PaperSetter(organisation) => {
            let named = sqlx::query_scalar!(
                r#"select id as "id!" from organisations_named where id = $1"#,
                organisation.0
            );
            named.fetch_optional(db).await?
        }
        Role::CohortTutor(cohort) => {
            let of = sqlx::query_scalar!(
                r#"select organisation_id as "organisation_id!" from cohorts_named where id = $1"#,
                cohort.0,
            );
            of.fetch_optional(db).await?
        }
        Role::Support | Role::ZoneLead(_) => return Ok(None),
    };
    Ok(Some(OrganisationId(found.ok_or_else(no_such_role)?)))
}

fn no_such_role() -> Error {
    refused("role", "There is no such role, or no such organisation, cohort or area for it")
}

fn refused(field: &str, words: &str) -> Error {
    Error::invalid(field, Problem::InWords { words: words.to_owned() })
}

/// A role as the form names it: its word, and its scope after a stroke.
fn read_role(key: &str) -> Option<Role> {
    match key.split_once('/') {
        Some((word, scope)) => Role::read(word, Some(scope.parse().ok()?)),
        None => Role::read(key, None),
    }
}
