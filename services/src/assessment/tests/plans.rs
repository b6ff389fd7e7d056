//! How statements find their rows beside what many others have.

use super::*;
use crate::testing::plans;

/// Papers, sittings and enrolments of one large organisation. What they refer to is not there: plans are made without it.
const OTHERS: &str = "set session_replication_role = replica;
    create function other(n bigint) returns uuid language sql immutable as
        $$ select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
    insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at, removed_on)
    select other(n), other(n / 20), other(n), 1, now(), 1800, now(), now(), now(), current_date from generate_series(1, 20000) n;
    insert into paper_learners (paper_id, email, person_id)
    select other(n / 20), 'other' || n || '@x.example', other(n) from generate_series(1, 20000) n;
    insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at)
    select other(n), other(n), other(0), other(n / 20), now() from generate_series(1, 20000) n;
    insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints, attempts,
        opens_at, closes_at, release, published_at, created_at)
    select other(n), other(0), other(n), 'mock', 'Other', 30, 60, true, false, false, 1, now(),
        now() + interval '1 day', 'at-once', now(), now()
    from generate_series(1, 1000) n;
    insert into cohorts (id, organisation_id, course_id, name, created_at)
    select other(n), other(0), other(0), 'Other ' || n, now() from generate_series(1, 1000) n;
    analyze";

async fn beside_others(db: PgPool) -> PgPool {
    sqlx::raw_sql(OTHERS).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    db
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_statement_works_out_the_state_of_every_sitting(db: PgPool) {
    let db = beside_others(db).await;
    let found = plans(&db, "sitting_states").await;
    assert!(found.len() >= 5, "the room, its beat, saving, the list of a paper and the desk of a sitting");
    for (statement, plan) in found {
        assert!(!plan.contains("Seq Scan on sittings"), "{statement}\n{plan}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whom_an_organisation_gives_time_is_looked_up_from_the_person(db: PgPool) {
    let db = beside_others(db).await;
    let found = plans(&db, "from (select $1::text as email) asked").await;
    assert_eq!(found.len(), 1, "{found:?}");
    for table in ["enrolments", "paper_learners", "sittings", "papers", "cohorts"] {
        let whole = format!("Seq Scan on {table} ");
        assert!(!found[0].1.contains(&whole), "{}", found[0].1);
        assert!(found[0].1.contains(&format!(" on {table} ")), "{}", found[0].1);
    }
}
