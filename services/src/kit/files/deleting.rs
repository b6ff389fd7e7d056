//! Files and the rows that name them. A file is stored before its row is written and deleted after its row is gone, so at no moment does a row
//! name a file that is not there; and a file without a row is deleted by a job, also when a server was killed between the two.

use chrono::Duration;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Error, Result, Services};

/// How long a file may be stored without a row that names it.
const UNNAMED: Duration = Duration::hours(1);
/// How many files are deleted before their keys are.
const AT_A_TIME: i64 = 100;

/// Stores a file under a new key. [`named`] keeps it, in the transaction that writes the key into a row; otherwise it is deleted.
///
/// # Errors
/// Those of the store and of the database.
pub(crate) async fn keep(services: &Services, bytes: Vec<u8>) -> Result<Uuid> {
    let key = Uuid::now_v7();
    sqlx::query!(
        "insert into files_to_delete (key, not_before) values ($1, $2)",
        key,
        services.clock.now() + UNNAMED,
    )
    .execute(&services.db)
    .await?;
    services.files.put(key, bytes).await?;
    Ok(key)
}

/// A row of this transaction names the file from now on. The table of the row has a trigger with `file_unnamed` for what comes later.
///
/// # Errors
/// [`Error::Failed`] when the file has been deleted, because it had waited for longer than an hour.
pub(crate) async fn named(db: &mut PgConnection, key: Uuid) -> Result<()> {
    let kept = sqlx::query!("delete from files_to_delete where key = $1", key).execute(db).await?;
    if kept.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::failed("the file waited too long for its row"))
    }
}

/// Deletes the files that no row names. Returns how many. Of two servers at once both delete the same files, which does no harm.
pub async fn delete_files(services: &Services) -> Result<u64> {
    let mut gone = 0;
    loop {
        let keys = sqlx::query_scalar!(
            "select key from files_to_delete where not_before is null or not_before <= $1 order by key limit $2",
            services.clock.now(),
            AT_A_TIME,
        )
        .fetch_all(&services.db)
        .await?;
        if keys.is_empty() {
            return Ok(gone);
        }
        services.files.delete(&keys).await?;
        let deleted = sqlx::query!("delete from files_to_delete where key = any($1)", &keys);
        gone += deleted.execute(&services.db).await?.rows_affected();
    }
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    use super::*;
    use crate::testing::World;

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_file_is_deleted_after_an_hour_unless_a_row_names_it(db: PgPool) {
        let world = World::new(db);
        let services = &world.services;
        let (named_one, other) = (
            keep(services, b"one".to_vec()).await.unwrap(),
            keep(services, b"other".to_vec()).await.unwrap(),
        );
        let mut transaction = services.begin().await.unwrap();
        named(&mut transaction, named_one).await.unwrap();
        transaction.commit().await.unwrap();
        world.clock.advance(UNNAMED - Duration::seconds(1));
        assert_eq!(delete_files(services).await.unwrap(), 0);
        assert_eq!(services.files.get(other).await.unwrap(), b"other");
        world.clock.advance(Duration::seconds(1));
        assert_eq!(delete_files(services).await.unwrap(), 1);
        assert!(matches!(services.files.get(other).await, Err(Error::NotFound)));
        assert_eq!(services.files.get(named_one).await.unwrap(), b"one");
        // A row that would name it now is not written.
        let mut transaction = services.begin().await.unwrap();
        assert!(named(&mut transaction, other).await.is_err());
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_transaction_that_is_rolled_back_names_nothing(db: PgPool) {
        let world = World::new(db);
        let services = &world.services;
        let key = keep(services, b"one".to_vec()).await.unwrap();
        let mut transaction = services.begin().await.unwrap();
        named(&mut transaction, key).await.unwrap();
        transaction.rollback().await.unwrap();
        world.clock.advance(UNNAMED);
        assert_eq!(delete_files(services).await.unwrap(), 1);
        assert!(matches!(services.files.get(key).await, Err(Error::NotFound)));
    }
}
