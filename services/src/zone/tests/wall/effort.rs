//! Nothing that takes time tells whether a foreign area has members: rows are counted, because a clock proves nothing.

use sqlx::{PgConnection, PgPool};

use super::run;
use crate::{
    Error,
    accounts::Actor,
    testing::{Application, World, slug},
    zone::testing::{area, join},
};

/// The rows that this connection has read of the tables of the Zone and of the roles, and of their indexes: the server keeps them for a
/// while, over transactions.
async fn read(db: &mut PgConnection) -> Vec<(String, i64, i64)> {
    sqlx::query_as(
        "select relname::text, pg_stat_get_xact_tuples_returned(oid), pg_stat_get_xact_tuples_fetched(oid) from pg_class
        where relnamespace = 'public'::regnamespace and (relname like 'zone\\_%' or relname in ('grants', 'grants_once', 'grants_zone_area'))
        order by relname",
    )
    .fetch_all(db)
    .await
    .unwrap()
}

/// What it takes to refuse somebody.
async fn effort(application: &Application, asker: &Actor, of: &str) -> Vec<(String, i64, i64)> {
    let mut inside = application.world.services.begin().await.unwrap();
    let before = read(&mut inside).await;
    assert!(matches!(asker.member_of(&mut inside, &slug(of)).await, Err(Error::NotFound)));
    let after = read(&mut inside).await;
    inside.rollback().await.unwrap();
    let since = before.into_iter().zip(after);
    since.map(|((name, returned, fetched), after)| (name, after.1 - returned, after.2 - fetched)).collect()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn refusing_takes_the_same_rows_whether_an_area_is_crowded_or_empty(db: PgPool) {
    let owner = World::new(db.clone());
    let (crowded, south) = (area(&owner, "crowded").await, area(&owner, "south").await);
    area(&owner, "empty").await;
    let (outsider, stranger) = (owner.learner("cat@x.example").await, owner.learner("dan@x.example").await);
    join(&owner, south, &outsider).await;
    run(
        &mut db.acquire().await.unwrap(),
        &format!(
            "insert into people (id, email, full_name, created_at) select gen_random_uuid(), 'm' || n || '@x.example', 'M', now()
            from generate_series(1, 2000) n;
            insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
            select gen_random_uuid(), '{0}', id, 'member', '1', now(), now(), now() from people where full_name = 'M';
            insert into zone_profiles (member_id, area_id, person_id, name, joined_at, changed_at)
            select id, area_id, person_id, 'M', now(), now() from zone_members where area_id = '{0}';
            analyze zone_members; analyze zone_profiles; analyze zone_areas; analyze grants;",
            crowded.0
        ),
    )
    .await;
    let application = Application::new(&db, 1).await;
    for asker in [&outsider, &stranger] {
        // The first use of a statement reads the catalogue besides, and the plan may change once.
        for of in ["crowded", "empty"].repeat(6) {
            effort(&application, asker, of).await;
        }
        let crowded = effort(&application, asker, "crowded").await;
        assert_eq!(crowded, effort(&application, asker, "empty").await);
        let most = crowded.iter().map(|(_, returned, fetched)| (*returned).max(*fetched)).max().unwrap();
        assert!(most < 20, "{crowded:?}");
    }
    application.end().await;
}
