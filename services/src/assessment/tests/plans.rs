//! How statements find their rows among many other people's.

use sqlx::{AssertSqlSafe, Row};

use super::*;
use crate::testing::plans;

/// Papers, sittings and enrolments of one large organisation. The rows that they refer to do not exist: planning does
/// not need them.
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

/// All of them have submitted, ten questions each.
const MARKS: &str = "set session_replication_role = replica;
    update sittings set submitted_at = now(), mark = 10, available = 10, passed = true;
    insert into paper_items (id, paper_id, section_id, attempt, position, marks, question)
    select other(10 * n + i), other(n), other(n), 1, i + 1, 1, '{}' from generate_series(0, 1000) n, generate_series(0, 9) i;
    insert into item_marks (sitting_id, item_id, marks)
    select other(n), other(10 * (n / 20) + i), 1 from generate_series(1, 20000) n, generate_series(0, 9) i;
    insert into sitting_totals (sitting_id, marks, unreadable) select other(n), '{10}', 0 from generate_series(1, 20000) n;
    insert into answers (sitting_id, item_id, sequence, flagged, saved_at)
    select other(n), other(10 * (n / 20) + i), 1, false, now() from generate_series(1, 20000) n, generate_series(0, 9) i;
    analyze";

async fn beside_others(db: PgPool) -> PgPool {
    sqlx::raw_sql(OTHERS).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    db
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_statement_computes_the_state_of_every_sitting(db: PgPool) {
    let db = beside_others(db).await;
    let found = plans(&db, "sitting_states").await;
    assert!(
        found.len() >= 5,
        "the room, its beat, saving, the list of a paper and the overview of a sitting"
    );
    for (statement, plan) in found {
        assert!(!plan.contains("Seq Scan on sittings"), "{statement}\n{plan}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisations_extra_time_is_looked_up_from_the_person(db: PgPool) {
    let db = beside_others(db).await;
    let found = plans(&db, "from (select $1::text as email) asked").await;
    assert_eq!(found.len(), 1, "{found:?}");
    for table in ["enrolments", "paper_learners", "sittings", "papers", "cohorts"] {
        let whole = format!("Seq Scan on {table} ");
        assert!(!found[0].1.contains(&whole), "{}", found[0].1);
        assert!(found[0].1.contains(&format!(" on {table} ")), "{}", found[0].1);
    }
}

/// Marks and answers of all papers are in one table each: a query about one paper finds its rows from its own sittings.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_query_about_one_paper_reads_no_whole_table(db: PgPool) {
    let db = beside_others(db).await;
    sqlx::raw_sql(MARKS).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    for (what, words, many) in [
        ("the head of the results", "from sitting_totals x where x.sitting_id = s.id offset 0", 1),
        (
            "the rows of the results",
            "from sitting_totals x where x.sitting_id = s.id and x.unreadable > 0",
            1,
        ),
        ("the sums of corrections", "from sittings s join item_marks m on", 1),
        (
            "the marks of results and of item analysis",
            "from (select x.* from item_marks x where x.sitting_id = s.id offset 0)",
            2,
        ),
        ("the answers that are marked again", "from item_marks m left join answers a on", 1),
        ("the marks that are written again", "update item_marks m set marks", 1),
        ("the next sittings to mark again", "x.submitted_at is not null offset 0) s", 1),
        ("the sittings that are marked again", "submitted_at is not null order by id for no key update", 1),
        ("the results that are written again", "update sittings s set mark = n.mark", 1),
    ] {
        let found = plans(&db, words).await;
        assert_eq!(found.len(), many, "{what}: {found:#?}");
        for (statement, plan) in found {
            for table in ["item_marks", "answers", "sittings", "sitting_totals"] {
                assert!(!plan.contains(&format!("Seq Scan on {table} ")), "{what}\n{statement}\n{plan}");
            }
        }
    }
}

/// A paper has as many marks as candidates times questions; its page sums up a row a sitting.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_head_of_the_results_reads_the_totals_of_sittings_and_no_marks(db: PgPool) {
    let db = beside_others(db).await;
    sqlx::raw_sql(MARKS).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    let found = plans(&db, "from sitting_totals x where x.sitting_id = s.id offset 0").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let (statement, plan) = &found[0];
    assert!(!plan.contains(" on item_marks"), "{statement}\n{plan}");
    assert!(plan.contains("sitting_totals_pkey"), "{statement}\n{plan}");
}

/// The list of a running paper is fetched again every few seconds.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_list_of_a_running_paper_reads_no_whole_table(db: PgPool) {
    let db = beside_others(db).await;
    sqlx::raw_sql(MARKS).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    let found = plans(&db, "as \"not_started!\"").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let (statement, plan) = &found[0];
    for table in ["answers", "sittings", "paper_learners", "paper_items"] {
        assert!(!plan.contains(&format!("Seq Scan on {table} ")), "{table}\n{statement}\n{plan}");
    }
}

/// The plan of the text of a function of the database, which a statement that calls it does not show. `takes` are its parameters with their types.
async fn plan_of(db: &PgPool, function: &str, takes: &[(&str, &str)]) -> String {
    let mut db = db.acquire().await.unwrap();
    let mut text: String = sqlx::query_scalar("select prosrc from pg_proc where proname = $1")
        .bind(function)
        .fetch_one(&mut *db)
        .await
        .unwrap();
    for (n, (name, _)) in takes.iter().enumerate() {
        assert!(text.contains(name), "{function} has another parameter");
        text = text.replace(name, &format!("${}", n + 1));
    }
    let types: Vec<_> = takes.iter().map(|(_, is)| *is).collect();
    let values = vec!["null"; takes.len()].join(", ");
    let explain = format!(
        "set plan_cache_mode = force_generic_plan; prepare asked ({}) as {text}; explain (costs off) execute asked({values}); deallocate asked",
        types.join(", ")
    );
    let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(&mut *db).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

/// The start page, the calendar and the reminders ask for one candidate.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_waits_for_a_candidate_is_found_without_what_waits_for_others(db: PgPool) {
    let db = beside_others(db).await;
    for (function, takes) in [
        ("papers_waiting", [("candidate", "uuid")].as_slice()),
        ("papers_dated", [("candidate", "uuid"), ("moment", "timestamptz")].as_slice()),
    ] {
        let plan = plan_of(&db, function, takes).await;
        for table in ["sittings", "paper_learners", "enrolments", "papers", "cohorts"] {
            assert!(!plan.contains(&format!("Seq Scan on {table} ")), "{function}\n{plan}");
        }
        assert!(plan.contains(" on sittings") && plan.contains(" on papers"), "{function}\n{plan}");
    }
}
