//! What ends the count of tries: a right password or code, a link, support, and time.

use chrono::Duration;
use domain::accounts::EmailAddress;
use sqlx::PgConnection;

use super::{
    CODES_OF_DAY, EVERYWHERE, HALF_EVERYWHERE, LetIn, ONE_MORE_CODE, account, codes_of, half_of, key,
};
use crate::{
    Result, Services,
    kit::portions::{PORTION, in_portions},
};

/// Tries in a row are forgotten after a quiet day.
const FORGOTTEN: Duration = Duration::days(1);
const ADDRESSES_KEPT: Duration = Duration::days(90);

/// The password was right: the try no longer counts, and the tries before it are over. Rows are locked in the order in
/// which they were counted.
pub(in crate::accounts) async fn right(db: &mut PgConnection, let_in: LetIn) -> Result<()> {
    for key in let_in.rows {
        sqlx::query!("delete from sign_in_tries where key = $1", key).execute(&mut *db).await?;
    }
    for key in let_in.of_day {
        sqlx::query!(
            "update sign_in_tries set tries = tries - 1, wait_until = wait_until - make_interval(secs => $2) where key = $1",
            key,
            ONE_MORE_CODE.as_seconds_f64(),
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// A code was accepted in a session that came from there: it was its owner.
pub(in crate::accounts) async fn half_is_whole(db: &mut PgConnection, source: &[u8]) -> Result<()> {
    sqlx::query!("delete from sign_in_tries where key = $1", source).execute(db).await?;
    Ok(())
}

/// A new password was chosen with a link: earlier guesses mean nothing any more, whatever their origin. Returns how many counts ended.
pub(in crate::accounts) async fn start_anew(db: &mut PgConnection, email: &EmailAddress) -> Result<u64> {
    let whole = forget(&mut *db, &account(email), &key(email, EVERYWHERE)).await?;
    Ok(whole + forget(db, &half_of(email), &key(email, HALF_EVERYWHERE)).await?)
}

/// The row of all sources comes last, because it is counted last.
async fn forget(db: &mut PgConnection, account: &[u8], last: &[u8]) -> Result<u64> {
    let each = sqlx::query!("delete from sign_in_tries where account = $1 and key <> $2", account, last)
        .execute(&mut *db)
        .await?;
    let all = sqlx::query!("delete from sign_in_tries where key = $1", last).execute(db).await?;
    Ok(each.rows_affected() + all.rows_affected())
}

/// Support has made sure whose account it is: earlier wrong codes mean nothing any more. Returns how many counts ended.
pub(in crate::accounts) async fn start_codes_anew(
    db: &mut PgConnection,
    email: &EmailAddress,
) -> Result<u64> {
    forget(db, &codes_of(email), &key(email, CODES_OF_DAY)).await
}

/// Removes data that is no longer needed. Returns how many addresses were removed.
pub async fn forget_old_addresses(services: &Services) -> Result<u64> {
    let now = services.clock.now();
    let gone = in_portions(|| {
        sqlx::query!(
            "delete from sign_in_addresses where ctid = any(array(
                select ctid from sign_in_addresses where failed_at < $1 order by failed_at limit $2 for update skip locked))",
            now - ADDRESSES_KEPT,
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    in_portions(|| {
        sqlx::query!(
            "delete from sign_in_tries where ctid = any(array(
                select ctid from sign_in_tries where tried_at < $1 order by tried_at limit $2 for update skip locked))",
            now - FORGOTTEN,
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    Ok(gone)
}
