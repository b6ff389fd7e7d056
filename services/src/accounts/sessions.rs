//! Signing in, and the signed-in devices. How sessions end is in `signing_out.rs`; a session's open event streams end with
//! it, because a trigger notifies them.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use domain::{
    Problem,
    accounts::{EmailAddress, Password, PersonId, SessionId, device_name},
    assessment::delivery::SittingId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Actor, HalfOpen, Known, Needs, Visitor, devices, guard,
    second_factor::{AT_MOST, PersonNow, SOON, required},
};
use crate::{
    Error, Result, Services,
    kit::{
        audit,
        batcher::Batcher,
        random::{self, Token},
    },
};

/// How long a session lasts: two days, or two weeks for a person who asked to be remembered.
const PLAIN: Duration = Duration::days(2);
const REMEMBERED: Duration = Duration::days(14);
/// `last_used_at` is accurate to this interval, so that reading a page does not mean writing a row.
const USE_NOTED_EVERY: Duration = Duration::minutes(5);
/// How many devices of a person are signed in at most. The one that was used longest ago is signed out first.
pub(super) const SESSIONS: i64 = 30;
/// The same for sessions that are half open: they are counted apart, so that a password alone signs no device out, and
/// for each source apart, so that it pushes out no half open session of the owner either.
pub(super) const HALF_OPEN: i64 = 3;

/// The data of the sign-in form, and its origin.
pub struct SignIn<'a> {
    pub email: EmailAddress,
    pub password: Password,
    pub remember: bool,
    pub user_agent: &'a str,
    pub from: Visitor<'a>,
    /// The token that the browser presents now, if any: its session ends, and a new token replaces it.
    pub presented: Option<&'a str>,
}

/// A session that was just opened.
pub struct Opened {
    pub token: Token,
    /// How long it lasts, and how long the browser keeps its cookie: phones close browsers when they like. A session that
    /// stays half open ends long before.
    pub lasts: Duration,
    pub person: PersonId,
    /// The token by which the browser is known from now on, for [`super::KNOWN_FOR`]. While a code is missing, it is not
    /// made known.
    pub device: Option<String>,
    /// What the session is half open without.
    pub needs: Option<Needs>,
    /// The paper that the person sits meanwhile, where a second factor is to be set up.
    pub sits: Option<SittingId>,
}

/// The token under which a session goes on.
pub struct Renewed {
    pub token: Token,
    /// How long the session still lasts.
    pub lasts: Duration,
}

/// # Errors
/// [`Problem::SignInFailed`] on `email`, the same for a wrong password and an unknown address; [`Problem::SignInWait`] after too
/// many tries, whether there is such an account or not.
pub async fn sign_in(services: &Services, form: SignIn<'_>) -> Result<Opened> {
    let refused = || Error::invalid("email", Problem::SignInFailed);
    let let_in = guard::let_in(services, &form.email, form.from).await?.or_wait("email")?;
    let found = sqlx::query!("select id, password_hash from people where email = $1", form.email.as_str())
        .fetch_optional(&services.db)
        .await?;
    let stored = found.as_ref().and_then(|person| person.password_hash.as_deref());
    let right = services.hasher.verify(form.password.as_str(), stored).await?;
    let Some(person) = found.filter(|_| right).map(|person| PersonId(person.id)) else {
        guard::wrong(services, form.from).await?;
        return Err(refused());
    };
    let now = services.clock.now();
    let mut db = services.begin().await?;
    guard::right(&mut db, let_in).await?;
    let (needs, sits) = Needs::of_person(services, &mut db, person).await?;
    // Who sits a paper has a session that lasts as if it had been open when the role was given.
    let source = if needs.is_some() && sits.is_none() {
        let judged = guard::let_half_in(&mut db, &form.email, person, form.from, now).await?;
        // The password was right, also if they wait. And a code that is accepted meanwhile holds the session, and waits for
        // the count: nobody may hold the count, and wait for the session.
        db.commit().await?;
        let source = judged.or_wait("email")?.source();
        db = services.begin().await?;
        Some(source)
    } else {
        None
    };
    if let Some(token) = form.presented {
        sqlx::query!("delete from sessions where token_hash = $1", random::hash(token))
            .execute(&mut *db)
            .await?;
    }
    let lasts = if form.remember { REMEMBERED } else { PLAIN };
    let token = open(&mut db, person, form.user_agent, now, lasts, source.as_deref()).await?;
    let (device, action) = match needs {
        Some(Needs::Code) => (None, "accounts.code_asked_for"),
        None | Some(Needs::SetUp) => {
            (Some(devices::remember(&mut db, person, form.from.device, now).await?), "accounts.signed_in")
        }
    };
    audit::record(&mut db, event(action, person, now)).await?;
    db.commit().await?;
    Ok(Opened { token, lasts, person, device, needs, sits })
}

/// Half, if it comes from a source of such sessions.
async fn open(
    db: &mut PgConnection,
    person: PersonId,
    user_agent: &str,
    now: DateTime<Utc>,
    lasts: Duration,
    half_from: Option<&[u8]>,
) -> Result<Token> {
    let token = Token::new()?;
    let (ends, whole_until) = if half_from.is_some() { (SOON, Some(now + lasts)) } else { (lasts, None) };
    sqlx::query!(
        "insert into sessions
            (id, token_hash, person_id, device, created_at, last_used_at, ends_at, whole_until, half_source)
        values ($1, $2, $3, $4, $5, $5, $6, $7, $8)",
        Uuid::now_v7(),
        token.hash(),
        person.0,
        device_name(user_agent),
        now,
        now + ends,
        whole_until,
        half_from,
    )
    .execute(&mut *db)
    .await?;
    only_so_many(db, person, half_from).await?;
    Ok(token)
}

/// Signs out the devices that were used longest ago, if there are too many; or ends such half open sessions from this
/// source.
pub(super) async fn only_so_many(
    db: &mut PgConnection,
    person: PersonId,
    half_from: Option<&[u8]>,
) -> Result<()> {
    sqlx::query!(
        "delete from sessions where id in (
            select id from sessions where person_id = $1
                and case when $3::bytea is null then whole_until is null else half_source = $3 end
            order by last_used_at desc, created_at desc, id desc offset $2
        )",
        person.0,
        if half_from.is_some() { HALF_OPEN } else { SESSIONS },
        half_from,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The session goes on under another token: a token that an intruder may have taken from the browser opens nothing any
/// more.
pub(super) async fn renew(
    db: &mut PgConnection,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<Renewed>> {
    let token = Token::new()?;
    let ends = sqlx::query_scalar!(
        "update sessions set token_hash = $2 where id = $1 returning ends_at",
        session.0,
        token.hash(),
    )
    .fetch_optional(db)
    .await?;
    Ok(ends.map(|ends| Renewed { token, lasts: ends - now }))
}

/// The queue in front of the look-up: simultaneous requests share it.
pub(crate) type Sessions = Batcher<Vec<u8>, Result<Option<Known>>>;

/// The owner of a token, if its session is still open and not only half open.
pub async fn actor_for(services: &Services, token: &str) -> Result<Option<Actor>> {
    Ok(match known_by(services, token).await? {
        Some(Known::Actor(actor)) => Some(actor),
        Some(Known::HalfOpen(_) | Known::Sits(..)) | None => None,
    })
}

/// Whom a token belongs to, if its session is still open: the one place that decides who is signed in, and whose session
/// is only half open. One query, and every five minutes another. A session that signing in has opened half becomes whole
/// where nothing is missing any more: the role was taken back.
pub async fn known_by(services: &Services, token: &str) -> Result<Option<Known>> {
    let asked = services.clone();
    let look_up = move |hashes: Vec<Vec<u8>>| {
        let services = asked.clone();
        async move {
            match owners_of(&services, &hashes).await {
                Ok(owners) => hashes.iter().map(|hash| Ok(owners.get(hash).cloned())).collect(),
                Err(error) => error.to_each(hashes.len()),
            }
        }
    };
    let found = services.queues.sessions.ask(random::hash(token), look_up).await;
    found.ok_or(Error::Unavailable(sqlx::Error::PoolTimedOut))?
}

/// By the hash of the token. Records that a session was used if that has not been recorded for a while.
async fn owners_of(services: &Services, hashes: &[Vec<u8>]) -> Result<HashMap<Vec<u8>, Known>> {
    let now = services.clock.now();
    let mut db = services.session_batch_pool.take().await?;
    let rows = sqlx::query!(
        r#"select s.token_hash, s.id, s.person_id, p.full_name, s.last_used_at < $3 as "unnoted!",
            r.has_role as "has_role!", r.follows_cohorts as "follows_cohorts!", r.support as "support!",
            f.has_factor as "has_factor!", s.second_factor_at is not null as "passed!",
            s.whole_until is not null as "opened_half!", s.whole_until is not null and s.created_at > $4 as "fresh!",
            -- Asked only where it decides something.
            case when $5::boolean and r.has_role and not f.has_factor then (
                select u.sitting_id from sittings_under_way u where u.person_id = p.id order by u.sitting_id desc limit 1
            ) end as "sits?"
        from unnest($1::bytea[]) as asked (token_hash)
        -- Each by its hash: by the end of the sessions, the planner would read all open ones.
        cross join lateral (select * from sessions s where s.token_hash = asked.token_hash offset 0) s
        join people p on p.id = s.person_id
        cross join lateral roles_of(p.id) r
        cross join lateral (
            select exists (select from second_factors_on x where x.person_id = p.id) as has_factor offset 0
        ) f
        where s.ends_at > $2 and p.activated_at is not null and p.withdrawn_at is null"#,
        hashes,
        now,
        now - USE_NOTED_EVERY,
        now - AT_MOST,
        required(services, true),
    )
    .fetch_all(&mut *db)
    .await?;
    let needs: Vec<_> = rows
        .iter()
        .map(|row| {
            let of = PersonNow { has_factor: row.has_factor, has_role: row.has_role };
            Needs::of(services, of, row.passed)
        })
        .collect();
    let whole: Vec<_> = rows
        .iter()
        .zip(&needs)
        .filter(|(row, needs)| row.opened_half && needs.is_none())
        .map(|(row, _)| row.id)
        .collect();
    if !whole.is_empty() {
        sqlx::query!(
            "update sessions set ends_at = whole_until, whole_until = null, half_source = null
            where id = any($1) and whole_until is not null",
            &whole,
        )
        .execute(&mut *db)
        .await?;
    }
    let unnoted: Vec<_> = rows.iter().filter(|row| row.unnoted).map(|row| row.id).collect();
    if !unnoted.is_empty() {
        // A session that is already being recorded need not be waited for.
        sqlx::query!(
            "update sessions set last_used_at = $2 where id in (select id from sessions where id = any($1) for update skip locked)",
            &unnoted,
            now,
        )
        .execute(&mut *db)
        .await?;
    }
    db.give_back();
    let found = rows.into_iter().zip(needs).map(|(row, needs)| {
        let (person, session) = (PersonId(row.person_id), SessionId(row.id));
        let actor = Actor {
            person,
            session,
            name: row.full_name,
            follows_cohorts: row.follows_cohorts,
            support: row.support,
            looks: true,
            only_sits: false,
        };
        let sits = row.sits.map(SittingId);
        let owner = match needs.map(|needs| HalfOpen { person, session, needs, fresh: row.fresh, sits }) {
            None => Known::Actor(actor),
            Some(half) if sits.is_some() => {
                let candidate = Actor { follows_cohorts: false, support: false, only_sits: true, ..actor };
                Known::Sits(candidate, half)
            }
            Some(half) => Known::HalfOpen(half),
        };
        (row.token_hash, owner)
    });
    Ok(found.collect())
}

/// Whether the session of the request is still open, and has not become half open since.
pub(crate) async fn session_is_open(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
) -> Result<bool> {
    let open = sqlx::query!(
        r#"select s.second_factor_at is not null as "passed!", r.has_role as "has_role!",
            exists (select from second_factors_on f where f.person_id = s.person_id) as "has_factor!"
        from sessions s cross join lateral roles_of(s.person_id) r where s.id = $1 and s.ends_at > $2"#,
        actor.session.0,
        services.clock.now(),
    )
    .fetch_optional(db)
    .await?;
    Ok(open.is_some_and(|open| {
        let of = PersonNow { has_factor: open.has_factor, has_role: open.has_role };
        Needs::of(services, of, open.passed).is_none_or(|needs| actor.only_sits && needs == Needs::SetUp)
    }))
}

pub(super) fn event(action: &str, person: PersonId, at: DateTime<Utc>) -> audit::Event<'_> {
    audit::Event { at, actor: Some(person), subject: Some(person), action }
}
