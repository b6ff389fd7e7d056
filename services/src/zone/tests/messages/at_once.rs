//! Somebody leaves at the moment in which others reach for them.

use domain::zone::messages::ReportSaid;
use sqlx::{Postgres, Transaction};

use super::*;
use crate::zone::messages::{NewReport, block, report};

impl Place {
    /// Until the transaction is committed, they are leaving.
    async fn leaving(&self, member: MemberId) -> Transaction<'_, Postgres> {
        let mut leaving = self.world.services.begin().await.unwrap();
        let gone = sqlx::query("delete from zone_members where id = $1").bind(member.0);
        gone.execute(&mut *leaving).await.unwrap();
        leaving
    }

    /// Commits it when somebody waits for it. Says whether anybody did.
    async fn release(&self, held: Transaction<'_, Postgres>) -> bool {
        let mut waits = false;
        for _ in 0..2_000 {
            waits = sqlx::query_scalar(
                "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')",
            )
            .fetch_one(&self.db)
            .await
            .unwrap();
            if waits {
                break;
            }
        }
        held.commit().await.unwrap();
        waits
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_reaches_for_somebody_who_leaves_at_that_moment_finds_nobody(db: PgPool) {
    let place = place(db).await;
    let (services, north) = (&place.world.services, slug("north"));
    let leaving = place.leaving(place.in_ben).await;
    let (sent, waited) = tokio::join!(place.sends(&place.ann, place.in_ben, "Hello"), place.release(leaving));
    assert!(waited && matches!(sent, Err(Error::NotFound)), "{sent:?}");

    let said = ReportSaid::parse("unkind", "").unwrap();
    let leaving = place.leaving(place.in_ann).await;
    let about = NewReport::Member(place.in_ann);
    let (reported, waited) =
        tokio::join!(report(services, &place.lead, &north, about, &said), place.release(leaving));
    assert!(waited && matches!(reported, Err(Error::NotFound)), "{reported:?}");
    assert_eq!((place.count("zone_messages").await, place.count("outbox").await), (0, 0));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_leaves_while_they_block_somebody_has_blocked_nobody(db: PgPool) {
    let place = place(db).await;
    let leaving = place.leaving(place.in_ben).await;
    let north = slug("north");
    let blocks = block(&place.world.services, &place.ben, &north, place.in_ann);
    let (blocked, waited) = tokio::join!(blocks, place.release(leaving));
    assert!(waited && matches!(blocked, Err(Error::NotFound)), "{blocked:?}");
}
