//! How the pages of a cohort find their rows among the courses of others.

use super::*;
use crate::testing::{beside_other_courses, plan};

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_progress_over_time_reads_the_modules_once_and_not_for_each_student(db: PgPool) {
    beside_other_courses(&db).await;
    let plan = plan(&db, "as \"completed!: Vec<NaiveDate>\"").await;
    // What is below it runs for each student.
    let (_, students) = plan.split_once("CTE Scan on cohort").unwrap_or(("", &plan));
    assert!(students.contains("module_completions_pkey") && !students.contains(" on modules"), "{plan}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_dates_of_a_cohort_are_compared_with_the_modules_of_its_courses_alone(db: PgPool) {
    beside_other_courses(&db).await;
    let plan = plan(&db, "d.set_at as \"set_at?\"").await;
    assert!(!plan.contains("Seq Scan on modules"), "{plan}");
}
