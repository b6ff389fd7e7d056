use domain::{Problem, access::Role, cohorts::CohortId, organisations::OrganisationId};
use sqlx::PgPool;

use super::{NewGrant, grant, take_back};
use crate::{Error, cohorts::cohort_page, testing::World};

async fn organisation(world: &World, name: &str) -> OrganisationId {
    let id = sqlx::query_scalar("select id from organisations where name = $1").bind(name);
    OrganisationId(id.fetch_one(&world.services.db).await.unwrap())
}

/// Role, scope and grantor, as stored.
async fn stored(world: &World) -> Vec<(String, Option<uuid::Uuid>, Option<uuid::Uuid>, String)> {
    sqlx::query_as(
        "select role, coalesce(organisation_id, cohort_id, zone_area_id), granted_by, reason from grants order by 1",
    )
    .fetch_all(&world.services.db)
    .await
    .unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn every_role_is_stored_once_with_its_scope_grantor_and_reason(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await.id;
    let north = organisation(&world, "North").await;
    let area = crate::zone::testing::area(&world, "prescribers").await;
    let (person, by) = (world.learner("a@north.example").await, world.learner("b@north.example").await);
    let mut db = world.services.db.acquire().await.unwrap();
    let mut expected = Vec::new();
    for role in Role::all(north, cohort, area) {
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
async fn a_role_needs_a_reason_and_its_own_kind_of_scope(db: PgPool) {
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
async fn a_withdrawn_role_opens_nothing_and_stays_in_the_audit(db: PgPool) {
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

/// With what was known about each: grantor and time.
#[sqlx::test(migrations = false)]
async fn roles_given_before_there_were_grants_are_kept(db: PgPool) {
    let run = async |sql: &str| {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
            .execute(&mut *db.acquire().await.unwrap())
            .await
            .unwrap();
    };
    /// Who has which role where, since when, and granted by whom.
    type Kept = (String, String, Option<String>, String, Option<String>);

    const GRANTS: i64 = 20_261_129_091_000;
    // A new database of the test cluster has all migrations.
    run("drop schema public cascade; create schema public").await;
    for migration in crate::MIGRATIONS.iter().filter(|migration| migration.version < GRANTS) {
        run(migration.sql.as_str()).await;
    }
    run("insert into people (id, email, full_name, created_at, support)
        select gen_random_uuid(), n || '@x.example', n, '2026-01-01', n = 'support'
        from unnest('{support,tutor,setter,head,learner}'::text[]) n;
        insert into organisations (id, name, kind, created_at) values (gen_random_uuid(), 'North', 'university', now());
        insert into frameworks values ('f', 'Framework', 'Society', 2021);
        insert into courses (id, slug, title, summary, intro_html, framework_id) values (gen_random_uuid(), 'nmp', 'Course', '', '', 'f');
        insert into cohorts (id, organisation_id, course_id, name, created_at)
        select gen_random_uuid(), o.id, c.id, 'Autumn', now() from organisations o, courses c;
        insert into cohort_administrators select c.id, p.id, '2026-02-01', s.id from cohorts c, people p, people s
        where p.full_name = 'tutor' and s.full_name = 'support';
        insert into organisation_administrators select o.id, p.id, '2026-03-01' from organisations o, people p where p.full_name = 'head';
        insert into paper_setters select o.id, p.id, '2026-04-01' from organisations o, people p where p.full_name = 'setter'")
    .await;
    let before = "select p.full_name from cohort_administrators a join people p on p.id = a.person_id where a.signed_up_by is not null";
    let read: String = sqlx::query_scalar(before).fetch_one(&db).await.unwrap();
    let new = crate::MIGRATIONS.iter().find(|migration| migration.version == GRANTS).unwrap();
    run(new.sql.as_str()).await;
    let kept: Vec<Kept> = sqlx::query_as(
        "select p.full_name, g.role, coalesce(o.name, c.name), g.granted_at::date::text, b.full_name
        from grants g join people p on p.id = g.person_id left join organisations o on o.id = g.organisation_id
        left join cohorts c on c.id = g.cohort_id left join people b on b.id = g.granted_by order by 4",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    let kept: Vec<_> = kept
        .iter()
        .map(|(who, role, scope, at, by)| {
            (who.as_str(), role.as_str(), scope.as_deref(), at.as_str(), by.as_deref())
        })
        .collect();
    assert_eq!(
        kept,
        [
            ("support", "support", None, "2026-01-01", None),
            ("tutor", "cohort-tutor", Some("Autumn"), "2026-02-01", Some("support")),
            ("head", "organisation-administrator", Some("North"), "2026-03-01", None),
            ("setter", "paper-setter", Some("North"), "2026-04-01", None),
        ]
    );
    // The previous version goes on reading while it is replaced.
    assert_eq!(sqlx::query_scalar::<_, String>(before).fetch_one(&db).await.unwrap(), read);
    for statement in [
        "select organisation_id, allowed from paper_access(gen_random_uuid(), gen_random_uuid(), now())",
        "select support, reason from organisation_access(gen_random_uuid(), gen_random_uuid(), now())",
        "select h.support from people h, paper_setters r, organisation_administrators a where r.person_id = h.id",
    ] {
        sqlx::raw_sql(statement).fetch_all(&mut *db.acquire().await.unwrap()).await.unwrap();
    }
}
