//! Who joins while a list is open to support.

use super::*;
use crate::organisations::leave_organisation;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_joins_while_a_look_is_open_reads_of_it_when_it_is_over(db: PgPool) {
    let desk = desk(db).await;
    desk.world.cohort("University of the North", "Autumn").await;
    let services = &desk.world.services;
    let organisation: Uuid =
        sqlx::query_scalar("select id from organisations").fetch_one(&services.db).await.unwrap();
    let organisation = OrganisationId(organisation);
    let join = async |actor: &Actor| {
        let mut db = services.db.acquire().await.unwrap();
        ensure_member(services, &mut db, organisation, actor.person()).await.unwrap();
    };
    join(&desk.learner).await;
    desk.reason(LookedAt::Members(organisation), "An upload went wrong").await.unwrap();
    // Pressed twice it is one look, and ends once.
    desk.reason(LookedAt::Members(organisation), "An upload went wrong").await.unwrap();
    let late = desk.world.learner("late@north.example").await;
    join(&late).await;
    let looks = async |actor: &Actor| {
        let looks = account_page(services, actor).await.unwrap().looks;
        looks.into_iter().map(|look| look.what).collect::<Vec<_>>()
    };
    assert_eq!(run_ready(services).await.unwrap(), 0, "it is open for an hour");
    assert!(looks(&late).await.is_empty());
    sqlx::query("update jobs set run_at = clock_timestamp() - interval '1 second'")
        .execute(&services.db)
        .await
        .unwrap();
    assert_eq!(run_ready(services).await.unwrap(), 1);
    let after = desk.world.learner("after@north.example").await;
    join(&after).await;
    for actor in [&desk.learner, &late] {
        assert_eq!(looks(actor).await, ["Looked at the people of an organisation, you among them"]);
    }
    assert!(looks(&after).await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_joins_and_leaves_while_a_look_is_open_reads_of_it(db: PgPool) {
    let desk = desk(db).await;
    desk.world.cohort("University of the North", "Autumn").await;
    let services = &desk.world.services;
    let organisation: Uuid =
        sqlx::query_scalar("select id from organisations").fetch_one(&services.db).await.unwrap();
    let organisation = OrganisationId(organisation);
    let join_and_leave = async |actor: &Actor| {
        let mut db = services.db.acquire().await.unwrap();
        ensure_member(services, &mut db, organisation, actor.person()).await.unwrap();
        drop(db);
        leave_organisation(services, actor, organisation).await.unwrap();
    };
    let looks = async |actor: &Actor| {
        let looks = account_page(services, actor).await.unwrap().looks;
        looks.into_iter().map(|look| look.what).collect::<Vec<_>>()
    };
    let before = desk.world.learner("before@north.example").await;
    join_and_leave(&before).await;
    desk.reason(LookedAt::Members(organisation), "An upload went wrong").await.unwrap();
    let within = desk.world.learner("within@north.example").await;
    // Twice, and told once.
    join_and_leave(&within).await;
    join_and_leave(&within).await;
    desk.world.clock.advance(chrono::Duration::hours(1));
    let after = desk.world.learner("after@north.example").await;
    join_and_leave(&after).await;
    sqlx::query("update jobs set run_at = clock_timestamp() - interval '1 second'")
        .execute(&services.db)
        .await
        .unwrap();
    run_ready(services).await.unwrap();
    assert_eq!(looks(&within).await, ["Looked at the people of an organisation, you among them"]);
    for actor in [&before, &after] {
        assert!(looks(actor).await.is_empty());
    }
}
