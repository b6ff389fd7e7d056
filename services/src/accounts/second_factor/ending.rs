//! The second factor ends: the person turns it off, or support ends it for somebody who has lost phone and recovery
//! codes.

use chrono::Duration;
use domain::{
    Problem,
    accounts::{FactorCode, Password, PersonId},
};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::{FactorOwner, entering, required};
use crate::{
    Error, Result, Services,
    accounts::{Actor, Visitor, guard, passwords::address, sessions, signing_out},
    kit::{
        audit,
        mail::{self, Letter, Mail, MailKind, Recipient},
        moment::moment,
    },
};

/// Asks for the password again before a change: a session left open on a shared computer must not suffice.
///
/// # Errors
/// [`Problem::CurrentPasswordWrong`] or [`Problem::SignInWait`] on this field.
pub(super) async fn check_password(
    services: &Services,
    owner: FactorOwner,
    password: &Password,
    field: &str,
) -> Result<()> {
    let person = sqlx::query!("select email, password_hash from people where id = $1", owner.person.0)
        .fetch_one(&services.db)
        .await?;
    let let_in = guard::let_in_again(services, &address(&person.email)?, owner.session).await?;
    let let_in = let_in.or_wait(field)?;
    if !services.hasher.verify(password.as_str(), person.password_hash.as_deref()).await? {
        return Err(Error::invalid(field, Problem::CurrentPasswordWrong));
    }
    guard::right(&mut *services.db.acquire().await?, let_in).await
}

/// Turns it off, for a person whose role does not require one. Sessions that still wait for a code end: nothing opens
/// them any more. Where it is off already, the form was sent twice, and nothing is done.
///
/// # Errors
/// [`Problem::CurrentPasswordWrong`], [`Problem::SignInWait`] or [`Problem::FactorRequired`] on `turn_off_password`;
/// [`Problem::FactorCodeWrong`] or [`Problem::FactorCodeWait`] on `turn_off_factor_code`.
pub async fn turn_off_second_factor(
    services: &Services,
    actor: &Actor,
    password: &Password,
    code: &FactorCode,
    from: Visitor<'_>,
) -> Result<()> {
    let person = actor.person();
    check_password(services, FactorOwner::from(actor), password, "turn_off_password").await?;
    let has_role = sqlx::query_scalar!(r#"select has_role as "has_role!" from roles_of($1)"#, person.0)
        .fetch_one(&services.db)
        .await?;
    if required(services, has_role) {
        return Err(Error::invalid("turn_off_password", Problem::FactorRequired));
    }
    let what = entering::For::TurningOff;
    let taken = entering::take_code(services, person, code, from, "turn_off_factor_code", what).await?;
    let Some(mut db) = taken else { return Ok(()) };
    sqlx::query!("delete from second_factors where person_id = $1", person.0).execute(&mut *db).await?;
    // A key of another phone would be shown on as one that is being set up.
    sqlx::query!(
        "delete from second_factor_shown n using sessions s where s.id = n.session_id and s.person_id = $1",
        person.0,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "delete from sessions where person_id = $1 and second_factor_at is null and id <> $2",
        person.0,
        actor.session().0,
    )
    .execute(&mut *db)
    .await?;
    let now = services.clock.now();
    audit::record(&mut db, sessions::event("accounts.second_factor_turned_off", person, now)).await?;
    let what = "You turned your second factor off: signing in no longer asks for a code.";
    tell(services, &mut db, person, "Your second factor is off", what).await?;
    db.commit().await?;
    Ok(())
}

/// Ends the second factor and the sessions of a person who has lost phone and recovery codes, and tells them. It checks no permission:
/// the caller has made sure whose account it is. `by` is nobody for the command line. Says the id of the event, if the person had one.
///
/// # Errors
/// [`Error::NotFound`] for nobody.
pub(crate) async fn end_factor(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    by: Option<PersonId>,
    detail: serde_json::Value,
) -> Result<Option<Uuid>> {
    sqlx::query!("select id from people where id = $1 for no key update", person.0)
        .fetch_optional(&mut **db)
        .await?
        .ok_or(Error::NotFound)?;
    let gone =
        sqlx::query!("delete from second_factors where person_id = $1", person.0).execute(&mut **db).await?;
    if gone.rows_affected() == 0 {
        return Ok(None);
    }
    signing_out::end_others(db, person, None).await?;
    let (id, at) = (Uuid::now_v7(), services.clock.now());
    let event = audit::Event { at, actor: by, subject: Some(person), action: "accounts.second_factor_ended" };
    audit::record_as(db, id, event, detail).await?;
    let what = "Support ended your second factor, because somebody told us that the phone is lost: signing in no longer asks for a code of it. All devices were signed out.";
    tell(services, db, person, "Your second factor was ended", what).await?;
    Ok(Some(id))
}

/// Queues the notice of a change, in the transaction that makes it.
pub(super) async fn tell(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    subject: &str,
    what: &str,
) -> Result<()> {
    send(services, db, person, MailKind::SecondFactorChanged, subject, what).await
}

/// Tells a person of several wrong codes in a row, once a day at most.
pub(super) async fn warn(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
) -> Result<()> {
    let now = services.clock.now();
    let due = sqlx::query!(
        "update second_factors set warned_at = $2
        where person_id = $1 and confirmed_at is not null and (warned_at is null or warned_at <= $3)",
        person.0,
        now,
        now - Duration::days(1),
    )
    .execute(&mut **db)
    .await?;
    if due.rows_affected() == 0 {
        return Ok(());
    }
    let what =
        "Your password was entered, and then several wrong codes in a row. Nobody was let in with them.";
    send(services, db, person, MailKind::SecondFactorRefused, "Wrong codes for your account", what).await
}

async fn send(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    kind: MailKind,
    subject: &str,
    what: &str,
) -> Result<()> {
    let name = sqlx::query_scalar!("select full_name from people where id = $1", person.0)
        .fetch_one(&mut **db)
        .await?;
    let site = &services.public_url;
    let letter = Letter::new(subject)
        .paragraph(format!("Hello {name},"))
        .paragraph(what)
        .paragraph(format!(
            "This was on {}, for your account at {site}.",
            moment(services.clock.now()).london
        ))
        .paragraph("If it was you, there is nothing to do.")
        .paragraph("If it was not you, somebody may know your password. Choose a new one at once:")
        .link("Ask for a link to choose a password", format!("{site}/forgotten-password"));
    mail::enqueue(services, db, &Mail { kind, to: Recipient::Person(person), letter, unsubscribe: None })
        .await
}
