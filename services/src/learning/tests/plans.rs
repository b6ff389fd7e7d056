//! How the triggers of enrolments compare the rows before and after a change.

use sqlx::{AssertSqlSafe, PgPool};

use super::enrolled;
use crate::testing::World;

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
