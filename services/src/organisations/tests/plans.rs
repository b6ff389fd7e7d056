//! How the pages of an organisation find their rows among the people of others.

use sqlx::PgPool;

use crate::testing::plan;

/// Organisations of 1,000 people each, with their cohorts. Some rows that they refer to do not exist: planning does not need them.
const OTHERS: &str = "set session_replication_role = replica;
    create function other(n bigint) returns uuid language sql immutable as
        $$ select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
    insert into people (id, email, full_name, created_at, activated_at)
    select other(n), 'other' || n || '@x.example', 'Other ' || n, now(), now() from generate_series(1, 20000) n;
    insert into organisations (id, name, slug, kind, created_at)
    select other(n), 'Other ' || n, 'other-' || n, 'employer', now() from generate_series(1, 20) n;
    insert into memberships (organisation_id, person_id, joined_at)
    select other(n % 20 + 1), other(n), now() from generate_series(1, 20000) n;
    insert into cohorts (id, organisation_id, course_id, name, created_at)
    select other(n), other(n % 20 + 1), other(0), 'Other ' || n, now() from generate_series(1, 200) n;
    insert into enrolments (id, learner_id, course_id, cohort_id, organisation_id, enrolled_at)
    select other(n), other(n), other(0), other(n % 200 + 1), other(n % 20 + 1), now() from generate_series(1, 20000) n;
    set session_replication_role = origin;
    analyze";

async fn beside_others(db: PgPool) -> PgPool {
    sqlx::raw_sql(OTHERS).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    db
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_page_of_an_organisation_reads_the_accounts_of_its_own_people(db: PgPool) {
    let db = beside_others(db).await;
    let plan = plan(&db, "as \"asking!\"").await;
    assert!(!plan.contains("Seq Scan on people"), "{plan}");
    // Those with an account, and those without.
    assert_eq!(plan.matches("Index Cond: (id = m").count(), 2, "{plan}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_cohorts_that_a_list_of_people_is_narrowed_to_are_found_once(db: PgPool) {
    let db = beside_others(db).await;
    let plan = plan(&db, "with groups as materialized").await;
    assert!(!plan.contains("Seq Scan on people"), "{plan}");
    let (_, listed) = plan.split_once("CTE listed\n").unwrap();
    let (listed, _) = listed.split_once("CTE head\n").unwrap();
    // This part runs for each person.
    assert!(listed.contains("CTE Scan on groups") && !listed.contains(" on cohorts"), "{plan}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_report_reads_each_place_once_and_the_cohort_of_each_by_its_key(db: PgPool) {
    let db = beside_others(db).await;
    // In fewer an index would not pay.
    let cohorts = "set session_replication_role = replica;
        insert into cohorts (id, organisation_id, course_id, name, created_at)
        select other(n), other(n % 20 + 1), other(0), 'Other ' || n, now() from generate_series(201, 10000) n;
        set session_replication_role = origin;
        analyze cohorts";
    sqlx::raw_sql(cohorts).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    let plan = plan(&db, "from progress_followed f\n            join given g").await;
    assert!(!plan.contains("Seq Scan on people"), "{plan}");
    let (_, followed) = plan.split_once("CTE followed\n").unwrap();
    assert_eq!(plan.matches(" on cohorts ").count(), 1, "{plan}");
    assert!(followed.contains(" using cohorts_pkey on cohorts "), "{plan}");
    // The places of its own people, of those for whom it pays, and of a cohort to which a course is assigned.
    assert_eq!(plan.matches(" on enrolments ").count(), 3, "{plan}");
    // That the organisation is no funder is asked once, and not joined: the number of people is then estimated as it is.
    assert!(followed.contains("NOT (hashed SubPlan"), "{plan}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_a_course_that_many_teams_have_the_report_reads_what_reaches_each_person(db: PgPool) {
    let db = beside_others(db).await;
    let assignments = "set session_replication_role = replica;
        insert into course_assignments (id, organisation_id, course_id, team, assigned_at)
        select other(n), other(n % 20 + 1), other(0), 'Ward ' || n, now() from generate_series(1, 10000) n;
        set session_replication_role = origin;
        analyze course_assignments";
    sqlx::raw_sql(assignments).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    let plan = plan(&db, "from progress_followed f\n            join given g").await;
    assert!(!plan.contains("Seq Scan on course_assignments") && !plan.contains(" on uploads"), "{plan}");
    let by_team = |line: &str| line.contains("Index Cond") && line.contains("(lower(team) = lower(");
    assert_eq!(plan.lines().filter(|line| by_team(line)).count(), 1, "{plan}");
}
