//! The way to the database, and what keeps a connection from being handed on inside somebody else's transaction.
//!
//! In sqlx-postgres 0.9.0 a future that is dropped while its `BEGIN` is under way leaves the pooled connection inside a
//! transaction that nobody ends (transact-rs/sqlx #4385, #4393, #4409). Whoever gets the connection next works inside it: what
//! they write is never committed, and their locks stay. Futures are dropped whenever a browser gives a request up. So
//!
//! 1. a transaction begins in a task of its own ([`Services::begin`]; `clippy.toml` forbids every other way), and a request
//!    runs to its end although the browser has gone (`server/src/web/whole.rs`);
//! 2. a connection that comes back is asked where it stands, and closed when it is inside a transaction;
//! 3. PostgreSQL ends a transaction in which nothing happens for [`IDLE`];
//! 4. an answer is acknowledged only when [`committed`] has the server's word for it.

use std::{str::FromStr, time::Duration};

use sqlx::{
    Connection, Executor, PgConnection, PgPool, Postgres, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{Error, Result, Services, kit::batcher};

/// How long a transaction may do nothing. Ours never wait for anything but the database.
const IDLE: Duration = Duration::from_secs(10);

/// Our statements look for keys: one plan serves all values, and making it anew each time takes longer than the statement.
const PLANNED_ONCE: &str = "set plan_cache_mode = force_generic_plan";
/// A plan that was made while a table was small would go on reading all of it. Batches go by keys only.
const BY_KEY: &str = "set plan_cache_mode = force_generic_plan; set enable_seqscan = off";

impl Services {
    /// Begins a transaction. Whoever is cancelled while it begins leaves nothing behind: the task goes on, and the transaction
    /// that nobody takes is rolled back.
    ///
    /// # Errors
    /// When no connection comes in time, or the database fails.
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>> {
        self.begin_with("begin").await
    }

    /// The same, with all statements seeing one moment: for what is read with several of them and has to agree.
    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Postgres>> {
        self.begin_with("begin isolation level repeatable read").await
    }

    async fn begin_with(&self, statement: &'static str) -> Result<Transaction<'static, Postgres>> {
        let db = self.db.clone();
        #[expect(clippy::disallowed_methods, reason = "the one place: nothing drops this future half-way")]
        let beginning = tokio::spawn(async move { db.begin_with(statement).await });
        Ok(beginning.await.map_err(Error::failed)??)
    }
}

// Each pool has a name of its own, which PostgreSQL shows beside what its connections do.

/// A pool that connects when it is first used, so that the server starts, and says that it is not ready, while the database is
/// away.
///
/// # Errors
/// When the address cannot be read.
pub fn pool(url: &str, connections: u32) -> std::result::Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("learning pages");
    // Some are there before a room full of people comes.
    let ready = connections.min(8);
    Ok(pool_options().max_connections(connections).min_connections(ready).connect_lazy_with(options))
}

/// A connection for each worker of one queue of [`crate::Queues`]; each queue has its own pool. Nobody begins a transaction on these, and [`committed`] asks
/// them where they stand after each statement that saves: they need not be asked again when they come back.
///
/// # Errors
/// When the address cannot be read.
pub fn pool_for_batches(url: &str) -> std::result::Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("learning batches");
    Ok(unasked(BY_KEY).max_connections(batcher::WORKERS).connect_lazy_with(options))
}

/// The one connection on which a server hears its news.
pub(crate) fn pool_for_listening(like: &PgPool) -> PgPool {
    let options = (*like.connect_options()).clone().application_name("learning news");
    unasked(PLANNED_ONCE).max_connections(1).connect_lazy_with(options)
}

fn pool_options() -> PgPoolOptions {
    unasked(PLANNED_ONCE).after_release(|connection, _| {
        Box::pin(async move {
            let inside = in_transaction(connection).await?;
            if inside {
                tracing::error!("a connection came back inside a transaction: it is closed");
            }
            Ok(!inside)
        })
    })
}

/// Connections that are not asked where they stand when they come back.
fn unasked(settings: &'static str) -> PgPoolOptions {
    PgPoolOptions::new()
        // A room that signs in at once waits its turn.
        .acquire_timeout(Duration::from_secs(5))
        // A ping before every use would double the round trips; one after a pause finds the connections that died.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > Duration::from_secs(5) {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(settings).await?;
                sqlx::query("select set_config('idle_in_transaction_session_timeout', $1, false)")
                    .bind(IDLE.as_millis().to_string())
                    .execute(connection)
                    .await?;
                Ok(())
            })
        })
}

/// Whether the connection stands inside a transaction, by the server's own word at the end of a statement that does nothing. What
/// was left to be done on the connection, a rollback say, is done before. sqlx shows the server's word in no other way: beginning
/// with a statement that begins nothing fails where there is no transaction. One that is found is rolled back. One that has
/// failed refuses the statement: an error, and the connection is closed.
async fn in_transaction(connection: &mut PgConnection) -> std::result::Result<bool, sqlx::Error> {
    #[expect(clippy::disallowed_methods, reason = "it begins nothing")]
    match connection.begin_with("select").await {
        Ok(found) => {
            found.rollback().await?;
            Ok(true)
        }
        Err(sqlx::Error::BeginFailed) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Proves that what the connection has done is committed, and gives it back.
///
/// # Errors
/// [`Error::Unavailable`] when it stood inside a transaction: nothing of what it did is kept, and the next try has another
/// connection.
pub(crate) async fn committed(mut connection: PoolConnection<Postgres>) -> Result<()> {
    if in_transaction(&mut connection).await? {
        tracing::error!("a statement ran inside somebody else's transaction: it is taken back");
        connection.close().await?;
        return Err(Error::Unavailable(sqlx::Error::Protocol("inside a transaction".to_owned())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use sqlx::ConnectOptions;

    use super::*;
    use crate::testing::World;

    /// Where a connection of the pool writes: seen by `others`, or in a transaction that nobody ends.
    async fn seen_by_others(db: &PgPool, others: &PgPool) -> bool {
        sqlx::query("insert into organisations (id, name, kind, created_at) values (gen_random_uuid(), 'Seen', 'university', now())")
            .execute(db)
            .await
            .unwrap();
        sqlx::query_scalar("select exists (select from organisations where name = 'Seen')")
            .fetch_one(others)
            .await
            .unwrap()
    }

    async fn with_one_connection(options: PgPoolOptions, others: &PgPool) -> PgPool {
        options.max_connections(1).connect_with((*others.connect_options()).clone()).await.unwrap()
    }

    /// The address of the database of a test.
    fn address(db: &PgPool) -> String {
        db.connect_options().to_url_lossy().to_string()
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn who_gives_up_while_a_transaction_begins_leaves_nothing_behind(others: PgPool) {
        // Without the other walls, and with a connection that is there at once: the first that is waited for is the BEGIN.
        let db = with_one_connection(PgPoolOptions::new().test_before_acquire(false), &others).await;
        let world = World::new(db.clone());
        assert!(world.services.begin().now_or_never().is_none());
        assert!(seen_by_others(&db, &others).await);
    }

    /// clippy sees who calls sqlx's own ways to begin; a statement that begins is text to it.
    #[test]
    fn no_statement_begins_a_transaction_elsewhere() {
        let mut folders: Vec<_> = ["services", "server", "app", "demo"]
            .map(|name| format!("{}/../{name}/src", env!("CARGO_MANIFEST_DIR")).into())
            .into();
        let mut read = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir::<std::path::PathBuf>(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().and_then(|name| name.to_str()).unwrap().to_owned();
                if path.is_dir() && name != "tests" {
                    folders.push(path);
                } else if name.ends_with(".rs") && !matches!(name.as_str(), "tests.rs" | "database.rs") {
                    let text = std::fs::read_to_string(&path).unwrap().to_lowercase();
                    for begins in ["\"begin", "\"start transaction", "; begin"] {
                        assert!(!text.contains(begins), "{}: {begins}", path.display());
                    }
                    read += 1;
                }
            }
        }
        assert!(read > 150, "{read} files");
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_connection_that_comes_back_inside_a_transaction_is_not_handed_on(others: PgPool) {
        let db = pool(&address(&others), 1).unwrap();
        db.execute("begin").await.unwrap();
        assert!(seen_by_others(&db, &others).await);
        // Nor one whose transaction has failed.
        assert!(db.execute("begin; select 1 / 0").await.is_err());
        assert!(db.execute("select").await.is_ok());
        // A rollback that is still to be done is no fault, and costs no connection.
        let world = World::new(db.clone());
        let pid =
            async || sqlx::query_scalar::<_, i32>("select pg_backend_pid()").fetch_one(&db).await.unwrap();
        let before = pid().await;
        drop(world.services.begin().await.unwrap());
        assert_eq!(pid().await, before);
    }

    /// What refers to a row is found without reading a whole table: when the row goes, and when a page begins at it. An index on
    /// some rows only counts when it leaves out nothing but nulls.
    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn every_foreign_key_has_an_index_that_begins_with_it(db: PgPool) {
        let bare: Vec<String> = sqlx::query_scalar(
            "select c.conrelid::regclass || ': ' || c.conname from pg_constraint c
            where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
                select from pg_index i
                where i.indrelid = c.conrelid and i.indisvalid
                    and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
                    and (select array_agg(k.attnum order by k.n) from unnest(i.indkey::int2[]) with ordinality k (attnum, n)
                        where k.n <= cardinality(c.conkey)) @> c.conkey)
            order by 1",
        )
        .fetch_all(&db)
        .await
        .unwrap();
        assert!(bare.is_empty(), "without an index: {bare:#?}");
    }

    /// It would be written with every row, and read for nothing that the other does not give.
    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn no_index_is_the_beginning_of_another(db: PgPool) {
        let idle: Vec<String> = sqlx::query_scalar(
            "select i.indexrelid::regclass || ': ' || o.indexrelid::regclass from pg_index i
            join pg_index o on o.indrelid = i.indrelid and o.indexrelid <> i.indexrelid
            join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
            where not i.indisunique and i.indexprs is null and o.indexprs is null
                and o.indpred is not distinct from i.indpred
                and (o.indkey::int2[])[0:i.indnkeyatts - 1] = (i.indkey::int2[])[0:i.indnkeyatts - 1]
            order by 1",
        )
        .fetch_all(&db)
        .await
        .unwrap();
        assert!(idle.is_empty(), "an index, and one that begins with it: {idle:#?}");
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn what_is_read_with_several_statements_is_of_one_moment(db: PgPool) {
        let world = World::new(db.clone());
        let mut reading = world.services.snapshot().await.unwrap();
        let people = "select count(*) from people";
        let before: i64 = sqlx::query_scalar(people).fetch_one(&mut *reading).await.unwrap();
        world.learner("late@north.example").await;
        let after: i64 = sqlx::query_scalar(people).fetch_one(&mut *reading).await.unwrap();
        assert_eq!(before, after);
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn postgresql_ends_a_transaction_in_which_nothing_happens(others: PgPool) {
        let url = address(&others);
        for (whose, db) in [
            ("requests", pool(&url, 1).unwrap()),
            ("batches", pool_for_batches(&url).unwrap()),
            ("listening", pool_for_listening(&others)),
        ] {
            let setting: String =
                sqlx::query_scalar("select current_setting('idle_in_transaction_session_timeout')")
                    .fetch_one(&db)
                    .await
                    .unwrap();
            assert_eq!(setting, "10s", "{whose}");
        }
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn what_ran_inside_a_transaction_is_not_called_committed(others: PgPool) {
        let db = with_one_connection(PgPoolOptions::new(), &others).await;
        db.execute("begin").await.unwrap();
        assert!(matches!(committed(db.acquire().await.unwrap()).await, Err(Error::Unavailable(_))));
        assert!(committed(db.acquire().await.unwrap()).await.is_ok());
    }
}
