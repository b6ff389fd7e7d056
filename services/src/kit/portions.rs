//! Jobs delete in portions. A large deletion in one transaction would hold its locks for its whole duration, and its
//! cascades and news would all come at once.

use sqlx::postgres::PgQueryResult;

use crate::Result;

/// How many rows go in one transaction.
pub(crate) const PORTION: i64 = 500;

/// Repeats a statement that removes up to [`PORTION`] rows, each time in a transaction of its own, until it finds
/// fewer. Returns how many were removed.
///
/// Several servers may run it: each statement takes rows that no other has taken (`for update skip locked`), so that no
/// row is deleted twice.
pub(crate) async fn in_portions<F>(mut remove: impl FnMut() -> F) -> Result<u64>
where
    F: Future<Output = sqlx::Result<PgQueryResult>>,
{
    let mut gone = 0;
    loop {
        let portion = remove().await?.rows_affected();
        gone += portion;
        if portion < PORTION.unsigned_abs() {
            return Ok(gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    use crate::{
        accounts, assessment,
        kit::once,
        testing::{World, removals, watch_removals},
    };

    const TABLES: [&str; 9] = [
        "sessions",
        "password_links",
        "password_link_requests",
        "known_devices",
        "sign_in_addresses",
        "sign_in_tries",
        "done_forms",
        "code_tries",
        "bank_drafts",
    ];

    /// Sittings, which need a paper, are tested with the assessments.
    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn many_rows_are_removed_in_portions_until_none_is_left(db: PgPool) {
        let world = World::new(db.clone());
        let services = &world.services;
        watch_removals(&db, &TABLES).await;
        sqlx::raw_sql(
            "insert into people (id, email, full_name, created_at)
                select gen_random_uuid(), n || '@uni.example', 'Long Ago', '2020-01-01' from generate_series(1, 1001) n;
            insert into organisations (id, name, kind, created_at) values (gen_random_uuid(), 'North', 'university', now());
            insert into sessions (id, token_hash, person_id, device, created_at, last_used_at, ends_at)
                select gen_random_uuid(), sha256(id::text::bytea), id, '', '2020-01-01', '2020-01-01', '2020-01-02' from people;
            insert into password_links (token_hash, person_id, created_at, ends_at)
                select sha256(id::text::bytea), id, '2020-01-01', '2020-01-02' from people;
            insert into password_link_requests (id, email, asked_at) select id, email, '2020-01-01' from people;
            insert into known_devices (token_hash, person_id, seen_at)
                select sha256(id::text::bytea), id, '2020-01-01' from people;
            insert into sign_in_addresses (address, failed_at) select '198.51.100.7', '2020-01-01' from people;
            insert into sign_in_tries (key, account, tries, tried_at, wait_until)
                select sha256(id::text::bytea), sha256(id::text::bytea), 1, '2020-01-01', '2020-01-01' from people;
            insert into done_forms (person_id, token, what, made, done_at)
                select id, gen_random_uuid(), '', gen_random_uuid(), '2020-01-01' from people;
            insert into code_tries (person_id, tries, since) select id, 1, '2020-01-01' from people;
            insert into bank_drafts (id, organisation_id, person_id, text, created_at)
                select gen_random_uuid(), o.id, p.id, '', '2020-01-01' from people p, organisations o",
        )
        .execute(&db)
        .await
        .unwrap();
        let told = [
            accounts::forget_ended_sessions(services).await,
            accounts::forget_old_devices(services).await,
            accounts::forget_old_addresses(services).await,
            once::forget_done_forms(services).await,
            assessment::delivery::forget_code_tries(services).await,
            assessment::bank::forget_bank_drafts(services).await,
        ];
        assert_eq!(told.map(Result::unwrap), [1001; 6]);
        for table in TABLES {
            assert_eq!(removals(&db, table).await, (500, 1001), "{table}");
        }
    }
}
