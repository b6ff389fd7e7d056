//! Some rows are held for minutes: a file of people that is being taken in is one transaction. Nobody waits so long with a connection.

use domain::Problem;
use sqlx::PgConnection;

use crate::{Error, Result};

/// For what may be held so long: see [`busy`].
pub(crate) const SHORTLY: &str = "2s";
pub(crate) const AS_LONG_AS_IT_TAKES: &str = "0";

/// How long each statement of the transaction waits for a lock at most.
pub(crate) async fn wait(db: &mut PgConnection, how_long: &str) -> Result<()> {
    sqlx::query!("select set_config('lock_timeout', $1, true)", how_long).fetch_one(db).await?;
    Ok(())
}

/// The answer after a wait in vain, beside the field: [`being_changed`].
pub(crate) fn busy(error: impl Into<Error>, field: &str, then: &str) -> Error {
    let error = error.into();
    let code = match &error {
        Error::Failed(error) => error.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error),
        _ => None,
    };
    // lock_not_available
    let waited = code.and_then(|error| error.code()).is_some_and(|code| code == "55P03");
    if waited { being_changed(field, then) } else { error }
}

/// `then` is what to do later. Who holds it is not known here, and not said: it may be another organisation, of which this one knows nothing.
pub(crate) fn being_changed(field: &str, then: &str) -> Error {
    let words = format!("Somebody is changing this just now. {then} in a few minutes");
    Error::invalid(field, Problem::InWords { words })
}
