//! Setting up the second factor, and its recovery codes.

use domain::{
    Problem,
    accounts::{FactorCode, FactorOn, FactorState, Password, SecondFactorPage},
};

use super::{FactorOwner, Needs, codes, ending, entering, totp};
use crate::{
    Error, Result, Services,
    accounts::{Actor, Renewed, one_at_a_time, sessions},
    kit::audit,
    moment, number,
};

/// The page of a person's own second factor.
///
/// # Errors
/// When the database fails.
pub async fn second_factor_page(services: &Services, owner: FactorOwner) -> Result<SecondFactorPage> {
    let found = sqlx::query!(
        r#"select p.email, f.secret as "secret?", f.confirmed_at as "confirmed_at?", f.shown_codes as "shown_codes?",
            (select count(*) from recovery_codes c where c.person_id = p.id and c.used_at is null) as "codes_left!",
            (exists (select from follows_cohorts(p.id)) or exists (select from sets_papers(p.id))) as "has_role!"
        from people p left join second_factors f on f.person_id = p.id where p.id = $1"#,
        owner.person.0,
    )
    .fetch_one(&services.db)
    .await?;
    let shown = found.shown_codes.unwrap_or_default();
    let state = match (found.secret, found.confirmed_at) {
        (None, _) => FactorState::Off,
        (Some(secret), None) => FactorState::Starting(codes::new_factor(&secret, &found.email, &shown)?),
        (Some(_), Some(since)) => FactorState::On(FactorOn {
            since: moment(since),
            codes_left: number(found.codes_left)?,
            new_codes: codes::shown(&shown),
        }),
    };
    let required = Needs::of(services, false, false, found.has_role).is_some();
    Ok(SecondFactorPage { required, state })
}

/// Makes a secret and recovery codes, which the page shows until a code confirms them. One that is confirmed stays.
///
/// # Errors
/// When the database fails, or the operating system has no randomness.
pub async fn start_second_factor(services: &Services, owner: FactorOwner) -> Result<()> {
    sqlx::query!(
        "insert into second_factors as f (person_id, secret, started_at, shown_codes) values ($1, $2, $3, $4)
        on conflict (person_id) do update
            set secret = excluded.secret, started_at = excluded.started_at, shown_codes = excluded.shown_codes
        where f.confirmed_at is null",
        owner.person.0,
        codes::new_secret()?,
        services.clock.now(),
        &codes::new_recovery_codes()?,
    )
    .execute(&services.db)
    .await?;
    Ok(())
}

/// Takes the first code of the app: from now on signing in asks for one. The session goes on under another token, and
/// the person's other sessions end. Returns none if the session was ended meanwhile.
///
/// # Errors
/// [`Problem::FactorCodeWrong`] on `code`; [`Error::NotFound`] when nothing is being set up.
pub async fn confirm_second_factor(
    services: &Services,
    owner: FactorOwner,
    code: &FactorCode,
) -> Result<Option<Renewed>> {
    let person = owner.person;
    let now = services.clock.now();
    let mut db = services.begin().await?;
    one_at_a_time(&mut db, person).await?;
    let factor = sqlx::query!(
        r#"select secret, shown_codes as "shown_codes!" from second_factors
        where person_id = $1 and confirmed_at is null for update"#,
        person.0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let step = match code {
        FactorCode::App(digits) => totp::accepted(&factor.secret, *digits, now, 0),
        FactorCode::Recovery(_) => None,
    };
    let step = step.ok_or_else(|| Error::invalid("code", Problem::FactorCodeWrong))?;
    sqlx::query!(
        "update second_factors set confirmed_at = $2, last_step = $3, shown_codes = null where person_id = $1",
        person.0,
        now,
        step,
    )
    .execute(&mut *db)
    .await?;
    codes::replace(&mut db, person.0, &factor.shown_codes).await?;
    sessions::end_others(&mut db, person, Some(owner.session)).await?;
    let renewed = entering::passed(&mut db, owner.session, now).await?;
    audit::record(&mut db, sessions::event("accounts.second_factor_set_up", person, now)).await?;
    let what = "From now on, signing in asks for a code of your app after the password. All other devices were signed out.";
    ending::tell(services, &mut db, person, "Your account has a second factor", what).await?;
    db.commit().await?;
    Ok(renewed)
}

/// Makes new recovery codes, which the page shows. They replace the old ones when the person has kept them.
///
/// # Errors
/// [`Problem::CurrentPasswordWrong`] or [`Problem::SignInWait`] on `current_password`; [`Error::NotFound`] without a
/// second factor.
pub async fn new_recovery_codes(services: &Services, actor: &Actor, password: &Password) -> Result<()> {
    ending::check_password(services, actor, password, "current_password").await?;
    let made = sqlx::query!(
        "update second_factors set shown_codes = $2 where person_id = $1 and confirmed_at is not null",
        actor.person().0,
        &codes::new_recovery_codes()?,
    )
    .execute(&services.db)
    .await?;
    if made.rows_affected() > 0 { Ok(()) } else { Err(Error::NotFound) }
}

/// The person has kept the new recovery codes: from now on only they count, and nothing shows them again.
///
/// # Errors
/// When the database fails. Without new codes nothing happens.
pub async fn keep_recovery_codes(services: &Services, actor: &Actor) -> Result<()> {
    let person = actor.person();
    let mut db = services.begin().await?;
    let shown = sqlx::query_scalar!(
        r#"select shown_codes as "shown_codes!" from second_factors
        where person_id = $1 and confirmed_at is not null and shown_codes is not null for update"#,
        person.0,
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(shown) = shown else { return Ok(()) };
    codes::replace(&mut db, person.0, &shown).await?;
    sqlx::query!("update second_factors set shown_codes = null where person_id = $1", person.0)
        .execute(&mut *db)
        .await?;
    let now = services.clock.now();
    audit::record(&mut db, sessions::event("accounts.recovery_codes_replaced", person, now)).await?;
    db.commit().await?;
    Ok(())
}
