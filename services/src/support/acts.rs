//! What support does for a person. Each has a reason, and an event in the audit.

use domain::{
    accounts::{EmailAddress, PersonId},
    support::SupportReason,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::{self, Helper, LookedAt},
    accounts::{self, Actor},
    kit::{audit, once::pressed_twice},
};

/// Ends the waits of somebody who cannot sign in, whether for a password or for a code. Says whether there was one; otherwise nothing is
/// recorded. A button pressed twice acts once, here and below, but on what has come since: then it was meant.
///
/// # Errors
/// As [`Actor::helps`]; [`Error::NotFound`] for nobody; what [`SupportReason`] refuses, on `unlock_reason`.
pub async fn unlock(services: &Services, actor: &Actor, person: PersonId, why: &str) -> Result<bool> {
    let mut db = services.begin().await?;
    let helper = actor.helps(services, &mut db, person).await?;
    let (action, why) = ("support.unlocked", given(("unlock_reason", why))?);
    let ended = accounts::unlock(&mut db, helper.person()).await?;
    let before =
        pressed_twice(services, &mut db, helper.support(), helper.person().0, (action, &why)).await?;
    if ended == 0 {
        return Ok(before);
    }
    note(services, &mut db, helper, action, &why).await?;
    db.commit().await?;
    Ok(true)
}

/// Sends the mail of the activation again, or one to choose a password when the account is open. Says whether it is on its way: they get
/// five in an hour at most, and then nothing is done.
///
/// # Errors
/// As [`unlock`], on `mail_reason`.
pub async fn send_mail(services: &Services, actor: &Actor, person: PersonId, why: &str) -> Result<bool> {
    let mut db = services.begin().await?;
    let helper = actor.helps(services, &mut db, person).await?;
    let (action, why) = ("support.mail_sent", given(("mail_reason", why))?);
    // An account that has been opened or closed since gets another mail: then it is meant again.
    let state = sqlx::query_scalar!(
        r#"select state as "state!" from activation_states where person_id = $1"#,
        helper.person().0,
    );
    let words = format!("{} {why}", state.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)?);
    if pressed_twice(services, &mut db, helper.support(), helper.person().0, (action, &words)).await? {
        return Ok(true);
    }
    // Nothing is kept of one that is not sent: pressed again, it is tried again.
    if !accounts::send_link(services, &mut db, helper.person(), helper.support()).await? {
        return Ok(false);
    }
    note(services, &mut db, helper, action, &why).await?;
    db.commit().await?;
    Ok(true)
}

/// Signs somebody out everywhere. Says whether they were signed in anywhere; otherwise nothing is recorded.
///
/// # Errors
/// As [`unlock`], on `sessions_reason`.
pub async fn end_sessions(services: &Services, actor: &Actor, person: PersonId, why: &str) -> Result<bool> {
    let mut db = services.begin().await?;
    let helper = actor.helps(services, &mut db, person).await?;
    let (action, why) = ("support.sessions_ended", given(("sessions_reason", why))?);
    let ended = accounts::end_sessions(&mut db, helper.person()).await?;
    let before =
        pressed_twice(services, &mut db, helper.support(), helper.person().0, (action, &why)).await?;
    if ended == 0 {
        return Ok(before);
    }
    note(services, &mut db, helper, action, &why).await?;
    db.commit().await?;
    Ok(true)
}

/// Ends the second factor of somebody who has lost phone and recovery codes. They are signed out everywhere, and told by mail. Says whether
/// they had one.
///
/// # Errors
/// As [`unlock`], on `factor_reason`; [`Error::NotFound`] for the own one, which somebody else of support ends.
pub async fn end_second_factor(
    services: &Services,
    actor: &Actor,
    person: PersonId,
    why: &str,
) -> Result<bool> {
    let mut db = services.begin().await?;
    let helper = actor.helps(services, &mut db, person).await?;
    if helper.person() == helper.support() {
        return Err(Error::NotFound);
    }
    let why = given(("factor_reason", why))?;
    let detail = serde_json::json!({ "reason": why });
    let (person, by) = (helper.person(), Some(helper.support()));
    let ended = accounts::end_factor(services, &mut db, person, by, detail).await?;
    let act = ("accounts.second_factor_ended", why.as_str());
    let before = pressed_twice(services, &mut db, helper.support(), person.0, act).await?;
    let Some(event) = ended else { return Ok(before) };
    access::keep_shown(&mut db, event, LookedAt::Person(person)).await?;
    db.commit().await?;
    Ok(true)
}

/// The same for the command line, which checks no permission: `by` is the name of who runs it, and has made sure who asks.
///
/// # Errors
/// [`Error::NotFound`] when nobody has the address; what [`SupportReason`] refuses, on `reason`.
pub async fn end_second_factor_by_command_line(
    services: &Services,
    email: &EmailAddress,
    why: &str,
    by: &str,
) -> Result<bool> {
    let why = given(("reason", why))?;
    let detail = serde_json::json!({ "reason": why, "by": by });
    let mut db = services.begin().await?;
    let person = person_at(&mut db, email).await?.ok_or(Error::NotFound)?;
    let ended = accounts::end_factor(services, &mut db, person, None, detail).await?;
    if let Some(event) = ended {
        access::keep_shown(&mut db, event, LookedAt::Person(person)).await?;
    }
    db.commit().await?;
    Ok(ended.is_some())
}

pub(super) async fn person_at(db: &mut PgConnection, email: &EmailAddress) -> Result<Option<PersonId>> {
    let person =
        sqlx::query_scalar!(r#"select id as "id!" from people_named where email = $1"#, email.as_str());
    Ok(person.fetch_optional(db).await?.map(PersonId))
}

pub(super) fn given((field, why): (&str, &str)) -> Result<String> {
    let why = SupportReason::parse(why).map_err(|problem| Error::invalid(field, problem))?;
    Ok(why.into_text())
}

async fn note(
    services: &Services,
    db: &mut PgConnection,
    helper: Helper,
    action: &str,
    why: &str,
) -> Result<()> {
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(helper.support()),
        subject: Some(helper.person()),
        action,
    };
    let id = Uuid::now_v7();
    audit::record_as(db, id, event, serde_json::json!({ "reason": why })).await?;
    access::keep_shown(db, id, LookedAt::Person(helper.person())).await
}
