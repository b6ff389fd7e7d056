//! P5: access and completion are seen by whoever is signed up for the cohort or its organisation, and by nobody else.
//! P7: shared with nobody but the university.

use domain::{access::Role, cohorts::SortBy, kit::live::Topic};
use sqlx::PgPool;

use super::*;
use crate::{
    Error,
    learning::{content, read_page},
    testing::{World, course, plans, slug},
};

async fn page(world: &World, actor: &Actor, cohort: &NewCohort, query: CohortQuery) -> Result<CohortPage> {
    cohort_page(&world.services, actor, cohort.id, &query).await
}

async fn signed_up(world: &World, email: &str, cohort: &NewCohort) -> Actor {
    let tutor = world.learner(email).await;
    world.grant(&tutor, Role::CohortTutor(cohort.id)).await;
    tutor
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_who_is_signed_up_sees_a_cohort(db: PgPool) {
    let world = World::new(db);
    let (mine, other, elsewhere) = (
        world.cohort("North", "Autumn").await,
        world.cohort("North", "Spring").await,
        world.cohort("Coast", "Autumn").await,
    );
    let tutor = signed_up(&world, "tutor@north.example", &mine).await;
    let colleague = world.learner("colleague@north.example").await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &mine).await;
    let lead = world.learner("lead@north.example").await;
    let north: uuid::Uuid = sqlx::query_scalar("select id from organisations where name = 'North'")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    world.grant(&lead, Role::OrganisationAdministrator(OrganisationId(north))).await;
    let sees = async |actor: &Actor| {
        let mut seen = [false; 3];
        for (seen, cohort) in seen.iter_mut().zip([&mine, &other, &elsewhere]) {
            let page = page(&world, actor, cohort, CohortQuery::default()).await;
            assert!(matches!(page, Ok(_) | Err(Error::NotFound)));
            *seen = page.is_ok();
            let mut db = world.services.db.acquire().await.unwrap();
            let hears = actor.may_hear_of(&mut db, Topic::Cohort(cohort.id)).await;
            assert_eq!(hears.is_ok(), *seen);
        }
        let listed: Vec<_> =
            my_cohorts(&world.services, actor).await.unwrap().cohorts.iter().map(|card| card.id).collect();
        let expected: Vec<_> = [&mine, &other, &elsewhere]
            .iter()
            .zip(seen)
            .filter(|(_, seen)| *seen)
            .map(|(cohort, _)| cohort.id)
            .collect();
        assert_eq!(listed, expected);
        seen
    };
    assert_eq!(sees(&tutor).await, [true, false, false]);
    assert_eq!(sees(&lead).await, [true, true, false]);
    assert_eq!(sees(&colleague).await, [false; 3]);
    assert_eq!(sees(&student).await, [false; 3]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_table_shows_access_and_completion(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &cohort).await;
    let before = page(&world, &tutor, &cohort, CohortQuery::default()).await.unwrap();
    assert_eq!((before.students[0].modules.as_str(), &before.students[0].last_seen), ("NN", &None));
    read_page(&world.services, &student, &slug("nmp"), &slug("two"), &slug("page-1"), true).await.unwrap();
    let after = page(&world, &tutor, &cohort, CohortQuery::default()).await.unwrap();
    assert_eq!(after.students[0].modules, "NI");
    assert_eq!(after.students[0].last_seen.as_ref().unwrap().london, "22 November 2026 at 9am");
    assert_eq!(after.modules, ["Module one", "Module two"]);
}

/// Five hundred students and sixty modules, walked page by page in every order: each student comes once.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_large_cohort_is_walked_in_pages(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let names: Vec<_> = (0..60).map(|n| format!("m{n}")).collect();
    content::import(&world.services, &course(&names.iter().map(String::as_str).collect::<Vec<_>>(), 1))
        .await
        .unwrap();
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    sqlx::query(
        "with p as (insert into people (id, email, full_name, created_at)
            select gen_random_uuid(), 's' || n || '@north.example', 'Student ' || n % 90, now() from generate_series(1, 500) n returning id)
        insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at, modules_completed, last_seen_at)
        select gen_random_uuid(), p.id, $1, $2, now(), floor(random() * 60), case when random() < 0.8 then now() - random() * interval '9 days' end
        from p",
    )
    .bind(cohort.course.0)
    .bind(cohort.id.0)
    .execute(&world.services.db)
    .await
    .unwrap();
    for sort in SortBy::ALL {
        for descending in [false, true] {
            let mut query = CohortQuery { sort, descending, ..CohortQuery::default() };
            let mut seen = Vec::new();
            loop {
                let page = page(&world, &tutor, &cohort, query.clone()).await.unwrap();
                assert_eq!((page.found, page.in_all), (500, 500));
                assert!(
                    page.students.len() <= STUDENTS_A_PAGE
                        && page.students.iter().all(|student| student.modules.len() == 60)
                );
                seen.extend(page.students);
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
            let distinct: std::collections::BTreeSet<_> = seen.iter().map(|student| &student.email).collect();
            assert_eq!((seen.len(), distinct.len()), (500, 500), "{sort:?} {descending}");
            let mut keys: Vec<_> = seen
                .iter()
                .map(|student| match sort {
                    SortBy::Name => student.name.to_lowercase(),
                    SortBy::Completed => format!("{:05}", student.completed),
                    SortBy::LastSeen => {
                        student.last_seen.as_ref().map(|seen| seen.utc.clone()).unwrap_or_default()
                    }
                })
                .collect();
            if descending {
                keys.reverse();
            }
            assert!(keys.is_sorted(), "{sort:?} {descending}");
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn searching_takes_what_is_typed_literally(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    for name in ["ann_lee", "annalee", "bo"] {
        let student = world.learner(&format!("{name}@north.example")).await;
        world.enrol(&student, &cohort).await;
    }
    sqlx::query("update people set full_name = 'Ann Marie Lee' where email like 'annalee@%'")
        .execute(&world.services.db)
        .await
        .unwrap();
    for (search, found) in [
        ("", 3),
        (" ANN ", 2),
        ("n_l", 1),
        ("%", 0),
        ("\\", 0),
        ("'; drop table people", 0),
        ("\0", 3),
        ("north", 3),
        // As names are read: blanks, and characters that nobody sees.
        ("Ann  Marie", 1),
        ("ann\u{a0}marie\u{200b}", 1),
        ("\u{feff}ann\u{ad} marie ", 1),
    ] {
        let query = CohortQuery { search: search.into(), ..CohortQuery::default() };
        assert_eq!(page(&world, &tutor, &cohort, query).await.unwrap().students.len(), found, "{search}");
    }
    let nonsense = CohortQuery { after: Some("non~sense\0".into()), ..CohortQuery::default() };
    assert_eq!(page(&world, &tutor, &cohort, nonsense).await.unwrap().students.len(), 3);
}

/// What is the same in each row is found once, and not for each student.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_is_counted_once_for_its_page(db: PgPool) {
    let found = plans(&db, "as in_all").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let plan = &found[0].1;
    // What is below the head is found for each row.
    let (_, rows) = plan.split_once("CTE Scan on head").unwrap_or(("", plan));
    assert!(!rows.contains("on enrolments"), "{plan}");
}

/// Beside twenty thousand others': whose they are is where it begins.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn ones_own_cohorts_are_looked_up_and_not_sought_among_all(db: PgPool) {
    sqlx::raw_sql(
        "set session_replication_role = replica;
        create function other(n bigint) returns uuid language sql immutable as
            $$ select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
        insert into organisations (id, name, kind, created_at)
        select other(n), 'Other ' || n, 'university', now() from generate_series(1, 5000) n;
        insert into cohorts (id, organisation_id, course_id, name, created_at)
        select other(n), other(n % 100), other(0), 'Other ' || n, now() from generate_series(1, 20000) n;
        insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at)
        select other(n), other(n), other(0), other(n), now() from generate_series(1, 20000) n;
        insert into grants (cohort_id, person_id, role, granted_at, reason)
        select other(n), other(n % 10), 'cohort-tutor', now(), 'Other' from generate_series(1, 20000) n;
        insert into grants (organisation_id, person_id, role, granted_at, reason)
        select other(n), other(n), 'organisation-administrator', now(), 'Other' from generate_series(1, 100) n;
        set session_replication_role = origin;
        analyze",
    )
    .execute(&mut *db.acquire().await.unwrap())
    .await
    .unwrap();
    let found = plans(&db, "as \"completed_percent!\"").await;
    assert_eq!(found.len(), 1, "{found:?}");
    for table in ["cohorts", "enrolments", "organisations"] {
        let whole = format!("Seq Scan on {table} ");
        assert!(!found[0].1.contains(&whole), "{}", found[0].1);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_whose_course_has_fewer_modules_than_before_is_still_listed(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &cohort).await;
    let modules: i64 = sqlx::query_scalar("select count(*) from modules where not retired")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    sqlx::query("update enrolments set modules_completed = $1")
        .bind(i16::try_from(modules * 10).unwrap())
        .execute(&world.services.db)
        .await
        .unwrap();
    assert!(modules > 0);
    assert_eq!(my_cohorts(&world.services, &tutor).await.unwrap().cohorts[0].completed_percent, 100);
}
