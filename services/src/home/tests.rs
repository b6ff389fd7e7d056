use chrono::Duration;
use domain::{access::Role, learning::Step};
use sqlx::{AssertSqlSafe, PgPool};

use super::*;
use crate::{
    learning::{course_page, my_courses, read_page},
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

/// It is 9 o'clock on 22 November.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_learner_is_told_the_target_dates_of_their_own_cohort_until_a_module_is_completed(db: PgPool) {
    let world = World::new(db);
    let (mine, other) = (world.cohort("North", "Autumn").await, world.cohort("North", "Spring").await);
    let learner = world.learner("student@north.example").await;
    world.enrol(&learner, &mine).await;
    let beside = world.learner("beside@north.example").await;
    world.enrol(&beside, &other).await;
    let due = async || {
        let courses = waiting(&world.services, &learner).await.unwrap().courses;
        let listed = my_courses(&world.services, &learner).await.unwrap().courses;
        assert_eq!(courses, listed, "the list of courses says the same");
        courses.into_iter().flat_map(|course| course.due).collect::<Vec<_>>()
    };
    let set = async |cohort: &str, module: &str, day: &str| {
        let insert = format!(
            "insert into cohort_dates (cohort_id, module_id, due_on, set_at)
            select c.id, m.id, '{day}'::date, now() from cohorts c, modules m where c.name = '{cohort}' and m.slug = '{module}'
            on conflict (cohort_id, module_id) do update set due_on = excluded.due_on"
        );
        run(&world, &insert).await;
    };
    assert_eq!(due().await, Vec::<String>::new());
    set("Spring", "one", "2026-11-01").await;
    assert_eq!(due().await, Vec::<String>::new(), "another cohort's dates");
    set("Autumn", "one", "2026-11-21").await;
    set("Autumn", "two", "2026-11-23").await;
    let (one, two) = ("Module one was due on 21 November.", "Module two is due tomorrow, 23 November.");
    assert_eq!(due().await, [one, two]);
    let page = async || course_page(&world.services, &learner, &slug("nmp")).await.unwrap().due;
    assert_eq!(page().await, ["was due on 21 November", "is due tomorrow, 23 November"]);
    run(
        &world,
        "insert into module_progress (enrolment_id, module_id, pages_opened, passed, entered, completed)
        select e.id, m.id, 2, true, true, true from enrolments e join people p on p.id = e.learner_id
        join modules m on m.course_id = e.course_id where p.email = 'student@north.example' and m.slug = 'one'",
    )
    .await;
    assert_eq!(due().await, [two]);
    assert_eq!(page().await, ["", "is due tomorrow, 23 November"]);

    // A day begins at midnight in London, in summer an hour earlier than in UTC.
    set("Autumn", "two", "2027-07-01").await;
    for (at, said) in [
        ("2027-06-29T22:59:59Z", "Module two is due on 1 July, in 2 days."),
        ("2027-06-30T22:59:59Z", "Module two is due tomorrow, 1 July."),
        ("2027-06-30T23:00:00Z", "Module two is due today, 1 July."),
        ("2027-07-01T22:59:59Z", "Module two is due today, 1 July."),
        ("2027-07-01T23:00:00Z", "Module two was due on 1 July."),
    ] {
        let at: DateTime<Utc> = at.parse().unwrap();
        world.clock.advance(at - world.services.clock.now());
        assert_eq!(due().await, [said]);
    }
    // Nothing can be done for a course that is not open, nor by who does not belong there any more.
    run(&world, "update cohorts set access_until = '2027-07-01'").await;
    assert_eq!(due().await, Vec::<String>::new());
    run(&world, "update cohorts set access_until = null").await;
    assert_eq!(due().await.len(), 1);
    run(&world, "delete from memberships where person_id = (select id from people where email = 'student@north.example')").await;
    assert_eq!(due().await, Vec::<String>::new());
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
    // Cohorts that are not open yet, however many and new they are, take no places of those that are.
    let later = "insert into cohorts (id, organisation_id, course_id, name, created_at, access_from)
        select ('ffffffff-ffff-7fff-bfff-' || lpad(n::text, 12, '0'))::uuid, organisation_id, course_id, 'Later ' || n, now(), '2030-01-01'
        from cohorts, generate_series(1, 9) n where name = 'Autumn'";
    run(&world, later).await;
    run(
        &world,
        "insert into grants (person_id, role, cohort_id, granted_at, reason)
        select g.person_id, g.role, c.id, now(), g.reason from grants g, cohorts c where g.role = 'cohort-tutor' and c.name like 'Later %'",
    )
    .await;
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
