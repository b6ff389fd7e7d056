//! Who joins while a list is open to support.

use super::*;
use crate::organisations::leave_organisation;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_joins_while_a_look_is_open_reads_of_it_when_it_is_over(db: PgPool) {
    let desk = desk(db).await;
    let services = &desk.world.services;
    let organisation = desk.organisation().await;
    desk.joins(organisation, &desk.learner).await;
    desk.reason(LookedAt::Members(organisation), "An upload went wrong").await.unwrap();
    // Pressed twice it is one look, and ends once.
    desk.reason(LookedAt::Members(organisation), "An upload went wrong").await.unwrap();
    let late = desk.world.learner("late@north.example").await;
    desk.joins(organisation, &late).await;
    assert_eq!(run_ready(services).await.unwrap(), 0, "it is open for an hour");
    assert!(desk.looks_of(&late).await.is_empty());
    sqlx::query("update jobs set run_at = clock_timestamp() - interval '1 second'")
        .execute(&services.db)
        .await
        .unwrap();
    assert_eq!(run_ready(services).await.unwrap(), 1);
    let after = desk.world.learner("after@north.example").await;
    desk.joins(organisation, &after).await;
    for actor in [&desk.learner, &late] {
        assert_eq!(desk.looks_of(actor).await, ["Looked at the people of an organisation, you among them"]);
    }
    assert!(desk.looks_of(&after).await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_joins_and_leaves_while_a_look_is_open_reads_of_it(db: PgPool) {
    let desk = desk(db).await;
    let services = &desk.world.services;
    let organisation = desk.organisation().await;
    let join_and_leave = async |actor: &Actor| {
        desk.joins(organisation, actor).await;
        leave_organisation(services, actor, organisation).await.unwrap();
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
    assert_eq!(desk.looks_of(&within).await, ["Looked at the people of an organisation, you among them"]);
    for actor in [&before, &after] {
        assert!(desk.looks_of(actor).await.is_empty());
    }
}
