//! What the job has written, row for row, and how long a `COPY` of it takes.

use std::time::{Duration, Instant};

use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

use crate::support::Outcome;

/// The tables that the job writes to, in the order of their references, with the rows that are about its people. A file of people who are all
/// new changes no others, but those of the upload itself, which go.
pub const TABLES: [(&str, &str); 9] = [
    ("people", "id in (select person_id from bench_people)"),
    ("memberships", "person_id in (select person_id from bench_people)"),
    ("enrolments", "learner_id in (select person_id from bench_people)"),
    ("activation_links", "person_id in (select person_id from bench_people)"),
    ("invitations", "person_id in (select person_id from bench_people)"),
    ("audit_events", "subject_id in (select person_id from bench_people)"),
    ("outbox", "id in (select id from bench_mails)"),
    ("outbox_content", "mail_id in (select id from bench_mails)"),
    ("jobs", "payload->>'mail' in (select id::text from bench_mails)"),
];

pub struct Copied {
    pub took: Duration,
    pub rows: u64,
}

/// Tables in a schema of their own, with the same columns, checks, indexes and references.
pub async fn make_tables(db: &PgPool) -> Outcome<()> {
    let mut db = db.acquire().await?;
    sqlx::raw_sql("create schema bench").execute(&mut *db).await?;
    for (table, _) in TABLES {
        let make = format!("create table bench.{table} (like public.{table} including all)");
        sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut *db).await?;
    }
    let names: Vec<&str> = TABLES.iter().map(|(table, _)| *table).collect();
    let references: Vec<(String, String, String)> = sqlx::query_as(
        "select c.relname::text, k.conname::text, pg_get_constraintdef(k.oid)
        from pg_constraint k join pg_class c on c.oid = k.conrelid
        where k.contype = 'f' and c.relnamespace = 'public'::regnamespace and c.relname = any($1)",
    )
    .bind(&names)
    .fetch_all(&mut *db)
    .await?;
    for (table, name, definition) in references {
        // A copied table is found before that of the same name.
        let make = format!(
            "set search_path to bench, public; alter table {table} add constraint {name} {definition}; reset search_path"
        );
        sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut *db).await?;
    }
    Ok(())
}

/// Copies what an upload has written into the equal tables, in one transaction, and empties them.
pub async fn of_upload(db: &PgPool, upload: Uuid) -> Outcome<Copied> {
    let mut db = db.acquire().await?;
    let find = format!(
        "create temporary table bench_people as select person_id from memberships where upload_id = '{upload}';
        create temporary table bench_mails as select o.id from outbox o join bench_people b on b.person_id = o.person_id;
        analyze bench_people; analyze bench_mails"
    );
    sqlx::raw_sql(AssertSqlSafe(find)).execute(&mut *db).await?;
    let mut written = Vec::with_capacity(TABLES.len());
    for (table, condition) in TABLES {
        let ask = format!("copy (select * from public.{table} where {condition}) to stdout");
        let mut rows = Vec::new();
        let mut chunks = db.copy_out_raw(&ask).await?;
        while let Some(chunk) = chunks.try_next().await? {
            rows.extend_from_slice(&chunk);
        }
        written.push((table, rows));
    }
    let begun = Instant::now();
    let rows = copy_in(&mut db, &written).await?;
    let took = begun.elapsed();
    let tables: Vec<_> = TABLES.iter().map(|(table, _)| format!("bench.{table}")).collect();
    let empty = format!("truncate {}; drop table bench_people, bench_mails", tables.join(", "));
    sqlx::raw_sql(AssertSqlSafe(empty)).execute(&mut *db).await?;
    Ok(Copied { took, rows })
}

async fn copy_in(db: &mut PgConnection, written: &[(&str, Vec<u8>)]) -> Outcome<u64> {
    let mut copied = 0;
    sqlx::raw_sql("begin").execute(&mut *db).await?;
    for (table, rows) in written {
        let mut copy = db.copy_in_raw(&format!("copy bench.{table} from stdin")).await?;
        for chunk in rows.chunks(1 << 20) {
            copy.send(chunk).await?;
        }
        let rows = copy.finish().await?;
        if rows == 0 {
            return Err(format!("the job has written nothing into {table}").into());
        }
        copied += rows;
    }
    sqlx::raw_sql("commit").execute(&mut *db).await?;
    Ok(copied)
}
