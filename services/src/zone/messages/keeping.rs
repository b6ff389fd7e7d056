use chrono::{DateTime, Duration, Utc};

use super::limits::COUNTED;
use crate::{Result, Services, kit::portions::PORTION};

/// How long a message is kept, and a report from when it is closed.
const KEPT: Duration = Duration::days(365);

/// What is removed when it is old.
#[derive(Debug, Clone, Copy)]
enum Old {
    Messages,
    Reports,
    Sendings,
}

/// Removes messages that are a year old, except those of open reports; reports that were closed a year ago; and how often somebody sent messages,
/// after a day. Returns how many rows.
///
/// # Errors
/// When the database fails.
pub async fn forget_old_messages(services: &Services) -> Result<u64> {
    let now = services.clock.now();
    let mut gone = 0;
    for (what, before) in
        [(Old::Messages, now - KEPT), (Old::Reports, now - KEPT), (Old::Sendings, now - COUNTED)]
    {
        loop {
            let portion = forget_some(services, what, before).await?;
            gone += portion;
            if portion < PORTION.unsigned_abs() {
                break;
            }
        }
    }
    Ok(gone)
}

/// One portion, in a transaction of its own, to which the database shows what is older than `before`.
async fn forget_some(services: &Services, what: Old, before: DateTime<Utc>) -> Result<u64> {
    let mut db = services.begin().await?;
    sqlx::query_scalar!("select set_config('zone.old', $1::timestamptz::text, true)", before)
        .fetch_one(&mut *db)
        .await?;
    let gone = match what {
        Old::Messages => {
            sqlx::query!(
                "delete from zone_messages where id = any(array(
                    select m.id from zone_messages m
                    where m.sent_at < $1
                        and not exists (select from zone_reports r where r.message_id = m.id and r.closed_at is null)
                    order by m.sent_at limit $2))",
                before,
                PORTION,
            )
            .execute(&mut *db)
            .await?
        }
        Old::Reports => {
            sqlx::query!(
                "delete from zone_reports where id = any(array(
                    select r.id from zone_reports r where r.closed_at < $1 order by r.closed_at limit $2))",
                before,
                PORTION,
            )
            .execute(&mut *db)
            .await?
        }
        Old::Sendings => {
            sqlx::query!(
                "delete from zone_sendings where id = any(array(
                    select s.id from zone_sendings s where s.sent_at < $1 order by s.sent_at limit $2))",
                before,
                PORTION,
            )
            .execute(&mut *db)
            .await?
        }
    };
    db.commit().await?;
    Ok(gone.rows_affected())
}
