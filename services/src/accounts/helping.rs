//! What support does for a person's account. The caller is in a transaction, and has the person from a proof.

use domain::accounts::PersonId;
use sqlx::{PgConnection, Postgres, Transaction};

use super::{guard, passwords, signing_out};
use crate::{Error, Result, Services};

/// Ends every wait for signing in to this account, with a password or with a code, whatever its origin. Returns how many counts of tries
/// ended with it.
///
/// # Errors
/// [`Error::NotFound`] for nobody.
pub(crate) async fn unlock(db: &mut PgConnection, person: PersonId) -> Result<u64> {
    let email = address_of(db, person).await?;
    let email = passwords::address(&email)?;
    let tries = guard::start_anew(db, &email).await?;
    Ok(tries + guard::start_codes_anew(db, &email).await?)
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

/// Signs a person out everywhere. Returns how many sessions ended.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end_sessions(db: &mut PgConnection, person: PersonId) -> Result<u64> {
    signing_out::end_others(db, person, None).await
}

async fn address_of(db: &mut PgConnection, person: PersonId) -> Result<String> {
    let email = sqlx::query_scalar!("select email from people where id = $1", person.0);
    email.fetch_optional(db).await?.ok_or(Error::NotFound)
}
