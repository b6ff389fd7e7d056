//! A code is entered, and the session opens.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Problem,
    accounts::{FactorCode, PersonId, SessionId},
};
use sqlx::{PgConnection, Postgres, Transaction};

use super::{HalfOpen, ending, totp};
use crate::{
    Error, Result, Services,
    accounts::{Visitor, devices, guard, one_at_a_time, passwords::address, sessions},
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
/// [`Problem::FactorCodeWrong`], or [`Problem::FactorCodeWait`] after too many tries, on `factor_code`.
pub async fn enter_code(
    services: &Services,
    half: &HalfOpen,
    code: &FactorCode,
    from: Visitor<'_>,
) -> Result<Option<Entered>> {
    let person = half.person;
    let (mut db, with) = take_code(services, person, code, from, "factor_code").await?;
    let now = services.clock.now();
    // Without the session nothing is used up.
    let Some(renewed) = passed(&mut db, half.session, now).await? else { return Ok(None) };
    let device = devices::remember_for_codes(&mut db, person, from.device, now).await?;
    let detail = serde_json::json!({ "with": with });
    audit::record_with(&mut db, sessions::event("accounts.signed_in", person, now), detail).await?;
    db.commit().await?;
    Ok(Some(Entered { token: renewed.token, lasts: renewed.lasts, person, device }))
}

/// Takes a code of the app or a recovery code. Returns the transaction in which it is used up, and what it was. The
/// person is told of a recovery code by mail.
///
/// # Errors
/// [`Problem::FactorCodeWrong`], or [`Problem::FactorCodeWait`] after too many tries, on this field.
pub(super) async fn take_code(
    services: &Services,
    person: PersonId,
    code: &FactorCode,
    from: Visitor<'_>,
    field: &str,
) -> Result<(Transaction<'static, Postgres>, &'static str)> {
    let email = sqlx::query_scalar!("select email from people where id = $1", person.0)
        .fetch_one(&services.db)
        .await?;
    let let_in = guard::let_in_with_code(services, &address(&email)?, person, from).await?;
    let let_in = let_in.or_wait_for_code(field)?;
    let now = services.clock.now();
    let mut db = services.begin().await?;
    one_at_a_time(&mut db, person).await?;
    let with = match code {
        FactorCode::App(digits) => use_code(&mut db, person, *digits, now).await?.then_some("code"),
        FactorCode::Recovery(code) => {
            use_recovery_code(&mut db, person, code, now).await?.then_some("recovery code")
        }
    };
    let Some(with) = with else {
        audit::record(&mut db, sessions::event("accounts.second_factor_refused", person, now)).await?;
        if guard::is_one_of_many(&mut db, &let_in).await? {
            ending::warn(services, &mut db, person).await?;
        }
        db.commit().await?;
        guard::wrong(services, from).await?;
        return Err(Error::invalid(field, Problem::FactorCodeWrong));
    };
    guard::right(&mut db, let_in).await?;
    if matches!(code, FactorCode::Recovery(_)) {
        tell_of_recovery_code(services, &mut db, person).await?;
    }
    Ok((db, with))
}

async fn tell_of_recovery_code(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
) -> Result<()> {
    let left = sqlx::query_scalar!(
        r#"select count(*) as "left!" from recovery_codes where person_id = $1 and used_at is null"#,
        person.0,
    )
    .fetch_one(&mut **db)
    .await?;
    let left = match left {
        0 => "None is left: make new ones on the page of your second factor.".to_owned(),
        1 => "One is left.".to_owned(),
        left => format!("{left} are left."),
    };
    let what = format!("One of your recovery codes was used in place of a code of your app. {left}");
    ending::tell(services, db, person, "A recovery code was used", &what).await
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

/// Opens the session whole, for as long as was asked for when signing in. A token that somebody took from the browser
/// before opens nothing any more.
pub(super) async fn passed(
    db: &mut PgConnection,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<sessions::Renewed>> {
    let whole = sqlx::query!(
        "update sessions set second_factor_at = $2, ends_at = coalesce(whole_until, ends_at), whole_until = null
        where id = $1 and ends_at > $2",
        session.0,
        now,
    )
    .execute(&mut *db)
    .await?;
    if whole.rows_affected() == 0 {
        return Ok(None);
    }
    sessions::renew(db, session, now).await
}
