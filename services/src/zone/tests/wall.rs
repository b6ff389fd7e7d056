//! P14: the second wall alone. What a role that owns nothing sees and changes when no proof scopes its statements: each test here writes
//! statements without `where area_id = …`, as a mistake would.

mod effort;
mod filled;
mod reading;
mod setting_up;
mod settings;
mod writing;

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use crate::{
    database::{Powers, powers},
    tables,
    testing::{Application, World},
};

/// Tables without the wall, with the reason.
const OPEN: &[(&str, &str)] = &[("zone_areas", "the name and the aim of an area are public")];

/// Functions of the database that act with the rights of their owner, with the reason.
const DEFINERS: &[(&str, &str)] = &[];

/// The tables of the Zone, or its views.
async fn relations(db: &PgPool, kinds: &[&str]) -> Vec<String> {
    let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let names: Vec<String> = tables::of("zone").iter().map(|name| (*name).to_owned()).collect();
    sqlx::query_scalar(
        "select relname::text from pg_class
        where relnamespace = 'public'::regnamespace and relname::text = any($1) and relkind::text = any($2) order by 1",
    )
    .bind(names)
    .bind(kinds)
    .fetch_all(db)
    .await
    .unwrap()
}

/// The tables that are behind the wall.
async fn walled(db: &PgPool) -> Vec<String> {
    let mut tables = relations(db, &["r", "p"]).await;
    tables.retain(|table| OPEN.iter().all(|(open, _)| open != table));
    tables
}

async fn run(db: &mut PgConnection, statement: &str) {
    let ran = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(db).await;
    ran.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn every_table_of_the_zone_has_the_wall_and_no_view_or_function_goes_round_it(db: PgPool) {
    let tables = relations(&db, &["r", "p"]).await;
    assert!(tables.len() >= 4, "{tables:?}");
    let without: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relname::text = any($1)
            and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))
        order by 1",
    )
    .bind(&tables)
    .fetch_all(&db)
    .await
    .unwrap();
    let open: Vec<&str> = OPEN.iter().map(|(table, _)| *table).collect();
    assert_eq!(without, open, "tables that everybody reads whole");

    // A policy that asks nothing is no wall.
    let loose: Vec<(String, String)> = sqlx::query_as(
        "select tablename::text, policyname::text from pg_policies
        where schemaname = 'public' and tablename::text = any($1)
            and coalesce(qual, '') !~ 'zone' and coalesce(with_check, '') !~ 'zone'",
    )
    .bind(&tables)
    .fetch_all(&db)
    .await
    .unwrap();
    assert!(loose.is_empty(), "policies that ask nothing: {loose:?}");

    let views = relations(&db, &["v", "m"]).await;
    let owned: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relname::text = any($1)
            and not coalesce(reloptions, '{}') @> '{security_invoker=true}'",
    )
    .bind(&views)
    .fetch_all(&db)
    .await
    .unwrap();
    assert!(owned.is_empty(), "views that read with the rights of their owner: {owned:?}");

    let definers: Vec<String> = sqlx::query_scalar(
        "select proname::text from pg_proc where pronamespace = 'public'::regnamespace and prosecdef and prosrc ~ '\\mzone_' order by 1",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    let known: Vec<&str> = DEFINERS.iter().map(|(function, _)| *function).collect();
    assert_eq!(definers, known, "functions that read with the rights of their owner");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whatever_points_to_a_table_of_the_zone_is_of_the_zone(db: PgPool) {
    let names: BTreeSet<&str> = tables::of("zone").iter().copied().collect();
    let pointing: Vec<(String, String)> = sqlx::query_as(
        "select distinct conrelid::regclass::text, confrelid::regclass::text from pg_constraint
        where contype = 'f' and confrelid::regclass::text like 'zone\\_%'",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    // Who leads an area is a role, and which area somebody asks for before they have an account is public: its name.
    let outside = |table: &str| !names.contains(table) && !["grants", "registrations"].contains(&table);
    let strangers: Vec<_> = pointing.iter().filter(|(from, _)| outside(from)).collect();
    assert!(!pointing.is_empty() && strangers.is_empty(), "{strangers:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_server_knows_whether_the_wall_holds_its_role(db: PgPool) {
    let all = powers(&World::new(db.clone()).services).await.unwrap();
    assert_eq!(all, Powers { owns_audit: true, passes_walls: true }, "the role of the tests is a superuser");
    let application = Application::new(&db, 1).await;
    let services = &application.world.services;
    assert_eq!(powers(services).await.unwrap(), Powers { owns_audit: false, passes_walls: false });
    run(&mut db.acquire().await.unwrap(), &format!("alter role {} bypassrls", application.role)).await;
    assert_eq!(powers(services).await.unwrap(), Powers { owns_audit: false, passes_walls: true });
    application.end().await;
}
