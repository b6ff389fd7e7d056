//! A code is entered, and the session opens.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Problem,
    accounts::{FactorCode, PersonId, SessionId},
};
use sqlx::{PgConnection, Postgres, Transaction};

use super::{HalfOpen, Needs, ending, totp};
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

/// How long the same code, sent twice from one page, is answered as it was the first time. Without scripts a button is
/// pressed twice, the browser drops the first answer, and the token in it.
const TWICE: Duration = Duration::seconds(10);

/// What was right about a code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    App,
    Recovery,
    /// What it is for stands already: the form was sent twice.
    Again,
}

/// What a code is for. The same form sent twice is answered as the first time.
#[derive(Clone, Copy)]
pub(super) enum For {
    /// It opens this session.
    Opening(SessionId),
    /// This session shows something new: recovery codes, or a key for another phone too.
    Showing(SessionId),
    /// The second factor is turned off.
    TurningOff,
}

impl With {
    fn words(self) -> &'static str {
        match self {
            Self::App => "code",
            Self::Recovery => "recovery code",
            Self::Again => "the same code again",
        }
    }
}

/// Opens a half open session, or returns none if it was ended meanwhile. The same form sent twice is answered twice, each
/// time with a new token, of which the last counts.
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
    let opening = For::Opening(half.session);
    let (mut db, with) = take(services, person, code, from, "factor_code", opening).await?;
    let now = services.clock.now();
    let renewed = match with {
        With::App | With::Recovery => passed(&mut db, half.session, now).await?,
        With::Again => sessions::renew(&mut db, half.session, now).await?,
    };
    // Without the session nothing is used up.
    let Some(renewed) = renewed else { return Ok(None) };
    let device = devices::remember_for_codes(&mut db, person, from.device, now).await?;
    let detail = serde_json::json!({ "with": with.words() });
    audit::record_with(&mut db, sessions::event("accounts.signed_in", person, now), detail).await?;
    db.commit().await?;
    Ok(Some(Entered { token: renewed.token, lasts: renewed.lasts, person, device }))
}

/// Takes a code of the app or a recovery code. Returns the transaction in which it is used up, or none where what it is for stands already:
/// the form was sent twice, and nothing is to be done. The person is told of a recovery code by mail.
///
/// # Errors
/// [`Problem::FactorCodeWrong`], or [`Problem::FactorCodeWait`] after too many tries, on this field.
pub(super) async fn take_code(
    services: &Services,
    person: PersonId,
    code: &FactorCode,
    from: Visitor<'_>,
    field: &str,
    what: For,
) -> Result<Option<Transaction<'static, Postgres>>> {
    let (db, with) = take(services, person, code, from, field, what).await?;
    if with == With::Again {
        db.commit().await?;
        return Ok(None);
    }
    Ok(Some(db))
}

/// The same, and says what was right about the code.
async fn take(
    services: &Services,
    person: PersonId,
    code: &FactorCode,
    from: Visitor<'_>,
    field: &str,
    what: For,
) -> Result<(Transaction<'static, Postgres>, With)> {
    let email = sqlx::query_scalar!("select email from people where id = $1", person.0)
        .fetch_one(&services.db)
        .await?;
    let let_in = guard::let_in_with_code(services, &address(&email)?, person, from).await?;
    let let_in = let_in.or_wait_for_code(field)?;
    let now = services.clock.now();
    let mut db = services.begin().await?;
    one_at_a_time(&mut db, person).await?;
    let with = match code {
        FactorCode::App(digits) => use_code(&mut db, person, *digits, now).await?.then_some(With::App),
        FactorCode::Recovery(code) => {
            use_recovery_code(&mut db, person, code, now).await?.then_some(With::Recovery)
        }
    };
    let with = match with {
        None => stands_already(&mut db, person, code, what, now).await?.then_some(With::Again),
        with => with,
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
    if with == With::Recovery {
        tell_of_recovery_code(services, &mut db, person).await?;
    }
    Ok((db, with))
}

/// Whether what a code is for stands already, by this code or, where none is left to compare it with, as the page shows anyway.
async fn stands_already(
    db: &mut PgConnection,
    person: PersonId,
    code: &FactorCode,
    what: For,
    now: DateTime<Utc>,
) -> Result<bool> {
    match what {
        For::Opening(session) => opened_just_now(db, session, code, now).await,
        For::Showing(session) => shown_just_now(db, session, code, now).await,
        For::TurningOff => {
            let on = sqlx::query_scalar!(
                r#"select exists (select from second_factors_on where person_id = $1) as "on!""#,
                person.0,
            );
            Ok(!on.fetch_one(db).await?)
        }
    }
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
    let what = format!("One of your recovery codes was used in place of a code from your app. {left}");
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

/// Whether this code has opened this session just now. The token of before tells nothing without the code.
pub(super) async fn opened_just_now(
    db: &mut PgConnection,
    session: SessionId,
    code: &FactorCode,
    now: DateTime<Utc>,
) -> Result<bool> {
    let recovery = recovery_hash(code);
    let found = sqlx::query!(
        r#"select f.secret as "secret!", f.last_step as "last_step!",
            exists (select from recovery_codes c
                where c.person_id = f.person_id and c.code_hash = $2 and c.used_at > $3) as "used!"
        from sessions s join second_factors f on f.person_id = s.person_id and f.confirmed_at is not null
        where s.id = $1 and s.second_factor_at > $3 and s.ends_at > $4"#,
        session.0,
        recovery,
        now - TWICE,
        now,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.is_some_and(|found| was_taken(code, &found.secret, found.last_step, found.used)))
}

/// Whether this code has made what this session shows since just now.
async fn shown_just_now(
    db: &mut PgConnection,
    session: SessionId,
    code: &FactorCode,
    now: DateTime<Utc>,
) -> Result<bool> {
    let found = sqlx::query!(
        r#"select f.secret as "secret!", f.last_step as "last_step!",
            exists (select from recovery_codes c
                where c.person_id = f.person_id and c.code_hash = $2 and c.used_at > $3) as "used!"
        from second_factor_shown n join sessions s on s.id = n.session_id
        join second_factors f on f.person_id = s.person_id and f.confirmed_at is not null
        where n.session_id = $1 and n.shown_at > $3"#,
        session.0,
        recovery_hash(code),
        now - TWICE,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.is_some_and(|found| was_taken(code, &found.secret, found.last_step, found.used)))
}

fn recovery_hash(code: &FactorCode) -> Option<Vec<u8>> {
    match code {
        FactorCode::App(_) => None,
        FactorCode::Recovery(code) => Some(random::hash(code)),
    }
}

/// Whether a code is the last one that was taken: of the app, by its step, or a recovery code that is `used`.
fn was_taken(code: &FactorCode, secret: &[u8], last_step: i64, used: bool) -> bool {
    match code {
        FactorCode::App(digits) => totp::code(secret, last_step) == *digits,
        FactorCode::Recovery(_) => used,
    }
}

/// The session that this token named until a code opened it, just now: for the answer to the same form sent twice, and for
/// nothing else. The form asks for the code again.
///
/// # Errors
/// When the database fails.
pub async fn just_opened(services: &Services, token: &str, needs: Needs) -> Result<Option<HalfOpen>> {
    let now = services.clock.now();
    let found = sqlx::query!(
        "select id, person_id from sessions where token_before = $1 and second_factor_at > $2 and ends_at > $3",
        random::hash(token),
        now - TWICE,
        now,
    )
    .fetch_optional(&services.db)
    .await?;
    Ok(found.map(|row| HalfOpen {
        person: PersonId(row.person_id),
        session: SessionId(row.id),
        needs,
        fresh: false,
        sits: None,
    }))
}

/// Opens the session whole, for as long as was asked for when signing in, and signs out the device that was used longest
/// ago if there are too many. A token that somebody took from the browser before opens nothing any more.
pub(super) async fn passed(
    db: &mut PgConnection,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<sessions::Renewed>> {
    let half = sqlx::query!(
        "select person_id, half_source from sessions where id = $1 and ends_at > $2 for update",
        session.0,
        now,
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(half) = half else { return Ok(None) };
    sqlx::query!(
        "update sessions set second_factor_at = $2, last_used_at = $2, ends_at = coalesce(whole_until, ends_at),
            whole_until = null, half_source = null, token_before = token_hash
        where id = $1",
        session.0,
        now,
    )
    .execute(&mut *db)
    .await?;
    if let Some(source) = half.half_source {
        guard::half_is_whole(&mut *db, &source).await?;
    }
    sessions::only_so_many(&mut *db, PersonId(half.person_id), None).await?;
    sessions::renew(db, session, now).await
}
