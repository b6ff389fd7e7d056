//! Connects to the database, and keeps a connection from being reused inside an earlier caller's transaction.
//!
//! In sqlx-postgres 0.9.0 a future that is dropped while its `BEGIN` is under way leaves the pooled connection inside a
//! transaction that is never ended (transact-rs/sqlx #4385, #4393, #4409). The next user of the connection works inside
//! it: its writes are never committed, and its locks stay. Futures are dropped whenever a browser abandons a request.
//! So
//!
//! 1. a transaction begins in a task of its own ([`Services::begin`]; `clippy.toml` forbids anything else), and a
//!    request runs to its end although the browser has gone (`server/src/web/whole.rs`);
//! 2. a connection that returns to the pool is checked, and closed if it is inside a transaction;
//! 3. PostgreSQL ends a transaction that is idle for [`IDLE`];
//! 4. an answer is acknowledged only when its statement has ended on a connection that the database server has
//!    confirmed to be outside a transaction, and that no other code has used since: [`committed`], [`BatchPool`].

use std::{str::FromStr, time::Duration};

use sqlx::{
    Connection, Executor, PgConnection, PgPool, Postgres, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    Error, Result, Services,
    kit::{batch_pool::BatchPool, batcher, list::share_key},
};

/// How long a transaction may be idle. Ours wait for nothing but the database.
const IDLE: Duration = Duration::from_secs(10);

/// Our statements look up keys: one plan serves all values, and planning each time takes longer than the statement.
/// Machine code is compiled at each execution, also of a kept plan. A list among many people is estimated as expensive,
/// and then the compiler takes longer than the rows.
const PLANNED_ONCE: &str = "set plan_cache_mode = force_generic_plan; set jit = off";
/// A plan made while a table was small would go on scanning all of it. Statements of batches use keys only.
const BY_KEY: &str = "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off";

impl Services {
    /// Begins a transaction. A caller that is cancelled meanwhile leaves nothing behind: the task goes on, and rolls
    /// back the transaction that no caller takes.
    ///
    /// # Errors
    /// When no connection comes in time, or the database fails.
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>> {
        self.begin_with("begin").await
    }

    /// The same, with all statements seeing one moment: for several reads that have to agree.
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

/// Lets the role of the application use the tables. The owner of the tables asks, after migrations: see docs/database.md.
///
/// # Errors
/// When there is no such role, when it is the owner or can become it, or when the database fails.
pub async fn grant_to_application(services: &Services, role: &str) -> Result<()> {
    let is_owner = sqlx::query_scalar!(
        r#"select pg_has_role($1::text::name, c.relowner, 'member')
            or pg_has_role($1::text::name, current_user, 'member') as "is_owner!"
        from pg_class c where c.oid = 'audit_events'::regclass"#,
        role,
    );
    if is_owner.fetch_one(&services.db).await? {
        return Err(Error::failed(
            "it owns the tables, or can become the role that does, and the migrations need the rights that are taken from it. \
            Name a role that owns nothing and is no superuser; its rights are as before",
        ));
    }
    sqlx::query!("select grant_to_application($1)", role).execute(&services.db).await?;
    Ok(())
}

/// What the role of this server could do beside its work. The role of the application could do neither: see docs/database.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Powers {
    /// It is the owner of the audit, or can become it, and could rewrite it.
    pub owns_audit: bool,
    /// It is a superuser or has BYPASSRLS, or can become a role that does: row-level security does not hold it.
    pub passes_walls: bool,
}

/// # Errors
/// When the database fails.
pub async fn powers(services: &Services) -> Result<Powers> {
    let powers = sqlx::query_as!(
        Powers,
        r#"select pg_has_role(current_user, c.relowner, 'member') as "owns_audit!",
            exists (
                select from pg_roles r where (r.rolsuper or r.rolbypassrls) and pg_has_role(current_user, r.oid, 'member')
            ) as "passes_walls!"
        from pg_class c where c.oid = 'audit_events'::regclass"#
    );
    Ok(powers.fetch_one(&services.db).await?)
}

/// How to make a database that knows letters.
pub const NO_LETTERS: &str = "the database takes only the letters a to z for letters (its lc_ctype is C or POSIX), so names like Siân would be \
    searched as if their accented letters were spaces. Make it anew with another: \
    createdb --template=template0 --encoding=UTF8 --lc-ctype=C.UTF-8 NAME";

/// Whether the database knows which characters are letters, in all languages: the search for names cuts them into runs of letters.
///
/// # Errors
/// When the database fails.
pub async fn knows_letters(services: &Services) -> Result<bool> {
    let knows = sqlx::query_scalar!(
        r#"select datctype not in ('C', 'POSIX') as "knows!" from pg_database where datname = current_database()"#
    );
    Ok(knows.fetch_one(&services.db).await?)
}

// Each pool has a name of its own, which PostgreSQL shows beside its connections.

/// A pool that connects when it is first used, so that the server can start, and report that it is not ready, while the
/// database is down.
///
/// # Errors
/// When the address cannot be read.
pub fn pool(url: &str, connections: u32) -> std::result::Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("learning pages");
    // Some are open before a room full of candidates arrives.
    let ready = connections.min(8);
    Ok(pool_options().max_connections(connections).min_connections(ready).connect_lazy_with(options))
}

/// A connection for each worker of one queue of [`crate::Queues`]; each queue has its own pool. No code begins a
/// transaction on these, so they are checked only when they are new and after a rest: see [`BatchPool`].
///
/// # Errors
/// When the address cannot be read.
pub fn pool_for_batches(url: &str) -> std::result::Result<BatchPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("learning batches");
    let pool = unasked(BY_KEY).max_connections(batcher::WORKERS).connect_lazy_with(options);
    Ok(BatchPool::new(pool, batcher::WORKERS))
}

/// The one connection on which a server hears its news.
pub(crate) fn pool_for_listening(like: &PgPool) -> PgPool {
    let options = (*like.connect_options()).clone().application_name("learning news");
    unasked(PLANNED_ONCE).max_connections(1).connect_lazy_with(options)
}

fn pool_options() -> PgPoolOptions {
    set_up(PLANNED_ONCE, true).after_release(|connection, _| {
        Box::pin(async move {
            let inside = in_transaction(connection).await?;
            if inside {
                tracing::error!("closing a connection that was returned inside a transaction");
            }
            Ok(!inside)
        })
    })
}

/// Connections that are not checked when they return to the pool.
fn unasked(settings: &'static str) -> PgPoolOptions {
    set_up(settings, false)
}

/// `pages` is whether lists are read on these connections.
fn set_up(settings: &'static str, pages: bool) -> PgPoolOptions {
    PgPoolOptions::new()
        // A room full of candidates that signs in at once waits its turn.
        .acquire_timeout(Duration::from_secs(5))
        // A ping before every use would double the round trips; a ping after a pause finds dead connections.
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
                    .execute(&mut *connection)
                    .await?;
                // Without it this server turns only its own pages: another's begin at the first. The next connection tries again.
                if pages && let Err(error) = share_key(connection).await {
                    tracing::warn!(%error, "could not read the key with which the ends of pages are sealed");
                }
                Ok(())
            })
        })
}

/// Whether the connection is inside a transaction, by the server's own status at the end of a statement that does
/// nothing. Pending work of the connection, such as a rollback, is done first. sqlx shows that status in no other way:
/// this begins with a statement that begins nothing, which fails outside a transaction. An open transaction is rolled
/// back. A failed one refuses the statement: that is an error, and the connection is closed.
pub(crate) async fn in_transaction(connection: &mut PgConnection) -> std::result::Result<bool, sqlx::Error> {
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

/// Proves that the connection's work is committed, and returns it to the pool.
///
/// # Errors
/// [`Error::Unavailable`] when it was inside a transaction: none of its work is kept, and the next try gets another
/// connection.
pub(crate) async fn committed(mut connection: PoolConnection<Postgres>) -> Result<()> {
    let proven = proven_outside(&mut connection).await;
    if proven.is_err() {
        connection.close().await?;
    }
    proven
}

/// The same for a connection of no pool, which the caller closes when it is not.
pub(crate) async fn proven_outside(connection: &mut PgConnection) -> Result<()> {
    if in_transaction(connection).await? {
        tracing::error!("a statement ran inside an earlier caller's transaction: rolling it back");
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

    /// Where a connection of the pool writes: visibly to `others`, or in a transaction that is never ended.
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

    /// The address of a test's database.
    fn address(db: &PgPool) -> String {
        db.connect_options().to_url_lossy().to_string()
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_caller_cancelled_while_a_transaction_begins_leaves_nothing_behind(others: PgPool) {
        // Without the other measures, and with a connection at hand: the first await is the BEGIN.
        let db = with_one_connection(PgPoolOptions::new().test_before_acquire(false), &others).await;
        let world = World::new(db.clone());
        assert!(world.services.begin().now_or_never().is_none());
        assert!(seen_by_others(&db, &others).await);
    }

    /// clippy finds callers of sqlx's own functions for beginning; a statement that begins a transaction is text to it.
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
                    // Calendars begin with a line that is no statement.
                    let text = std::fs::read_to_string(&path).unwrap().to_lowercase().replace("\"begin:", "");
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
    async fn a_connection_returned_inside_a_transaction_is_not_reused(others: PgPool) {
        let db = pool(&address(&others), 1).unwrap();
        db.execute("begin").await.unwrap();
        assert!(seen_by_others(&db, &others).await);
        // Nor one with a failed transaction.
        assert!(db.execute("begin; select 1 / 0").await.is_err());
        assert!(db.execute("select").await.is_ok());
        // A pending rollback is not a fault, and costs no connection.
        let world = World::new(db.clone());
        let pid =
            async || sqlx::query_scalar::<_, i32>("select pg_backend_pid()").fetch_one(&db).await.unwrap();
        let before = pid().await;
        drop(world.services.begin().await.unwrap());
        assert_eq!(pid().await, before);
    }

    /// Also of a server that started without a database: each page needs a connection.
    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_connection_for_pages_has_read_how_all_servers_seal_the_end_of_a_page(others: PgPool) {
        let db = pool(&address(&others), 1).unwrap();
        assert!(db.execute("select").await.is_ok());
        assert!(crate::kit::list::has_key());
    }

    /// Rule and reason: in a database that takes only a to z for letters, two names that differ in an accented letter are the same.
    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_database_that_knows_only_the_letters_a_to_z_is_refused(db: PgPool) {
        let alike = "select similarity('Siân', 'Siôn')";
        assert!(knows_letters(&World::new(db.clone()).services).await.unwrap());
        assert!(sqlx::query_scalar::<_, f32>(alike).fetch_one(&db).await.unwrap() < 0.5);
        let name = format!("ascii_{}", uuid::Uuid::now_v7().simple());
        let run = async |statement: String| {
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&db).await.unwrap();
        };
        run(format!("create database {name} template template0 encoding 'UTF8' lc_ctype 'C'")).await;
        let options = (*db.connect_options()).clone().database(&name);
        let ascii = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        assert!(!knows_letters(&World::new(ascii.clone()).services).await.unwrap());
        sqlx::raw_sql("create extension pg_trgm").execute(&ascii).await.unwrap();
        assert!(sqlx::query_scalar::<_, f32>(alike).fetch_one(&ascii).await.unwrap() >= 0.5);
        ascii.close().await;
        run(format!("drop database {name} with (force)")).await;
    }

    /// References to a row are found without scanning a table: when the row is deleted, and when a page starts from it.
    /// A partial index counts only when it leaves out nothing but nulls.
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

    /// It would be written with every row, and would help no query that the longer one does not.
    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn no_index_is_a_prefix_of_another(db: PgPool) {
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
        assert!(idle.is_empty(), "an index, and another that it is a prefix of: {idle:#?}");
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_snapshot_reads_one_moment_with_several_statements(db: PgPool) {
        let world = World::new(db.clone());
        let mut reading = world.services.snapshot().await.unwrap();
        let people = "select count(*) from people";
        let before: i64 = sqlx::query_scalar(people).fetch_one(&mut *reading).await.unwrap();
        world.learner("late@north.example").await;
        let after: i64 = sqlx::query_scalar(people).fetch_one(&mut *reading).await.unwrap();
        assert_eq!(before, after);
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn each_pool_ends_idle_transactions_keeps_plans_and_compiles_none(others: PgPool) {
        let url = address(&others);
        for (whose, db) in [
            ("requests", pool(&url, 1).unwrap()),
            ("batches", pool_for_batches(&url).unwrap().pool),
            ("listening", pool_for_listening(&others)),
        ] {
            for (name, value) in [
                ("idle_in_transaction_session_timeout", "10s"),
                ("plan_cache_mode", "force_generic_plan"),
                ("jit", "off"),
            ] {
                let setting: String =
                    sqlx::query_scalar("select current_setting($1)").bind(name).fetch_one(&db).await.unwrap();
                assert_eq!(setting, value, "{whose}: {name}");
            }
        }
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn work_inside_an_open_transaction_is_not_reported_committed(others: PgPool) {
        let db = with_one_connection(PgPoolOptions::new(), &others).await;
        db.execute("begin").await.unwrap();
        assert!(matches!(committed(db.acquire().await.unwrap()).await, Err(Error::Unavailable(_))));
        assert!(committed(db.acquire().await.unwrap()).await.is_ok());
    }
}
