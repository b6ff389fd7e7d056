//! Access codes are short, so guessing must be limited: ten wrong codes in an hour, then a wait, whatever papers they
//! are tried on. The wait affects only the person who tries. Repeating a code reveals nothing new and does not count as
//! a try: a page may be loaded again.

use chrono::{DateTime, Duration, Utc};
use domain::Problem;
use sqlx::PgConnection;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        audit,
        moment::day_time,
        portions::{PORTION, in_portions},
        random,
    },
};

/// Wrong codes in an hour.
const MOST: i32 = 10;
const WINDOW: Duration = Duration::hours(1);

/// An admitted try, which counts until the code proves right. So codes that are tried at once are looked at no more
/// often than codes tried one after another.
pub(crate) struct Try {
    pub(crate) number: i32,
    /// The code that was tried, and whether the try counts.
    pub(crate) code: Vec<u8>,
    pub(crate) counted: bool,
}

impl Try {
    /// Not within a transaction: a refused try counts all the same. `code` is the code, with its paper.
    ///
    /// # Errors
    /// [`Problem::CodeWait`] on `code` after too many; [`Error::NotFound`] for a HEAD request, whose code is not
    /// checked.
    pub(crate) async fn begin(
        services: &Services,
        db: &mut PgConnection,
        actor: &Actor,
        code: &str,
    ) -> Result<Self> {
        if !actor.looks() {
            return Err(Error::NotFound);
        }
        let code = random::hash(code);
        let now = services.clock.now();
        let row = sqlx::query!(
            "insert into code_tries as t (person_id, tries, since, codes, counted) values ($1, 1, $2, array[$5::bytea], true)
            on conflict (person_id) do update set
                tries = case when t.since <= $3 then 1 when $5 = any(t.codes) then t.tries else least(t.tries, $4) + 1 end,
                codes = case when t.since <= $3 then excluded.codes
                    when $5 = any(t.codes) or t.tries >= $4 then t.codes else t.codes || $5 end,
                counted = t.since <= $3 or not $5 = any(t.codes),
                since = case when t.since <= $3 then excluded.since else t.since end
            returning tries, since, counted",
            actor.person().0,
            now,
            now - WINDOW,
            MOST,
            code,
        )
        .fetch_one(db)
        .await?;
        if row.tries > MOST {
            Err(wait(row.since))
        } else {
            Ok(Self { number: row.tries, code, counted: row.counted })
        }
    }

    pub(crate) async fn was_right(self, db: &mut PgConnection, actor: &Actor) -> Result<()> {
        sqlx::query!(
            "update code_tries set tries = greatest(tries - 1, 0), codes = array_remove(codes, $2)
            where person_id = $1 and $2 = any(codes)",
            actor.person().0,
            self.code,
        )
        .execute(db)
        .await?;
        Ok(())
    }

    /// The last admitted try is recorded.
    pub(crate) async fn was_wrong(
        self,
        services: &Services,
        db: &mut PgConnection,
        actor: &Actor,
    ) -> Result<()> {
        if self.counted && self.number == MOST {
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

/// Removes counts a day after they began. Returns how many.
pub async fn forget_code_tries(services: &Services) -> Result<u64> {
    let yesterday = services.clock.now() - Duration::days(1);
    in_portions(|| {
        sqlx::query!(
            "delete from code_tries where ctid = any(array(
                select ctid from code_tries where since < $1 order by since limit $2 for update skip locked))",
            yesterday,
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}
