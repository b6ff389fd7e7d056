//! Stops repeated false sign-ins without shutting out the account's owner.
//!
//! A try counts from the moment when it is admitted until its password proves right; then it no longer counts. So
//! guesses sent all at once are admitted no more often than guesses sent one after another, and together they raise the
//! wait by one step. A try during a wait is refused unread and does not count; the reply says how long the wait is.
//!
//! A try is judged by its origin:
//!
//! - From a *known device*, a browser that signed in to this account before or chose its password with a link: by the
//!   tries of this device alone. Guesses elsewhere do not keep it waiting. Once its own tries make it wait, it is
//!   judged like an unknown device.
//! - From any other device: by the tries for this account from this network address, four of which are free; then waits
//!   double, from half a minute to a quarter of an hour. Guesses at another address do not count there.
//! - The tries of all addresses together are limited too, against an attacker with very many: fifty, and one a minute
//!   more. One address alone never reaches that limit. Until the attackers tire, an unknown device may have to try
//!   again after a minute; a link by e-mail makes it known.
//! - With a code of the second factor: by the tries with a code for this account, wherever from, and on top of that
//!   thirty a day for the account, and one an hour more. Right codes do not end this. On a device where a code of this
//!   second factor was accepted before, by those of this device, with a thirty of its own: guesses elsewhere do not keep
//!   it waiting. A password, or a link to choose one, makes no device known for codes.
//! - A right password that opens a session only half: by the sign-ins of this account that did so from this network, or
//!   on a device where a code was accepted before from this device, ten and one a minute more. Those of all networks
//!   together are limited as the tries are. An accepted code ends the count of where it came from.
//! - Within a session, where the password is asked for before it is changed: by the tries of this session alone.
//!
//! A *network address* where very many tries have failed recently, for any accounts, is slowed and never shut: its
//! tries wait in a line, longer the more have failed, up to a second each, and no account has two places in it. A whole
//! examination room may sit behind one. The line has an end: while a flood of tries fills it, unknown devices are
//! turned away there.
//!
//! An account that does not exist is treated like one that does. Network addresses of failures are kept for this alone, and for
//! ninety days: no other module reads the table.
//!
//! `counting.rs` counts, and `over.rs` ends what was counted.

mod counting;
mod over;

pub use over::forget_old_addresses;
pub(super) use over::{half_is_whole, right, start_anew, start_codes_anew};

use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, Duration, Utc};
use domain::{
    Problem,
    accounts::{EmailAddress, PersonId, SessionId},
};
use sqlx::{PgConnection, types::ipnetwork::IpNetwork};

use counting::{altogether, in_a_row};

use super::devices;
use crate::{Error, Result, Services, kit::random};

/// For all addresses together: how many at once, and how soon there is one more.
const ALTOGETHER: i32 = 50;
const ONE_MORE: Duration = Duration::minutes(1);

/// The same for sign-ins from one source that stay half open.
const HALF_OPENED: i32 = 10;

/// The same for codes of the second factor. A guess is right once in 333,333, because three time steps are accepted.
const CODES: i32 = 30;
const ONE_MORE_CODE: Duration = Duration::hours(1);
/// The person is told of this many wrong codes in a row, after which the waits begin.
const MANY_CODES: i32 = 5;

/// Links to choose a password, requested from one network: a whole cohort may ask on its first day.
const LINKS: i32 = 200;
const ONE_MORE_LINK: Duration = Duration::seconds(2);

/// An address is slowed after this number of failures within the window.
const MANY_FAILURES: u32 = 200;
const WINDOW: Duration = Duration::minutes(15);
/// How much slower each failure makes it. It balances itself: an address whose every try fails gets some three in two
/// seconds.
const SLOWER: std::time::Duration = std::time::Duration::from_micros(500);
const SLOWEST: std::time::Duration = std::time::Duration::from_secs(1);

/// The origin of a try.
#[derive(Debug, Clone, Copy, Default)]
pub struct Visitor<'a> {
    /// Of the browser, if known. Stored only when the sign-in fails.
    pub address: Option<IpAddr>,
    /// The token in the browser's cookie for devices, if it has one.
    pub device: Option<&'a str>,
}

impl Visitor<'_> {
    /// The keys of one connection: the address itself, or for IPv6 the network.
    fn network(self) -> Option<IpAddr> {
        self.address.map(|address| match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
            address @ IpAddr::V4(_) => address,
        })
    }

    fn network_named(self) -> String {
        self.network().map_or_else(|| "somewhere".to_owned(), |network| network.to_string())
    }
}

/// An admitted try.
pub(super) struct LetIn {
    /// The rows that it counts in. They are over when it is right.
    rows: Vec<Vec<u8>>,
    /// Rows of codes in which only the try itself no longer counts then.
    of_day: Vec<Vec<u8>>,
}

impl LetIn {
    fn with(rows: Vec<Vec<u8>>) -> Self {
        Self { rows, of_day: Vec::new() }
    }

    /// The first of the rows that it counts in.
    pub(super) fn source(self) -> Vec<u8> {
        self.rows.into_iter().next().unwrap_or_default()
    }
}

/// What becomes of a try before its password is checked.
pub(super) enum Judged {
    LetIn(LetIn),
    Waits(Duration),
}

impl Judged {
    /// # Errors
    /// [`Problem::SignInWait`] on this field.
    pub(super) fn or_wait(self, field: &str) -> Result<LetIn> {
        self.or_problem(field, |minutes| Problem::SignInWait { minutes })
    }

    /// # Errors
    /// [`Problem::FactorCodeWait`] on this field.
    pub(super) fn or_wait_for_code(self, field: &str) -> Result<LetIn> {
        self.or_problem(field, |minutes| Problem::FactorCodeWait { minutes })
    }

    fn or_problem(self, field: &str, problem: fn(u8) -> Problem) -> Result<LetIn> {
        match self {
            Self::LetIn(let_in) => Ok(let_in),
            Self::Waits(long) => {
                let minutes = (long.num_seconds() + 59) / 60;
                let minutes = u8::try_from(minutes.max(1)).unwrap_or(u8::MAX);
                Err(Error::invalid(field, problem(minutes)))
            }
        }
    }
}

/// Admits a try to sign in, or makes it wait.
pub(super) async fn let_in(services: &Services, email: &EmailAddress, from: Visitor<'_>) -> Result<Judged> {
    let now = services.clock.now();
    let network = from.network();
    let seen = sqlx::query!(
        r#"select (select count(*) from sign_in_addresses where address = $1 and failed_at > $2) as "failures!",
            exists (select from known_devices d join people p on p.id = d.person_id
                where d.token_hash = $3 and p.email = $4 and d.seen_at > $5) as "known!""#,
        network.map(IpNetwork::from),
        now - WINDOW,
        from.device.map(random::hash),
        email.as_str(),
        now - devices::KNOWN_FOR,
    )
    .fetch_one(&services.db)
    .await?;
    if seen.known
        && let Some(device) = from.device
    {
        let row = key(email, &format!("device {device}"));
        if in_a_row(&mut *services.db.acquire().await?, &row, &account(email), now).await?.is_none() {
            return Ok(Judged::LetIn(LetIn::with(vec![row])));
        }
    }
    let failures = u32::try_from(seen.failures).unwrap_or(u32::MAX);
    if let Some(network) = network.filter(|_| failures >= MANY_FAILURES)
        && let long = SLOWER.saturating_mul(failures).min(SLOWEST)
        && !services.queues.turns.wait(network, account(email), long).await
    {
        return Ok(Judged::Waits(ONE_MORE));
    }
    let now = services.clock.now();
    let source = from.network_named();
    let (here, everywhere) = (key(email, &source), key(email, EVERYWHERE));
    let mut db = services.begin().await?;
    if let Some(wait) = in_a_row(&mut db, &here, &account(email), now).await? {
        return Ok(Judged::Waits(wait));
    }
    let bound = (ALTOGETHER, ONE_MORE);
    if let Some(wait) = altogether(&mut db, &everywhere, &account(email), now, bound).await? {
        return Ok(Judged::Waits(wait));
    }
    db.commit().await?;
    Ok(Judged::LetIn(LetIn::with(vec![here, everywhere])))
}

/// The same within a session, for the question for the password before a change.
pub(super) async fn let_in_again(
    services: &Services,
    email: &EmailAddress,
    session: SessionId,
) -> Result<Judged> {
    let row = key(email, &format!("session {session}"));
    let mut db = services.db.acquire().await?;
    Ok(match in_a_row(&mut db, &row, &account(email), services.clock.now()).await? {
        Some(wait) => Judged::Waits(wait),
        None => Judged::LetIn(LetIn::with(vec![row])),
    })
}

/// The same for a code of the second factor. The person who types one knows the password, and could sign in again and again: so
/// the tries of all sessions and addresses count together, those of a device that is known for codes alone. Neither a
/// right password nor a new one starts them anew.
pub(super) async fn let_in_with_code(
    services: &Services,
    email: &EmailAddress,
    person: PersonId,
    from: Visitor<'_>,
) -> Result<Judged> {
    let now = services.clock.now();
    let of_codes = codes_of(email);
    let mut db = services.begin().await?;
    let device = device_for_codes(&mut db, person, from, now).await?;
    let bound = (CODES, ONE_MORE_CODE);
    let of_account = key(email, CODES_OF_DAY);
    if let Some(device) = device {
        let row = key(email, &format!("code, device {device}"));
        let of_device = key(email, &format!("codes of the day, device {device}"));
        if in_a_row(&mut db, &row, &of_codes, now).await?.is_none()
            && altogether(&mut db, &of_device, &of_codes, now, bound).await?.is_none()
        {
            // Those of the account include it, and do not stop it.
            let counts = altogether(&mut db, &of_account, &of_codes, now, bound).await?.is_none();
            let of_day = if counts { vec![of_device, of_account] } else { vec![of_device] };
            db.commit().await?;
            return Ok(Judged::LetIn(LetIn { rows: vec![row], of_day }));
        }
        // It is judged like any other device, and what was counted for it above does not count.
        db.rollback().await?;
        db = services.begin().await?;
    }
    let row = key(email, "code");
    if let Some(wait) = in_a_row(&mut db, &row, &of_codes, now).await? {
        return Ok(Judged::Waits(wait));
    }
    if let Some(wait) = altogether(&mut db, &of_account, &of_codes, now, bound).await? {
        return Ok(Judged::Waits(wait));
    }
    db.commit().await?;
    Ok(Judged::LetIn(LetIn { rows: vec![row], of_day: vec![of_account] }))
}

/// The device, if a code of the present second factor was accepted there before.
async fn device_for_codes<'a>(
    db: &mut PgConnection,
    person: PersonId,
    from: Visitor<'a>,
    now: DateTime<Utc>,
) -> Result<Option<&'a str>> {
    let known = sqlx::query_scalar!(
        r#"select exists (
            select from known_devices d join second_factors f on f.person_id = d.person_id
            where d.token_hash = $1 and d.person_id = $2 and d.code_at > $3 and d.code_at >= f.confirmed_at
        ) as "known!""#,
        from.device.map(random::hash),
        person.0,
        now - devices::KNOWN_FOR,
    )
    .fetch_one(db)
    .await?;
    Ok(from.device.filter(|_| known))
}

/// Admits a sign-in whose password was right, and which stays half open, or makes it wait: who knows the password cannot
/// open one after the other until the owner's is pushed out. [`LetIn::source`] says where it comes from.
pub(super) async fn let_half_in(
    db: &mut PgConnection,
    email: &EmailAddress,
    person: PersonId,
    from: Visitor<'_>,
    now: DateTime<Utc>,
) -> Result<Judged> {
    let half = half_of(email);
    let device = device_for_codes(&mut *db, person, from, now).await?;
    let source = match device {
        Some(device) => key(email, &format!("half open, device {device}")),
        None => key(email, &format!("half open, {}", from.network_named())),
    };
    if let Some(wait) = altogether(&mut *db, &source, &half, now, (HALF_OPENED, ONE_MORE)).await? {
        return Ok(Judged::Waits(wait));
    }
    let everywhere = key(email, HALF_EVERYWHERE);
    let bound = (ALTOGETHER, ONE_MORE);
    if device.is_none()
        && let Some(wait) = altogether(&mut *db, &everywhere, &half, now, bound).await?
    {
        return Ok(Judged::Waits(wait));
    }
    Ok(Judged::LetIn(LetIn::with(vec![source])))
}

/// Whether this wrong code is at least the fifth in a row, where it is counted.
pub(super) async fn is_one_of_many(db: &mut PgConnection, let_in: &LetIn) -> Result<bool> {
    let many = sqlx::query_scalar!(
        r#"select exists (select from sign_in_tries where key = any($1) and tries >= $2) as "many!""#,
        &let_in.rows,
        MANY_CODES,
    );
    Ok(many.fetch_one(db).await?)
}

/// Whether another link may be requested from there, for any account.
pub(super) async fn may_ask_for_link(services: &Services, from: Visitor<'_>) -> Result<bool> {
    let source = from.network_named();
    let row = random::hash(format!("links {source}"));
    let mut db = services.db.acquire().await?;
    let wait = altogether(&mut db, &row, &row, services.clock.now(), (LINKS, ONE_MORE_LINK)).await?;
    Ok(wait.is_none())
}

const EVERYWHERE: &str = "everywhere";
const HALF_EVERYWHERE: &str = "half open, everywhere";
const CODES_OF_DAY: &str = "codes of the day";

/// The row of an account, known or not, and a source.
fn key(email: &EmailAddress, source: &str) -> Vec<u8> {
    random::hash(format!("{} {source}", email.as_str()))
}

/// The row of an account, known or not.
fn account(email: &EmailAddress) -> Vec<u8> {
    random::hash(email.as_str())
}

/// The row of the half open sign-ins of an account. The view `account_facts` names it the same.
fn half_of(email: &EmailAddress) -> Vec<u8> {
    random::hash(format!("half open {}", email.as_str()))
}

/// The row of the codes of an account. The view `account_facts` names it the same.
fn codes_of(email: &EmailAddress) -> Vec<u8> {
    random::hash(format!("codes {}", email.as_str()))
}

/// The password was wrong. The try already counts; its address is stored.
pub(super) async fn wrong(services: &Services, from: Visitor<'_>) -> Result<()> {
    if let Some(network) = from.network() {
        sqlx::query!(
            "insert into sign_in_addresses (address, failed_at) values ($1, $2)",
            IpNetwork::from(network),
            services.clock.now(),
        )
        .execute(&services.db)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_has_one_address_of_ipv4_and_a_network_of_ipv6() {
        let network = |address: &str| {
            let address = Some(address.parse().unwrap());
            Visitor { address, device: None }.network().unwrap().to_string()
        };
        assert_eq!(network("198.51.100.7"), "198.51.100.7");
        assert_eq!(network("::ffff:198.51.100.7"), "198.51.100.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
