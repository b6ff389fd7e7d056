//! What stops repeated false sign-ins.
//!
//! Failures count for the e-mail address that was tried, known or not, with waits that double; and, far more generously,
//! for the network address, because a whole examination room sits behind one. The network address is kept for this alone:
//! no other module reads the table, and rows go after ninety days.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use domain::accounts::EmailAddress;
use sqlx::PgConnection;

use crate::{Result, Services, random};

/// Wrong tries in a row that cost nothing: people mistype.
const FREE_TRIES: i32 = 4;
const FIRST_WAIT: Duration = Duration::seconds(30);
const LONGEST_WAIT: Duration = Duration::hours(1);
/// A streak is forgotten after a quiet day.
const STREAK: Duration = Duration::days(1);

const ADDRESS_FAILURES: i64 = 200;
const ADDRESS_WINDOW: Duration = Duration::minutes(15);
const ADDRESSES_KEPT: Duration = Duration::days(90);

/// How long the next try has to wait after this many failures in a row: 30 seconds after the fifth, then twice as long
/// each time, an hour at most.
fn wait(failures: i32) -> Duration {
    match failures - FREE_TRIES {
        ..=0 => Duration::zero(),
        over @ 1..=7 => (FIRST_WAIT * 2_i32.pow(u32::try_from(over - 1).unwrap_or(0))).min(LONGEST_WAIT),
        _ => LONGEST_WAIT,
    }
}

/// Whether a try from here for this account may be judged now.
pub(super) async fn may_try(
    db: &mut PgConnection,
    email: &EmailAddress,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let waits = sqlx::query_scalar!(
        r#"select exists (select from sign_in_waits where email_hash = $1 and wait_until > $2)
            or (select count(*) from sign_in_addresses where address = $3 and failed_at > $4) >= $5 as "waits!""#,
        random::hash(email.as_str()),
        now,
        address.map(sqlx::types::ipnetwork::IpNetwork::from),
        now - ADDRESS_WINDOW,
        ADDRESS_FAILURES,
    )
    .fetch_one(db)
    .await?;
    Ok(!waits)
}

pub(super) async fn failed(
    db: &mut PgConnection,
    email: &EmailAddress,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<()> {
    let email_hash = random::hash(email.as_str());
    let failures = sqlx::query_scalar!(
        "insert into sign_in_waits as w (email_hash, failures, last_failed_at, wait_until) values ($1, 1, $2, $2)
        on conflict (email_hash) do update set
            failures = case when w.last_failed_at < $3 then 1 else w.failures + 1 end, last_failed_at = $2
        returning failures",
        email_hash,
        now,
        now - STREAK,
    )
    .fetch_one(&mut *db)
    .await?;
    sqlx::query!(
        "update sign_in_waits set wait_until = $2 where email_hash = $1",
        email_hash,
        now + wait(failures)
    )
    .execute(&mut *db)
    .await?;
    if let Some(address) = address {
        let address = sqlx::types::ipnetwork::IpNetwork::from(address);
        sqlx::query!("insert into sign_in_addresses (address, failed_at) values ($1, $2)", address, now)
            .execute(db)
            .await?;
    }
    Ok(())
}

/// The person has shown who they are, by password or by link: the streak is over.
pub(super) async fn succeeded(db: &mut PgConnection, email: &str) -> Result<()> {
    sqlx::query!("delete from sign_in_waits where email_hash = $1", random::hash(email)).execute(db).await?;
    Ok(())
}

/// Removes what is no longer needed. Returns how many addresses went.
pub async fn forget_old_addresses(services: &Services) -> Result<u64> {
    let now = services.clock.now();
    let gone = sqlx::query!("delete from sign_in_addresses where failed_at < $1", now - ADDRESSES_KEPT)
        .execute(&services.db)
        .await?;
    sqlx::query!("delete from sign_in_waits where last_failed_at < $1", now - STREAK)
        .execute(&services.db)
        .await?;
    Ok(gone.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_half_a_minute_to_an_hour() {
        let seconds: Vec<_> = (3..=13).map(|failures| wait(failures).num_seconds()).collect();
        assert_eq!(seconds, [0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    }
}
