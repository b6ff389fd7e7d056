//! How often somebody may do what costs a core or a store much, whether it comes to anything or not. It is counted in `done_forms`, whose rows go
//! after a day.

use chrono::{DateTime, Duration, Utc};
use domain::accounts::PersonId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Result, Services, accounts};

/// The most that one person does in any hour, and in any day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// As stored.
    pub what: &'static str,
    pub an_hour: u16,
    pub a_day: u16,
}

impl Rate {
    /// When the person may do it again; `None` at once.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn again(
        &self,
        services: &Services,
        db: &mut PgConnection,
        person: PersonId,
    ) -> Result<Option<DateTime<Utc>>> {
        let now = services.clock.now();
        let mut again = None;
        for (most, within) in [(self.an_hour, Duration::hours(1)), (self.a_day, Duration::days(1))] {
            let counts = sqlx::query_scalar!(
                "select done_at from done_forms where person_id = $1 and what = $2 and done_at > $3
                order by done_at desc offset $4 limit 1",
                person.0,
                self.what,
                now - within,
                i64::from(most.saturating_sub(1)),
            )
            .fetch_optional(&mut *db)
            .await?;
            again = again.max(counts.map(|done_at| done_at + within));
        }
        Ok(again)
    }

    /// The same, and counts one more if it is at once. Those of the same person come one after the other.
    ///
    /// # Errors
    /// As [`Self::again`].
    pub(crate) async fn take(
        &self,
        services: &Services,
        db: &mut PgConnection,
        person: PersonId,
    ) -> Result<Option<DateTime<Utc>>> {
        accounts::one_at_a_time(db, person).await?;
        let again = self.again(services, db, person).await?;
        if again.is_none() {
            let one = Uuid::now_v7();
            sqlx::query!(
                "insert into done_forms (person_id, token, what, made, done_at) values ($1, $2, $3, $2, $4)",
                person.0,
                one,
                self.what,
                services.clock.now(),
            )
            .execute(db)
            .await?;
        }
        Ok(again)
    }
}
