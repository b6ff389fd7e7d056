//! A code is entered, and the session opens.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Problem,
    accounts::{FactorCode, PersonId, SessionId},
};
use sqlx::PgConnection;

use super::{HalfOpen, totp};
use crate::{
    Error, Result, Services,
    accounts::{Visitor, devices, guard, passwords::address, sessions},
    kit::{
        audit,
        random::{self, Token},
    },
};

/// A session that was just opened by a code. It goes on under another token.
pub struct Entered {
    pub token: Token,
    /// How long it still lasts.
    pub lasts: Duration,
    pub person: PersonId,
    /// The token by which the browser is known from now on.
    pub device: String,
}

/// Opens a half open session, or returns none if it was ended meanwhile.
///
/// # Errors
/// [`Problem::FactorCodeWrong`], or [`Problem::FactorCodeWait`] after too many tries, on `code`.
pub async fn enter_code(
    services: &Services,
    half: &HalfOpen,
    code: &FactorCode,
    from: Visitor<'_>,
) -> Result<Option<Entered>> {
    let person = half.person;
    let email = sqlx::query_scalar!("select email from people where id = $1", person.0)
        .fetch_one(&services.db)
        .await?;
    let let_in = guard::let_in_with_code(services, &address(&email)?, person, from).await?;
    let let_in = let_in.or_wait_for_code("code")?;
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let with = match code {
        FactorCode::App(digits) => use_code(&mut db, person, *digits, now).await?.then_some("code"),
        FactorCode::Recovery(code) => {
            use_recovery_code(&mut db, person, code, now).await?.then_some("recovery code")
        }
    };
    let Some(with) = with else {
        audit::record(&mut db, sessions::event("accounts.second_factor_refused", person, now)).await?;
        db.commit().await?;
        guard::wrong(services, from).await?;
        return Err(Error::invalid("code", Problem::FactorCodeWrong));
    };
    guard::right(&mut db, let_in).await?;
    let Some(renewed) = passed(&mut db, half.session, now).await? else { return Ok(None) };
    let device = devices::remember(&mut db, person, from.device, now).await?;
    let detail = serde_json::json!({ "with": with });
    audit::record_with(&mut db, sessions::event("accounts.signed_in", person, now), detail).await?;
    db.commit().await?;
    Ok(Some(Entered { token: renewed.token, lasts: renewed.lasts, person, device }))
}

/// Takes a code of the app. Of two with the same one at once, the second waits for the first, and finds its step used.
async fn use_code(db: &mut PgConnection, person: PersonId, digits: u32, now: DateTime<Utc>) -> Result<bool> {
    let factor = sqlx::query!(
        "select secret, last_step from second_factors where person_id = $1 and confirmed_at is not null",
        person.0,
    )
    .fetch_optional(&mut *db)
    .await?;
    let step = factor.and_then(|factor| totp::accepted(&factor.secret, digits, now, factor.last_step));
    let Some(step) = step else { return Ok(false) };
    let used = sqlx::query!(
        "update second_factors set last_step = $2
        where person_id = $1 and last_step < $2 and confirmed_at is not null",
        person.0,
        step,
    )
    .execute(db)
    .await?;
    Ok(used.rows_affected() > 0)
}

async fn use_recovery_code(
    db: &mut PgConnection,
    person: PersonId,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let used = sqlx::query!(
        "update recovery_codes set used_at = $3 where person_id = $1 and code_hash = $2 and used_at is null",
        person.0,
        random::hash(code),
        now,
    )
    .execute(db)
    .await?;
    Ok(used.rows_affected() > 0)
}

/// Opens the session whole. A token that somebody took from the browser before opens nothing any more.
pub(super) async fn passed(
    db: &mut PgConnection,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<sessions::Renewed>> {
    sqlx::query!("update sessions set second_factor_at = $2 where id = $1", session.0, now)
        .execute(&mut *db)
        .await?;
    sessions::renew(db, session, now).await
}
