use chrono::Duration;
use domain::{access::Role, learning::Step};
use sqlx::{AssertSqlSafe, PgPool};

use super::*;
use crate::{
    learning::read_page,
    testing::{World, slug},
};

async fn run(world: &World, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&world.services.db).await.unwrap();
}

async fn reads(world: &World, learner: &Actor, module: &str, page: &str) {
    read_page(&world.services, learner, &slug("nmp"), &slug(module), &slug(page), true).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn for_somebody_new_nothing_waits(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    world.enrol(&world.learner("student@north.example").await, &cohort).await;
    let stranger = world.learner("stranger@x.example").await;
    assert_eq!(waiting(&world.services, &stranger).await.unwrap(), Waiting::default());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_learner_goes_on_where_they_left_and_is_told_how_much_is_left(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let learner = world.learner("student@north.example").await;
    world.enrol(&learner, &cohort).await;
    let card = async || {
        let found = waiting(&world.services, &learner).await.unwrap();
        assert_eq!(found.courses.len(), 1);
        found.courses.into_iter().next().unwrap()
    };
    let onward = async || card().await.onward().unwrap();
    assert_eq!(onward().await, ("/learn/nmp/one/page-1".to_owned(), "Start the course"));
    reads(&world, &learner, "two", "page-1").await;
    assert_eq!(onward().await, ("/learn/nmp/two/page-1".to_owned(), "Resume where you left"));
    // Of ten minutes for two pages and a check: the page at hand, the other one and the check.
    let go_on = card().await.go_on.unwrap();
    assert_eq!(go_on.step, Step::Page { page: "page-1".into(), nth: 1, of: 2, last: true });
    assert_eq!(go_on.in_words(), "Module two, page 1 of 2, about 10 minutes left");
    reads(&world, &learner, "two", "page-2").await;
    assert_eq!(onward().await, ("/learn/nmp/two/check".to_owned(), "Take the knowledge check"));
    // A page that is gone from the course is no place to go on at.
    run(&world, "update pages set retired = true where slug = 'page-2'").await;
    assert_eq!(onward().await.0, "/learn/nmp/two/check");
    // Nothing of a course that is not open.
    run(&world, "update cohorts set access_until = '2026-11-21'").await;
    let closed = card().await;
    assert_eq!((closed.go_on, closed.summary.as_str()), (None, "Closed: the last day was 21 November 2026"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_tutor_is_told_who_has_not_been_seen_for_a_fortnight_in_their_own_cohorts_alone(db: PgPool) {
    let world = World::new(db);
    let (mine, other) = (world.cohort("North", "Autumn").await, world.cohort("North", "Spring").await);
    let mut students = Vec::new();
    for n in 0..4 {
        let student = world.learner(&format!("student{n}@north.example")).await;
        world.enrol(&student, if n == 3 { &other } else { &mine }).await;
        students.push(student);
    }
    let tutor = world.learner("tutor@north.example").await;
    world.grant(&tutor, Role::CohortTutor(mine.id)).await;
    let seen = async || {
        let found = waiting(&world.services, &tutor).await.unwrap().cohorts;
        let counts = |cohort: CohortSeen| (cohort.cohort, [cohort.students, cohort.not_seen, cohort.never]);
        found.into_iter().map(counts).collect::<Vec<_>>()
    };
    assert_eq!(seen().await, [(mine.id, [3, 0, 3])]);
    for student in &students[..2] {
        reads(&world, student, "one", "page-1").await;
    }
    assert_eq!(seen().await, [(mine.id, [3, 0, 1])]);
    world.clock.advance(Duration::days(13));
    assert_eq!(seen().await, [(mine.id, [3, 0, 1])]);
    world.clock.advance(Duration::days(1));
    assert_eq!(seen().await, [(mine.id, [3, 2, 1])]);
    reads(&world, &students[0], "one", "page-1").await;
    assert_eq!(seen().await, [(mine.id, [3, 1, 1])]);
    // Whoever is done need not come back, and whom their organisation may not see is not counted.
    run(&world, "update enrolments set modules_completed = 2 where learner_id = (select id from people where email = 'student1@north.example')").await;
    assert_eq!(seen().await, [(mine.id, [3, 0, 1])]);
    run(&world, "delete from memberships where person_id = (select id from people where email = 'student2@north.example')").await;
    assert_eq!(seen().await, [(mine.id, [2, 0, 0])]);
    // A cohort whose days are over waits for nobody.
    run(&world, "update cohorts set access_until = '2026-12-01' where name = 'Autumn'").await;
    assert_eq!(seen().await, []);
    for student in &students {
        assert_eq!(waiting(&world.services, student).await.unwrap().cohorts, []);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_administrator_is_told_what_waits_in_their_organisation_alone(db: PgPool) {
    let world = World::new(db);
    for name in ["North", "Coast"] {
        world.cohort(name, "Autumn").await;
    }
    let head = world.learner("head@north.example").await;
    let north: uuid::Uuid = sqlx::query_scalar("select id from organisations where name = 'North'")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    world.grant(&head, Role::OrganisationAdministrator(domain::organisations::OrganisationId(north))).await;
    let waits = async || {
        let found = waiting(&world.services, &head).await.unwrap().organisations;
        found.into_iter().map(|one| (one.name, one.uploads, one.asking)).collect::<Vec<_>>()
    };
    assert_eq!(waits().await, [("North".to_owned(), 0, 0)]);
    world.learner("payer@x.example").await;
    run(
        &world,
        "insert into uploads (id, organisation_id, state, attested_version, attested_at, created_at)
        select gen_random_uuid(), o.id, s, '1', now(), now() from organisations o, unnest('{preview,failed,done}'::text[]) s;
        insert into sponsorships (organisation_id, person_id, named_at, consent_version, consented_at, shown_from)
        select o.id, p.id, now(), '1', now(), now() from organisations o, people p where p.email = 'payer@x.example'",
    )
    .await;
    assert_eq!(waits().await, [("North".to_owned(), 2, 1)]);
}
