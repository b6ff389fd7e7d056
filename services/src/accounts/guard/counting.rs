//! Counts tries in a row of the table, and says how long the next one waits.

use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;

use crate::Result;

/// How many seconds to wait after the first, second, third try in a row; after the last of these, the same again.
/// People mistype: the first four are free.
const WAITS: [i32; 10] = [0, 0, 0, 0, 30, 60, 120, 240, 480, 900];

/// Counts one more in this row, or returns how long it has to wait. Of several at once, each sees the effect of the one
/// before it.
pub(super) async fn in_a_row(
    db: &mut PgConnection,
    key: &[u8],
    account: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Duration>> {
    // A free try never waits, not even for the moment by which two clocks differ.
    let counted = sqlx::query!(
        "insert into sign_in_tries as t (key, account, tries, tried_at, wait_until)
        values ($1, $2, 1, $3, $3::timestamptz + make_interval(secs => ($4::int[])[1]))
        on conflict (key) do update set tries = t.tries + 1, tried_at = $3,
            wait_until = $3::timestamptz + make_interval(secs => ($4::int[])[least(t.tries + 1, cardinality($4::int[]))])
        where t.wait_until <= $3 or ($4::int[])[least(t.tries, cardinality($4::int[]))] = 0",
        key,
        account,
        now,
        &WAITS[..],
    )
    .execute(&mut *db)
    .await?;
    if counted.rows_affected() > 0 { Ok(None) } else { wait(db, key, now).await.map(Some) }
}

async fn wait(db: &mut PgConnection, key: &[u8], now: DateTime<Utc>) -> Result<Duration> {
    let until = sqlx::query_scalar!("select wait_until from sign_in_tries where key = $1", key)
        .fetch_optional(db)
        .await?;
    // A row that is gone by now causes no wait: the next try is admitted.
    Ok(until.map_or(Duration::zero(), |until| until - now))
}

/// The same with a limit on how many at once, and how soon there is one more: for the tries of all addresses.
/// `wait_until` moves on by that much with each, from so far back that there is room for all.
pub(super) async fn altogether(
    db: &mut PgConnection,
    key: &[u8],
    account: &[u8],
    now: DateTime<Utc>,
    (most, one_more): (i32, Duration),
) -> Result<Option<Duration>> {
    let all_free = now - one_more * (most - 1);
    let counted = sqlx::query!(
        "insert into sign_in_tries as t (key, account, tries, tried_at, wait_until) values ($1, $2, 1, $3, $5)
        on conflict (key) do update set tries = t.tries + 1, tried_at = $3,
            wait_until = greatest(t.wait_until, $4) + ($5::timestamptz - $4::timestamptz)
        where t.wait_until <= $3",
        key,
        account,
        now,
        all_free,
        all_free + one_more,
    )
    .execute(&mut *db)
    .await?;
    if counted.rows_affected() > 0 { Ok(None) } else { wait(db, key, now).await.map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_tries_are_free_and_then_waits_double_up_to_a_quarter_of_an_hour() {
        assert_eq!(WAITS[..5], [0, 0, 0, 0, 30]);
        assert!(WAITS[4..9].windows(2).all(|two| two[1] == two[0] * 2));
        assert_eq!(WAITS.last(), Some(&900));
    }
}
