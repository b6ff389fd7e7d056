//! The rows that statements read among thousands of other people, cohorts, papers and answers.

use super::*;
use crate::testing::{plan, plans};

/// Many people, organisations, sittings, answers and marks. Some rows that they refer to do not exist: planning does
/// not need them.
const OTHERS: &str = "set session_replication_role = replica;
    create function other(n bigint) returns uuid language sql immutable as
        $$ select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
    insert into people (id, email, full_name, created_at)
    select other(n), 'other' || n || '@x.example', 'Other ' || n, now() from generate_series(1, 20000) n;
    insert into organisations (id, name, slug, kind, created_at)
    select other(n), 'Other ' || n, 'other-' || n, 'university', now() from generate_series(1, 2000) n;
    insert into cohorts (id, organisation_id, course_id, name, created_at)
    select other(n), other(n), other(0), 'Other', now() from generate_series(1, 2000) n;
    insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at)
    select other(n), other(n), other(0), other(n / 10), now() from generate_series(1, 20000) n;
    insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints, attempts,
        opens_at, closes_at, release, published_at, created_at)
    select other(n), other(n), other(n), 'mock', 'Other', 30, 60, true, false, false, 1, now(),
        now() + interval '1 day', 'at-once', now(), now()
    from generate_series(1, 1000) n;
    insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at,
        removed_on, submitted_at, mark)
    select other(n), other(n / 20), other(n), 1, now(), 1800, now(), now(), now(), current_date,
        case when n % 20 > 0 then now() end, case when n % 20 > 0 then 1 end
    from generate_series(1, 20000) n;
    insert into paper_learners (paper_id, email, person_id)
    select other(n / 20), 'other' || n || '@x.example', other(n) from generate_series(1, 20000) n;
    insert into exam_adjustments (person_id, email, organisation_id, extra_percent, set_at)
    select other(n), 'other' || n || '@x.example', other(1), 25, now() from generate_series(1, 3000) n;
    insert into answers (sitting_id, item_id, sequence, flagged, saved_at)
    select other(n / 20), other(n % 20), 1, false, now() from generate_series(1, 40000) n;
    insert into item_marks (sitting_id, item_id, marks) select other(n / 20), other(n % 20), 1 from generate_series(1, 40000) n;
    set session_replication_role = origin;
    analyze";

async fn beside_others(db: PgPool) -> PgPool {
    sqlx::raw_sql(OTHERS).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
    db
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn people_known_by_name_are_looked_up_by_key(db: PgPool) {
    let db = beside_others(db).await;
    let found = plans(&db, "known_to_organisation").await;
    assert!(
        found.len() >= 4,
        "those who sit a paper, those named for it, the adjustments with their number, and one of them"
    );
    for (statement, plan) in found {
        assert!(!plan.contains("Seq Scan on people"), "{statement}\n{plan}");
    }
    // The body of the function as a statement of its own, for any person.
    let body: String =
        sqlx::query_scalar("select prosrc from pg_proc where proname = 'known_to_organisation'")
            .fetch_one(&db)
            .await
            .unwrap();
    let body = body.replace("(people)", "($2)").replace("= organisation", "= $1");
    let explain = format!(
        "set plan_cache_mode = force_generic_plan; prepare known(uuid, uuid[]) as {body}; explain (costs off) execute known(null, null)"
    );
    let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(explain))
        .fetch_all(&mut *db.acquire().await.unwrap())
        .await
        .unwrap();
    let plan: Vec<String> = rows.iter().map(|row| sqlx::Row::get(row, 0)).collect();
    let plan = plan.join("\n");
    // One by one: never the list, of unknown length, for each row.
    assert!(
        plan.matches("Index Cond: (learner_id = k.person)").count() == 2 && !plan.contains("ANY ("),
        "{plan}"
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_overview_of_a_paper_reads_the_answers_of_its_page_once(db: PgPool) {
    let db = beside_others(db).await;
    let plan = plan(&db, "as \"lefts?\"").await;
    // Those of the page, and for one filter those of candidates who are silent: one sitting at a time.
    assert_eq!(plan.matches(" on answers ").count(), 2, "{plan}");
    assert!(!plan.contains("Seq Scan on answers") && !plan.contains("Seq Scan on sittings"), "{plan}");
    // Its questions too, once and not for each sitting.
    let (_, counted) = plan.split_once("CTE asked\n").unwrap();
    assert!(counted.lines().take(4).any(|line| line.contains(" on paper_items")), "{plan}");
    assert_eq!(plan.matches(" on paper_items").count(), 1, "{plan}");
}

/// Each candidate's sitting and time are found by the key: comparing each with each would cost the square of their
/// number.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_candidates_of_a_paper_are_not_compared_with_its_sittings(db: PgPool) {
    let db = beside_others(db).await;
    let plan = plan(&db, "as \"lefts?\"").await;
    // Whether an address waits for its person is asked of that address alone.
    let compared = |line: &str| {
        line.contains("Join Filter") && line.replace("l.person_id IS NULL", "").contains("person")
    };
    assert!(!plan.lines().any(compared), "{plan}");
    assert!(
        plan.contains("using exam_adjustments_person_key") && !plan.contains("Seq Scan on sittings"),
        "{plan}"
    );
}

/// This holds even right after a large upload, of which the table's statistics know nothing yet.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_start_page_reads_only_its_own_waiting_address(db: PgPool) {
    let db = beside_others(db).await;
    sqlx::raw_sql(
        "set session_replication_role = replica;
        insert into paper_learners (paper_id, email) select other(n / 20), 'waits' || n || '@x.example' from generate_series(1, 20000) n;
        set session_replication_role = origin",
    )
    .execute(&mut *db.acquire().await.unwrap())
    .await
    .unwrap();
    let found = plans(&db, "l.paper_id from people_named h").await;
    assert!(!found.is_empty());
    for (statement, plan) in found {
        assert!(!plan.contains("(person_id IS NULL)"), "{statement}\n{plan}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_students_of_a_cohort_are_looked_up_one_by_one(db: PgPool) {
    let db = beside_others(db).await;
    let plan = plan(&db, "to_char(s.modules_completed, 'FM00000')").await;
    assert!(!plan.contains("Seq Scan on people"), "{plan}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn extra_time_is_looked_up_from_the_candidates(db: PgPool) {
    let db = beside_others(db).await;
    let plan = plan(&db, "as \"longest_minutes!\"").await;
    assert!(!plan.contains("Seq Scan on exam_adjustments"), "{plan}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_sweep_reads_only_overdue_sittings(db: PgPool) {
    let db = beside_others(db).await;
    let plan = plan(&db, "order by deadline_at").await;
    assert!(plan.contains("sittings_open") && plan.contains("Index Cond: (deadline_at < "), "{plan}");
}

/// A paper has as many marks as candidates times questions.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn results_and_items_read_the_marks_of_a_sitting_once_and_sort_none(db: PgPool) {
    let db = beside_others(db).await;
    let of_all = plans(&db, "and s.submitted_at is not null").await.into_iter();
    let of_marks: Vec<_> = of_all.filter(|(statement, _)| statement.contains("item_marks x")).collect();
    assert_eq!(of_marks.len(), 2, "the rows and the items: {of_marks:?}");
    for (statement, plan) in of_marks {
        // Each look-up reads the marks of one sitting.
        assert!(plan.contains("Index Cond: (sitting_id = "), "{statement}\n{plan}");
        assert!(!plan.contains("Seq Scan on item_marks"), "{statement}\n{plan}");
        // Only the marks of one sitting, or the rows of the list, which hold no marks, are sorted or hashed.
        assert!(plan.starts_with("Nested Loop") || plan.starts_with("Sort"), "{statement}\n{plan}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sweep_submits_a_limited_number_and_the_next_goes_on(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let most = i64::try_from(SWEPT_AT_ONCE).unwrap();
    sqlx::query(
        "insert into sittings (id, paper_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at, removed_on)
        select gen_random_uuid(), $1, 1, now() - interval '1 day', 60, now(), now(), now(), current_date
        from generate_series(1, $2 + 3)",
    )
    .bind(exam.paper.0)
    .bind(most)
    .execute(&services.db)
    .await
    .unwrap();
    assert_eq!(sweep(services).await.unwrap(), SWEPT_AT_ONCE);
    assert_eq!(sweep(services).await.unwrap(), 3);
    assert_eq!(sweep(services).await.unwrap(), 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_chooses_an_organisation_and_others_have_their_own(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let mut connection = services.db.acquire().await.unwrap();
    let other = ensure_organisation(services, &mut connection, "Other", "employer").await.unwrap();
    drop(connection);
    let names = async |who: &Actor, chosen| -> (bool, Vec<String>) {
        let page = papers_page(services, who, &PapersQuery::default(), chosen).await.unwrap();
        assert_eq!(page.papers.rows.len(), 1);
        (page.everywhere, page.organisations.into_iter().map(|organisation| organisation.label).collect())
    };
    // Whatever the address of a setter's page says.
    for chosen in [None, Some(other), Some(exam.organisation)] {
        assert_eq!(names(&exam.setter, chosen).await, (false, vec!["North".to_owned()]));
    }
    let learner = papers_page(services, &exam.learner, &PapersQuery::default(), Some(other)).await;
    assert!(matches!(learner, Err(Error::NotFound)));
    let support = exam.world.learner("support@x.example").await;
    exam.world.grant(&support, Role::Support).await;
    assert_eq!(names(&support, None).await, (true, vec![]));
    assert_eq!(names(&support, Some(other)).await, (true, vec!["Other".to_owned()]));
    let nothing = OrganisationId(uuid::Uuid::nil());
    assert_eq!(names(&support, Some(nothing)).await, (true, vec![]));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn organisations_are_read_from_the_actor(db: PgPool) {
    let db = beside_others(db).await;
    let plan = plan(&db, "select h.everywhere as \"everywhere!\", o.id").await;
    assert!(!plan.contains("Seq Scan on organisations"), "{plan}");
    assert!(plan.contains("organisations_pkey"), "{plan}");
}

/// The organisations of a setter are read by the key, and those of support once.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_list_of_organisations_reads_them_once_and_only_for_support(db: PgPool) {
    let db = beside_others(db).await;
    let plan = plan(&db, "x.kind from organisations_named x where (select everywhere").await;
    assert_eq!(plan.matches("Seq Scan on organisations").count(), 1, "{plan}");
    assert!(plan.contains("One-Time Filter") && plan.contains("organisations_pkey"), "{plan}");
}

/// The list of extra time begins at its organisation, and the list of templates too.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_lists_of_an_organisation_are_read_by_index(db: PgPool) {
    let db = beside_others(db).await;
    sqlx::raw_sql(
        "set session_replication_role = replica;
        insert into question_templates (id, organisation_id, name, category, difficulty, source, imported_at)
        select other(n), other(n / 20), 'other' || n, 'si-conversion', 1, '', now() from generate_series(1, 20000) n;
        update exam_adjustments a set organisation_id = other(n / 10) from generate_series(1, 3000) n where a.person_id = other(n);
        set session_replication_role = origin;
        analyze",
    )
    .execute(&mut *db.acquire().await.unwrap())
    .await
    .unwrap();
    let given = plan(&db, "when 'rest-breaks' then to_char").await;
    assert!(
        !given.contains("Seq Scan on exam_adjustments") && !given.contains("Seq Scan on people"),
        "{given}"
    );
    let templates = plan(&db, "found_by(t.source").await;
    assert!(!templates.contains("Seq Scan on question_templates"), "{templates}");
}
