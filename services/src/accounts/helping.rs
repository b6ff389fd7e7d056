//! What support does for a person's account. The caller is in a transaction, and has the person from a proof.

use domain::accounts::PersonId;
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::{guard, passwords, sessions};
use crate::{
    Error, Result, Services,
    kit::{
        audit,
        mail::{self, Letter, Mail, MailKind, Recipient},
        moment::moment,
    },
};

/// Ends every wait for signing in to this account, with a password or with a code, whatever its origin.
///
/// # Errors
/// [`Error::NotFound`] for nobody.
pub(crate) async fn unlock(db: &mut PgConnection, person: PersonId) -> Result<()> {
    let email = address_of(db, person).await?;
    let email = passwords::address(&email)?;
    guard::start_anew(db, &email).await?;
    guard::start_codes_anew(db, &email).await
}

/// Sends the mail that opens the account, or the one with which a person chooses a password. Says whether it is on its way: like everybody
/// they get five in an hour at most.
///
/// # Errors
/// [`Error::NotFound`] for nobody.
pub(crate) async fn send_link(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    by: PersonId,
) -> Result<bool> {
    let email = address_of(db, person).await?;
    passwords::make_link(services, db, &passwords::address(&email)?, Some(by)).await
}

/// Signs a person out everywhere.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end_sessions(db: &mut PgConnection, person: PersonId) -> Result<()> {
    sessions::end_others(db, person, None).await
}

/// Ends the second factor and the sessions of a person who has lost phone and recovery codes, and tells them. `by` is nobody for the command
/// line. Says the id of the event, if the person had one.
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
    let name = sqlx::query_scalar!("select full_name from people where id = $1 for no key update", person.0)
        .fetch_optional(&mut **db)
        .await?
        .ok_or(Error::NotFound)?;
    let gone =
        sqlx::query!("delete from second_factors where person_id = $1", person.0).execute(&mut **db).await?;
    if gone.rows_affected() == 0 {
        return Ok(None);
    }
    sessions::end_others(db, person, None).await?;
    let (id, at) = (Uuid::now_v7(), services.clock.now());
    let event = audit::Event { at, actor: by, subject: Some(person), action: "accounts.second_factor_ended" };
    audit::record_as(db, id, event, detail).await?;
    let site = &services.public_url;
    let letter = Letter::new("Your second factor was ended")
        .paragraph(format!("Hello {name},"))
        .paragraph(format!(
            "Support ended the second factor of your account at {site} on {}, because somebody told us that the phone is lost: signing in no longer asks for a code of it. All devices were signed out.",
            moment(at).london,
        ))
        .paragraph("If it was you, there is nothing to do.")
        .paragraph("If it was not you, somebody may know your password. Choose a new one at once:")
        .link("Ask for a link to choose a password", format!("{site}/forgotten-password"));
    let kind = MailKind::SecondFactorChanged;
    mail::enqueue(services, db, &Mail { kind, to: Recipient::Person(person), letter, unsubscribe: None })
        .await?;
    Ok(Some(id))
}

async fn address_of(db: &mut PgConnection, person: PersonId) -> Result<String> {
    let email = sqlx::query_scalar!("select email from people where id = $1", person.0);
    email.fetch_optional(db).await?.ok_or(Error::NotFound)
}
