//! The second factor ends: the person turns it off, or support ends it for somebody who has lost phone and recovery
//! codes.

use domain::{
    Problem,
    accounts::{EmailAddress, Password, PersonId},
};
use sqlx::{Postgres, Transaction};

use super::Needs;
use crate::{
    Error, Result, Services,
    accounts::{Actor, guard, passwords::address, sessions},
    kit::{
        audit,
        mail::{self, Letter, Mail, MailKind, Recipient},
        moment::moment,
        reason::reason,
    },
};

/// Asks for the password again before a change: a session left open on a shared computer must not suffice.
///
/// # Errors
/// [`Problem::CurrentPasswordWrong`] or [`Problem::SignInWait`] on this field.
pub(super) async fn check_password(
    services: &Services,
    actor: &Actor,
    password: &Password,
    field: &str,
) -> Result<()> {
    let person = sqlx::query!("select email, password_hash from people where id = $1", actor.person().0)
        .fetch_one(&services.db)
        .await?;
    let let_in = guard::let_in_again(services, &address(&person.email)?, actor.session()).await?;
    let let_in = let_in.or_wait(field)?;
    if !services.hasher.verify(password.as_str(), person.password_hash.as_deref()).await? {
        return Err(Error::invalid(field, Problem::CurrentPasswordWrong));
    }
    guard::right(&mut *services.db.acquire().await?, let_in).await
}

/// Turns it off, for a person whose role does not require one.
///
/// # Errors
/// [`Problem::CurrentPasswordWrong`], [`Problem::SignInWait`] or [`Problem::FactorRequired`] on `turn_off_password`.
pub async fn turn_off_second_factor(services: &Services, actor: &Actor, password: &Password) -> Result<()> {
    let person = actor.person();
    check_password(services, actor, password, "turn_off_password").await?;
    let mut db = services.begin().await?;
    let has_role = sqlx::query_scalar!(
        r#"select (exists (select from follows_cohorts($1)) or exists (select from sets_papers($1))) as "has_role!""#,
        person.0,
    )
    .fetch_one(&mut *db)
    .await?;
    if Needs::of(services, false, false, has_role).is_some() {
        return Err(Error::invalid("turn_off_password", Problem::FactorRequired));
    }
    let gone =
        sqlx::query!("delete from second_factors where person_id = $1", person.0).execute(&mut *db).await?;
    if gone.rows_affected() > 0 {
        let now = services.clock.now();
        audit::record(&mut db, sessions::event("accounts.second_factor_turned_off", person, now)).await?;
        let what = "You turned it off: signing in no longer asks for a code.";
        tell(services, &mut db, person, "Your second factor is off", what).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Ends the second factor and the sessions of a person who has lost phone and recovery codes. For the command line: it
/// checks no permission, and whoever runs it has made sure who asks. Says whether the person had one.
///
/// # Errors
/// [`Error::NotFound`] when nobody has the address; [`Problem::ReasonMissing`] on `reason`.
pub async fn end_second_factor(services: &Services, email: &EmailAddress, why: &str) -> Result<bool> {
    let why = reason(why).map_err(|problem| Error::invalid("reason", problem))?;
    let mut db = services.begin().await?;
    let person =
        sqlx::query_scalar!("select id from people where email = $1 for no key update", email.as_str())
            .fetch_optional(&mut *db)
            .await?
            .map(PersonId)
            .ok_or(Error::NotFound)?;
    let gone =
        sqlx::query!("delete from second_factors where person_id = $1", person.0).execute(&mut *db).await?;
    if gone.rows_affected() == 0 {
        return Ok(false);
    }
    sessions::end_others(&mut db, person, None).await?;
    let at = services.clock.now();
    let event =
        audit::Event { at, actor: None, subject: Some(person), action: "accounts.second_factor_ended" };
    audit::record_with(&mut db, event, serde_json::json!({ "reason": why })).await?;
    let what = "Support ended it, because somebody told us that the phone is lost: signing in no longer asks for a code of it. All devices were signed out.";
    tell(services, &mut db, person, "Your second factor was ended", what).await?;
    db.commit().await?;
    Ok(true)
}

/// Queues the notice of a change, in the transaction that makes it.
pub(super) async fn tell(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    subject: &str,
    what: &str,
) -> Result<()> {
    let name = sqlx::query_scalar!("select full_name from people where id = $1", person.0)
        .fetch_one(&mut **db)
        .await?;
    let site = &services.public_url;
    let letter = Letter::new(subject)
        .paragraph(format!("Hello {name},"))
        .paragraph(format!(
            "The second factor of your account at {site} was changed on {}. {what}",
            moment(services.clock.now()).london,
        ))
        .paragraph("If it was you, there is nothing to do.")
        .paragraph("If it was not you, somebody may know your password. Choose a new one at once:")
        .link("Ask for a link to choose a password", format!("{site}/forgotten-password"));
    let kind = MailKind::SecondFactorChanged;
    mail::enqueue(services, db, &Mail { kind, to: Recipient::Person(person), letter, unsubscribe: None })
        .await
}
