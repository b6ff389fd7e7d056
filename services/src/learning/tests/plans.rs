//! How the triggers of enrolments compare the rows before and after a change, and how pages find what is a learner's among the rows of others.

use sqlx::{AssertSqlSafe, PgPool};

use super::enrolled;
use crate::testing::{World, beside_other_courses, plan, plans};

/// The plan of what a trigger performs when one enrolment changes. A connection keeps this plan, also for thousands of them. It is asked for
/// inside a trigger: the rows before and after have a name nowhere else.
async fn plan_for_one_row(db: &PgPool, function: &str) -> String {
    let body: String = sqlx::query_scalar("select prosrc from pg_proc where proname = $1")
        .bind(function)
        .fetch_one(db)
        .await
        .unwrap();
    let (_, performed) = body.split_once("perform ").unwrap();
    let (performed, _) = performed.split_once(';').unwrap();
    let explain = format!(
        "create table planned (line text);
        create function explained() returns trigger language plpgsql as $body$
        declare one text;
        begin
            for one in execute $performed$explain (costs off) select {performed}$performed$ loop
                insert into planned (line) values (one);
            end loop;
            return null;
        end $body$;
        create trigger explained after update on enrolments referencing old table as was new table as joined
            for each statement execute function explained();
        update enrolments set last_seen_at = now()"
    );
    sqlx::raw_sql(AssertSqlSafe(explain)).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    let plan =
        sqlx::query_scalar("select string_agg(line, E'\\n') from planned").fetch_one(db).await.unwrap();
    sqlx::raw_sql("drop trigger explained on enrolments; drop function explained; drop table planned")
        .execute(&mut *db.acquire().await.unwrap())
        .await
        .unwrap();
    plan
}

/// A join planned for one row would compare each of thousands with each: 8,000 students were 64 million pairs.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn enrolments_that_change_together_are_not_compared_each_with_each(db: PgPool) {
    enrolled(&World::new(db.clone())).await;
    for function in ["enrolments_moved", "progress_news"] {
        let plan = plan_for_one_row(&db, function).await;
        assert_eq!(plan.matches("Named Tuplestore Scan").count(), 2, "{function}\n{plan}");
        // The rows before and after are read below it, and joined nowhere.
        let (_, compared) = plan.split_once("SetOp Except").unwrap_or(("", ""));
        assert_eq!(compared.matches("Named Tuplestore Scan").count(), 2, "{function}\n{plan}");
    }
}

/// Otherwise the start page, a course's page, the calendar and the reminders read the dates that all cohorts have set for the modules of a
/// course: 10 seconds for fifty learners among forty cohorts.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_dates_of_a_learner_are_read_from_their_own_cohorts(db: PgPool) {
    beside_other_courses(&db).await;
    for (words, many) in [("modules_due(", 3), ("learning_cards(", 3)] {
        let found = plans(&db, words).await;
        assert_eq!(found.len(), many, "{words}: {found:?}");
        for (statement, plan) in found {
            assert!(plan.contains("cohort_dates_pkey"), "{statement}\n{plan}");
            for others in ["cohort_dates_module", "Seq Scan on cohort_dates"] {
                assert!(!plan.contains(others), "{statement}\n{plan}");
            }
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_notes_of_a_course_are_found_from_what_the_learner_keeps(db: PgPool) {
    beside_other_courses(&db).await;
    let plan = plan(&db, "as \"notes!: Json<Vec<NoteRow>>\"").await;
    for table in ["pages", "modules", "page_notes", "page_highlights"] {
        assert!(!plan.contains(&format!("Seq Scan on {table} ")), "{plan}");
    }
}
