//! How the pages of an area find their rows among those of others, as the role that the walls hold.

use sqlx::PgPool;

use crate::testing::{Application, plan};

/// Roles elsewhere, reports of other areas that wait, and many members (among none, two indexes of roles
/// cost the same). What they refer to does not exist: planning does not need it.
const OTHERS: &str = "set session_replication_role = replica;
    insert into grants (person_id, role, organisation_id, granted_at, reason)
    select gen_random_uuid(), 'organisation-administrator', gen_random_uuid(), now(), 'For a test' from generate_series(1, 5000);
    insert into zone_reports (id, area_id, of_member, by_member, kind, made_at)
    select gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad((n % 20)::text, 12, '0'))::uuid, gen_random_uuid(), gen_random_uuid(),
        'unkind', now()
    from generate_series(1, 5000) n;
    insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
    select gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad((n % 2)::text, 12, '0'))::uuid, gen_random_uuid(), 'member', '1', now(),
        now(), now()
    from generate_series(1, 5000) n;
    insert into zone_profiles (member_id, area_id, person_id, name, joined_at, changed_at)
    select gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad((n % 2)::text, 12, '0'))::uuid, gen_random_uuid(), 'Member ' || n, now(), now()
    from generate_series(1, 5000) n;
    insert into zone_postings (area_id, word, sort_key, member_id, joined_at)
    select area_id, '', sort_key, member_id, joined_at from zone_profiles;
    set session_replication_role = origin;
    analyze";

async fn beside_others(db: &PgPool) -> Application {
    sqlx::raw_sql(OTHERS).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    Application::new(db, 1).await
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_reports_that_wait_and_the_leads_are_found_by_their_area(db: PgPool) {
    let application = beside_others(&db).await;
    for (words, reports, leads) in [
        ("with leads as materialized", 2, 1),
        ("as \"newest!: Json<Vec<Joined>>\"", 1, 0),
        ("as \"is_closed!\"", 0, 2),
    ] {
        let plan = plan(&application.world.services.db, words).await;
        assert!(!plan.contains("Seq Scan on grants") && !plan.contains("Seq Scan on zone_reports"), "{plan}");
        let found = (plan.matches("zone_reports_open").count(), plan.matches("grants_scope").count());
        assert_eq!(found, (reports, leads), "{plan}");
    }
    application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_member_whom_somebody_names_is_found_among_many_by_an_index(db: PgPool) {
    let application = beside_others(&db).await;
    let plan = plan(&application.world.services.db, "(select zone_made($3))").await;
    assert!(plan.contains("using zone_postings_pkey"), "{plan}");
    assert!(plan.contains("Index Cond: ((member_id = ANY"), "{plan}");
    application.end().await;
}
