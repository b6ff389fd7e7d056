use std::{fs, path::Path};

use domain::{Problem, access::Role, cohorts::CohortId, organisations::OrganisationId};
use sqlx::PgPool;

use super::{NewGrant, grant, take_back};
use crate::{Error, cohorts::cohort_page, testing::World};

async fn organisation(world: &World, name: &str) -> OrganisationId {
    let id = sqlx::query_scalar("select id from organisations where name = $1").bind(name);
    OrganisationId(id.fetch_one(&world.services.db).await.unwrap())
}

/// Role, scope and who gave it, as they are stored.
async fn stored(world: &World) -> Vec<(String, Option<uuid::Uuid>, Option<uuid::Uuid>, String)> {
    sqlx::query_as(
        "select role, coalesce(organisation_id, cohort_id), granted_by, reason from grants order by 1",
    )
    .fetch_all(&world.services.db)
    .await
    .unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn every_role_is_kept_once_with_its_scope_who_gave_it_and_why(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await.id;
    let north = organisation(&world, "North").await;
    let (person, by) = (world.learner("a@north.example").await, world.learner("b@north.example").await);
    let mut db = world.services.db.acquire().await.unwrap();
    let mut expected = Vec::new();
    for role in Role::all(north, cohort) {
        for (reason, is_new) in [(" Asked by\u{200b} the dean ", true), ("Once more", false)] {
            let new = NewGrant { person: person.person(), role, by: Some(by.person()), reason };
            assert_eq!(grant(&world.services, &mut db, new).await.unwrap(), is_new, "{role:?}");
        }
        let why = "Asked by the dean".to_owned();
        expected.push((role.as_str().to_owned(), role.scope(), Some(by.person().0), why));
    }
    expected.sort();
    assert_eq!(stored(&world).await, expected);
    let events: Vec<(uuid::Uuid, uuid::Uuid, String)> = sqlx::query_as(
        "select actor_id, subject_id, detail->>'role' from audit_events where action = 'access.granted' order by 3",
    )
    .fetch_all(&world.services.db)
    .await
    .unwrap();
    let roles: Vec<_> = events.iter().map(|event| event.2.clone()).collect();
    assert_eq!(roles, expected.iter().map(|row| row.0.clone()).collect::<Vec<_>>());
    assert!(events.iter().all(|event| (event.0, event.1) == (by.person().0, person.person().0)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_role_is_given_with_a_reason_only_and_in_its_own_kind_of_scope(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await.id;
    let north = organisation(&world, "North").await;
    let person = world.learner("a@north.example").await.person();
    let mut db = world.services.db.acquire().await.unwrap();
    let new = NewGrant { person, role: Role::Support, by: None, reason: " \n" };
    let refused = grant(&world.services, &mut db, new).await;
    assert!(
        matches!(refused, Err(Error::Invalid(problems)) if problems[0].problem == Problem::ReasonMissing)
    );
    for (role, organisation, cohort) in [
        ("support", Some(north.0), None),
        ("cohort-tutor", Some(north.0), None),
        ("paper-setter", None, Some(cohort.0)),
        ("organisation-administrator", None, None),
        ("dean", Some(north.0), None),
    ] {
        let written = sqlx::query(
            "insert into grants (person_id, role, organisation_id, cohort_id, granted_at, reason) values ($1, $2, $3, $4, now(), 'Why')",
        )
        .bind(person.0)
        .bind(role)
        .bind(organisation)
        .bind(cohort)
        .execute(&world.services.db)
        .await;
        assert!(written.is_err(), "{role}");
    }
    assert!(stored(&world).await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_role_that_is_taken_back_opens_nothing_any_more_and_is_remembered(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await.id;
    let other = CohortId(world.cohort("North", "Spring").await.id.0);
    let tutor = world.learner("tutor@north.example").await;
    world.grant(&tutor, Role::CohortTutor(cohort)).await;
    let sees = async || cohort_page(&world.services, &tutor, cohort, &Default::default()).await.is_ok();
    assert!(sees().await);
    let mut db = world.services.db.acquire().await.unwrap();
    let held = |role| NewGrant { person: tutor.person(), role, by: None, reason: "Left" };
    assert!(!take_back(&world.services, &mut db, held(Role::CohortTutor(other))).await.unwrap());
    assert!(!take_back(&world.services, &mut db, held(Role::Support)).await.unwrap());
    assert!(sees().await);
    assert!(take_back(&world.services, &mut db, held(Role::CohortTutor(cohort))).await.unwrap());
    assert!(!sees().await);
    let events: Vec<String> =
        sqlx::query_scalar("select action from audit_events where subject_id = $1 order by id")
            .bind(tutor.person().0)
            .fetch_all(&world.services.db)
            .await
            .unwrap();
    assert_eq!(events, ["access.granted", "access.taken_back"]);
}

/// A condition that asks for a role by itself is one that the test of the scopes does not take out.
#[test]
fn nothing_but_access_asks_grants() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "access" && !name.ends_with("tests") {
                folders.push(path);
            } else if path.is_file() && !name.ends_with("tests.rs") {
                let text = fs::read_to_string(&path).unwrap();
                for table in
                    ["grants", "organisation_administrators", "cohort_administrators", "paper_setters"]
                {
                    for before in ["from", "join", "into", "update"] {
                        assert!(!text.contains(&format!("{before} {table} ")), "{name} asks {table}");
                    }
                }
                read += 1;
            }
        }
    }
    assert!(read > 70, "{read}");
}
