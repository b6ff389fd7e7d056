//! Setting up the second factor, its recovery codes, and moving it to another phone. What is shown belongs to one session
//! and soon ends: somebody else who knows the password is shown another key, and cannot have it confirmed by the owner.

use chrono::{DateTime, Utc};
use domain::{
    Problem,
    accounts::{FactorCode, FactorOn, FactorState, Password, SecondFactorPage},
};
use sqlx::PgConnection;

use super::{AT_MOST, Entered, FactorOwner, SOON, codes, ending, entering, required, totp};
use crate::{
    Error, Result, Services,
    accounts::{Actor, Visitor, devices, one_at_a_time, sessions, signing_out},
    kit::{
        audit,
        portions::{PORTION, in_portions},
    },
    moment, number,
};

/// The page of a person's own second factor.
///
/// # Errors
/// When the database fails.
pub async fn second_factor_page(services: &Services, owner: FactorOwner) -> Result<SecondFactorPage> {
    let found = sqlx::query!(
        r#"select p.email, f.confirmed_at as "confirmed_at?", n.secret as "secret?", n.recovery_codes as "shown?",
            (select count(*) from recovery_codes c where c.person_id = p.id and c.used_at is null) as "codes_left!",
            (select r.has_role from roles_of(p.id) r) as "has_role!"
        from people p
        left join second_factors f on f.person_id = p.id and f.confirmed_at is not null
        left join second_factor_shown n on n.session_id = $2 and n.shown_at > $3
        where p.id = $1"#,
        owner.person.0,
        owner.session.0,
        services.clock.now() - SOON,
    )
    .fetch_one(&services.db)
    .await?;
    let state = match (found.confirmed_at, found.secret, found.shown) {
        (Some(_), Some(secret), Some(shown)) => {
            FactorState::Moving(codes::new_factor(&secret, &found.email, &shown)?)
        }
        (Some(since), _, shown) => {
            let new = shown.unwrap_or_default();
            FactorState::On(FactorOn {
                since: moment(since),
                codes_left: number(found.codes_left)?,
                digest: codes::digest(&new),
                new_codes: codes::shown(&new),
            })
        }
        (None, Some(secret), Some(shown)) => {
            FactorState::Starting(codes::new_factor(&secret, &found.email, &shown)?)
        }
        (None, ..) => FactorState::Off,
    };
    let required = required(services, found.has_role);
    Ok(SecondFactorPage { required, asks_password: !owner.fresh, state })
}

/// Makes a secret and recovery codes, which this session shows until a code confirms them. A second factor that is
/// confirmed stays. A half open session lasts long enough to confirm, and half an hour at most, however often this is asked for.
///
/// # Errors
/// [`Problem::CurrentPasswordWrong`] or [`Problem::SignInWait`] on `current_password`: only a session in which the person
/// has just signed in does without, because a session that was stolen must not lock its owner out.
pub async fn start_second_factor(
    services: &Services,
    owner: FactorOwner,
    password: Option<&Password>,
) -> Result<()> {
    if !owner.fresh {
        let password =
            password.ok_or_else(|| Error::invalid("current_password", Problem::CurrentPasswordWrong))?;
        ending::check_password(services, owner, password, "current_password").await?;
    }
    let now = services.clock.now();
    let secret = codes::new_secret()?;
    let mut db = services.begin().await?;
    // If a code confirms a key meanwhile, that one stays.
    one_at_a_time(&mut db, owner.person).await?;
    sqlx::query!(
        "update sessions set ends_at = least(whole_until, $2, created_at + make_interval(secs => $4))
        where id = $1 and whole_until is not null and ends_at > $3",
        owner.session.0,
        now + SOON,
        now,
        AT_MOST.as_seconds_f64(),
    )
    .execute(&mut *db)
    .await?;
    show(&mut db, owner, Some(&secret), false, now).await?;
    db.commit().await?;
    Ok(())
}

/// Makes another secret and other recovery codes, for another phone. The old ones work until a code confirms these, so an
/// app that was given a wrong key locks nobody out. What begins this is what turns the second factor off: neither a stolen
/// session nor the password alone does. The same form sent twice makes them once.
///
/// # Errors
/// [`Problem::CurrentPasswordWrong`] or [`Problem::SignInWait`] on `move_password`; [`Problem::FactorCodeWrong`], also
/// without a second factor, or [`Problem::FactorCodeWait`] on `move_factor_code`.
pub async fn move_second_factor(
    services: &Services,
    actor: &Actor,
    password: &Password,
    code: &FactorCode,
    from: Visitor<'_>,
) -> Result<()> {
    let owner = FactorOwner::from(actor);
    ending::check_password(services, owner, password, "move_password").await?;
    let secret = codes::new_secret()?;
    let what = entering::For::Showing(owner.session);
    let taken = entering::take_code(services, owner.person, code, from, "move_factor_code", what).await?;
    let Some(mut db) = taken else { return Ok(()) };
    show(&mut db, owner, Some(&secret), true, services.clock.now()).await?;
    db.commit().await?;
    Ok(())
}

/// This session shows new recovery codes from now on, and with a secret a whole second factor, if one `is_on`, or none is.
async fn show(
    db: &mut PgConnection,
    owner: FactorOwner,
    secret: Option<&[u8]>,
    is_on: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into second_factor_shown (session_id, secret, recovery_codes, shown_at)
        select s.id, $3::bytea, $4::text[], $5::timestamptz from sessions s
        where s.id = $1 and s.person_id = $2 and $6 = exists (select from second_factors_on f where f.person_id = s.person_id)
        on conflict (session_id) do update
            set secret = excluded.secret, recovery_codes = excluded.recovery_codes, shown_at = excluded.shown_at",
        owner.session.0,
        owner.person.0,
        secret,
        &codes::new_recovery_codes()?,
        now,
        is_on,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the first code of the app: from now on signing in asks for one, and an earlier key and its recovery codes end. The
/// session goes on under another token, and the person's other sessions end, with what they show. The same form sent twice
/// is answered twice. Returns none if this session shows no key any more, or was ended meanwhile.
///
/// # Errors
/// [`Problem::FirstFactorCodeWrong`] on `factor_code`.
pub async fn confirm_second_factor(
    services: &Services,
    owner: FactorOwner,
    code: &FactorCode,
    from: Visitor<'_>,
) -> Result<Option<Entered>> {
    let person = owner.person;
    let now = services.clock.now();
    let mut db = services.begin().await?;
    one_at_a_time(&mut db, person).await?;
    // The session cannot end any more before this is committed.
    let shown = sqlx::query!(
        r#"select n.secret as "secret!", n.recovery_codes, n.shown_at,
            exists (select from second_factors f where f.person_id = s.person_id and f.confirmed_at is not null) as "moves!"
        from sessions s
        join second_factor_shown n on n.session_id = s.id and n.secret is not null and n.shown_at > $3
        where s.id = $1 and s.person_id = $2 and s.ends_at > $4 for update of s"#,
        owner.session.0,
        person.0,
        now - SOON,
        now,
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(shown) = shown else {
        if !entering::opened_just_now(&mut db, owner.session, code, now).await? {
            return Ok(None);
        }
        let Some(renewed) = sessions::renew(&mut db, owner.session, now).await? else { return Ok(None) };
        let device = devices::remember_for_codes(&mut db, person, from.device, now).await?;
        db.commit().await?;
        return Ok(Some(Entered { token: renewed.token, lasts: renewed.lasts, person, device }));
    };
    let step = match code {
        FactorCode::App(digits) => totp::accepted(&shown.secret, *digits, now, 0),
        FactorCode::Recovery(_) => None,
    };
    let step = step.ok_or_else(|| Error::invalid("factor_code", Problem::FirstFactorCodeWrong))?;
    // A key that is shown beside a confirmed one was begun with a code of that one.
    let confirmed = sqlx::query!(
        "insert into second_factors as f (person_id, secret, started_at, confirmed_at, last_step) values ($1, $2, $3, $3, $4)
        on conflict (person_id) do update
            set secret = excluded.secret, started_at = excluded.started_at, confirmed_at = excluded.confirmed_at,
                last_step = excluded.last_step
        where f.confirmed_at is null or f.confirmed_at <= $5",
        person.0,
        shown.secret,
        now,
        step,
        shown.shown_at,
    )
    .execute(&mut *db)
    .await?;
    if confirmed.rows_affected() == 0 {
        return Ok(None);
    }
    codes::replace(&mut db, person.0, &shown.recovery_codes).await?;
    show_no_more(&mut db, owner).await?;
    signing_out::end_others(&mut db, person, Some(owner.session)).await?;
    let Some(renewed) = entering::passed(&mut db, owner.session, now).await? else { return Ok(None) };
    let device = devices::remember_for_codes(&mut db, person, from.device, now).await?;
    audit::record(&mut db, sessions::event("accounts.second_factor_set_up", person, now)).await?;
    let (subject, what) = if shown.moves {
        (
            "Your second factor is on another phone",
            "You moved your second factor to another phone: codes of the old one, and your old recovery codes, do not work any more. All other devices were signed out.",
        )
    } else {
        (
            "Your account has a second factor",
            "You set up a second factor: from now on, signing in asks for a code from your app after the password. All other devices were signed out.",
        )
    };
    ending::tell(services, &mut db, person, subject, what).await?;
    db.commit().await?;
    Ok(Some(Entered { token: renewed.token, lasts: renewed.lasts, person, device }))
}

async fn show_no_more(db: &mut PgConnection, owner: FactorOwner) -> Result<()> {
    sqlx::query!("delete from second_factor_shown where session_id = $1", owner.session.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Makes new recovery codes, which this session shows. They replace the old ones when the person has kept them. The same form sent twice
/// makes them once.
///
/// # Errors
/// [`Problem::CurrentPasswordWrong`] or [`Problem::SignInWait`] on `current_password`; [`Problem::FactorCodeWrong`], also
/// without a second factor, or [`Problem::FactorCodeWait`] on `factor_code`.
pub async fn new_recovery_codes(
    services: &Services,
    actor: &Actor,
    password: &Password,
    code: &FactorCode,
    from: Visitor<'_>,
) -> Result<()> {
    let owner = FactorOwner::from(actor);
    ending::check_password(services, owner, password, "current_password").await?;
    let what = entering::For::Showing(owner.session);
    let taken = entering::take_code(services, owner.person, code, from, "factor_code", what).await?;
    let Some(mut db) = taken else { return Ok(()) };
    show(&mut db, owner, None, true, services.clock.now()).await?;
    db.commit().await?;
    Ok(())
}

/// The person has kept the new recovery codes: from now on only they count, and nothing shows them again. `digest` says
/// which ones the person has seen. Returns whether those are in force now, also when they have said so before: otherwise nothing has
/// changed.
///
/// # Errors
/// When the database fails.
pub async fn keep_recovery_codes(services: &Services, actor: &Actor, digest: &str) -> Result<bool> {
    let owner = FactorOwner::from(actor);
    let person = owner.person;
    let now = services.clock.now();
    let mut db = services.begin().await?;
    one_at_a_time(&mut db, person).await?;
    let shown = sqlx::query_scalar!(
        "delete from second_factor_shown where session_id = $1 and secret is null and shown_at > $2 returning recovery_codes",
        owner.session.0,
        now - SOON,
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(shown) = shown else { return codes::in_force(&mut db, person.0, digest).await };
    // Other ones stay: the transaction is not committed.
    if codes::digest(&shown) != digest {
        return Ok(false);
    }
    let is_on = sqlx::query_scalar!(
        r#"select exists (select from second_factors_on where person_id = $1) as "is_on!""#,
        person.0,
    )
    .fetch_one(&mut *db)
    .await?;
    if !is_on {
        return Ok(false);
    }
    codes::replace(&mut db, person.0, &shown).await?;
    audit::record(&mut db, sessions::event("accounts.recovery_codes_replaced", person, now)).await?;
    let what = "You made new recovery codes: the old ones do not work any more.";
    ending::tell(services, &mut db, person, "Your recovery codes were replaced", what).await?;
    db.commit().await?;
    Ok(true)
}

/// Removes what no session shows any more.
pub(in crate::accounts) async fn forget_shown(services: &Services) -> Result<()> {
    let long_ago = services.clock.now() - SOON;
    in_portions(|| {
        sqlx::query!(
            "delete from second_factor_shown where ctid = any(array(
                select ctid from second_factor_shown where shown_at <= $1 order by shown_at limit $2 for update skip locked))",
            long_ago,
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    Ok(())
}
