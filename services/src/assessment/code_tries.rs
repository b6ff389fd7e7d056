//! Access codes are short, so they are not to be found by trying: ten wrong ones in an hour, then a wait, wherever they are tried.
//! It concerns the person alone who tries.

use chrono::{DateTime, Duration, Utc};
use domain::Problem;
use sqlx::PgConnection;

use crate::{Error, Result, Services, accounts::Actor, audit, moment::day_time};

/// Wrong codes in an hour.
const MOST: i32 = 10;
const WINDOW: Duration = Duration::hours(1);

/// A try that was let in, and counts until the code is found to be right. So of codes that are tried at once no more are looked at
/// than of codes one after another.
pub(super) struct Try {
    number: i32,
}

impl Try {
    /// Not within a transaction: what is refused afterwards has been tried all the same.
    ///
    /// # Errors
    /// [`Problem::CodeWait`] on `code` after too many.
    pub(super) async fn begin(services: &Services, db: &mut PgConnection, actor: &Actor) -> Result<Self> {
        let now = services.clock.now();
        let row = sqlx::query!(
            "insert into code_tries as t (person_id, tries, since) values ($1, 1, $2)
            on conflict (person_id) do update set
                tries = case when t.since <= $3 then 1 else least(t.tries, $4) + 1 end,
                since = case when t.since <= $3 then excluded.since else t.since end
            returning tries, since",
            actor.person().0,
            now,
            now - WINDOW,
            MOST,
        )
        .fetch_one(db)
        .await?;
        if row.tries > MOST { Err(wait(row.since)) } else { Ok(Self { number: row.tries }) }
    }

    pub(super) async fn was_right(self, db: &mut PgConnection, actor: &Actor) -> Result<()> {
        sqlx::query!(
            "update code_tries set tries = greatest(tries - 1, 0) where person_id = $1",
            actor.person().0
        )
        .execute(db)
        .await?;
        Ok(())
    }

    /// The last that is let in is written down.
    pub(super) async fn was_wrong(
        self,
        services: &Services,
        db: &mut PgConnection,
        actor: &Actor,
    ) -> Result<()> {
        if self.number == MOST {
            let event = audit::Event {
                at: services.clock.now(),
                actor: Some(actor.person()),
                subject: Some(actor.person()),
                action: "assessment.code_wait",
            };
            audit::record(db, event).await?;
        }
        Ok(())
    }
}

fn wait(since: DateTime<Utc>) -> Error {
    Error::invalid("code", Problem::CodeWait { until: day_time(since + WINDOW) })
}

/// Counts go a day after they began. Gives how many.
pub async fn forget_code_tries(services: &Services) -> Result<u64> {
    let gone =
        sqlx::query!("delete from code_tries where since < $1", services.clock.now() - Duration::days(1))
            .execute(&services.db)
            .await?;
    Ok(gone.rows_affected())
}
