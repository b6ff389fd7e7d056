//! The settings that open the wall end with their transaction, on a connection that others use next.

use sqlx::{PgConnection, PgPool};

use super::filled::{Filled, MEMBER};
use crate::testing::{Application, slug};

/// How many rows of members and of profiles are seen, and the process of the server that says so.
async fn seen(db: &mut PgConnection) -> (i64, i32) {
    sqlx::query_as(
        "select (select count(*) from zone_members) + (select count(*) from zone_profiles) + (select count(*) from zone_admitted_domains),
            pg_backend_pid()",
    )
    .fetch_one(db)
    .await
    .unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_connection_that_a_member_has_used_shows_the_next_request_nothing(db: PgPool) {
    let filled = Filled::new(&db).await;
    let one = Application::new(&db, 1).await;
    let services = &one.world.services;
    let (_, member) = &filled.people[MEMBER];
    let mut connections = Vec::new();
    for ending in ["commit", "rollback", "an error", "dropped", "an error behind a savepoint"] {
        let mut open = services.begin().await.unwrap();
        member.member_of(&mut open, &slug("north")).await.unwrap();
        let (rows, connection) = seen(&mut open).await;
        assert!(rows > 1, "{ending}");
        connections.push(connection);
        match ending {
            "commit" => open.commit().await.unwrap(),
            "rollback" => open.rollback().await.unwrap(),
            "an error" => {
                assert!(sqlx::raw_sql("select 1 / 0").execute(&mut *open).await.is_err());
                drop(open);
            }
            "dropped" => drop(open),
            _ => {
                sqlx::raw_sql("savepoint here").execute(&mut *open).await.unwrap();
                assert!(sqlx::raw_sql("select 1 / 0").execute(&mut *open).await.is_err());
                sqlx::raw_sql("rollback to here").execute(&mut *open).await.unwrap();
                assert_eq!(seen(&mut open).await.0, rows);
                open.commit().await.unwrap();
            }
        }
        // Inside a transaction, and outside of one.
        let mut next = services.begin().await.unwrap();
        assert_eq!(seen(&mut next).await, (0, connection), "{ending}");
        drop(next);
        assert_eq!(seen(&mut services.db.acquire().await.unwrap()).await, (0, connection), "{ending}");
    }
    connections.dedup();
    assert_eq!(connections.len(), 1, "all on one connection");
    one.end().await;
    filled.application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_proof_outside_a_transaction_opens_nothing(db: PgPool) {
    let filled = Filled::new(&db).await;
    let one = Application::new(&db, 1).await;
    let (_, member) = &filled.people[MEMBER];
    let mut connection = one.world.services.db.acquire().await.unwrap();
    member.member_of(&mut connection, &slug("north")).await.unwrap();
    assert_eq!(seen(&mut connection).await.0, 0);
    drop(connection);
    one.end().await;
    filled.application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn being_refused_by_one_area_closes_the_other(db: PgPool) {
    let filled = Filled::new(&db).await;
    let (_, member) = &filled.people[MEMBER];
    let mut open = filled.application.world.services.begin().await.unwrap();
    member.member_of(&mut open, &slug("north")).await.unwrap();
    assert!(seen(&mut open).await.0 > 2);
    assert!(member.member_of(&mut open, &slug("south")).await.is_err());
    // What is left is their own: a membership and a profile.
    assert_eq!(seen(&mut open).await.0, 2);
    drop(open);
    filled.application.end().await;
}
