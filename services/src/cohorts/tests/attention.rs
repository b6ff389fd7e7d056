//! Who needs attention, and how far a cohort has come.

use domain::cohorts::{AttentionShown, Quarters, Reason};

use super::*;

/// The names of those whom a list shows, without the domain of their addresses.
async fn shown(world: &World, tutor: &Actor, cohort: &NewCohort, query: &str) -> String {
    let students = page(world, tutor, cohort, StudentsQuery::read(query)).await.unwrap().students;
    let names: Vec<_> =
        students.rows.iter().map(|row| row.name.trim_end_matches("@north.example").to_owned()).collect();
    names.join(" ")
}

/// So many tries of a student at the check of a module.
async fn tries(world: &World, name: &str, module: &str, passed: bool, times: i32) {
    sqlx::query(
        "insert into check_attempts (id, enrolment_id, module_id, version, answers, right_answers, questions, passed, taken_at)
        select gen_random_uuid(), e.id, m.id, m.check_version, '{}', case when $3 then 2 else 1 end, 2, $3, now()
        from enrolments e join people p on p.id = e.learner_id join modules m on m.course_id = e.course_id, generate_series(1, $4)
        where p.email = $1 || '@north.example' and m.slug = $2",
    )
    .bind(name)
    .bind(module)
    .bind(passed)
    .bind(times)
    .execute(&world.services.db)
    .await
    .unwrap();
}

async fn set(world: &World, name: &str, what: &str) {
    let update = format!(
        "update enrolments e set {what} from people p where p.id = e.learner_id and p.email = '{name}@north.example'"
    );
    sqlx::query(sqlx::AssertSqlSafe(update)).execute(&world.services.db).await.unwrap();
}

async fn students(world: &World, cohort: &NewCohort, names: &[&str]) {
    for name in names {
        world.enrol(&world.learner(&format!("{name}@north.example")).await, cohort).await;
    }
}

/// It is 9 o'clock on 22 November.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn each_rule_finds_whom_it_says_and_nobody_else(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    another_cohort(&world).await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    students(&world, &cohort, &["ann", "bo", "cy", "di", "ed", "flo", "gus"]).await;
    let recently = "last_seen_at = '2026-11-21T12:00:00Z'";
    set(&world, "bo", "last_seen_at = '2026-11-08T23:59:00Z'").await;
    set(&world, "cy", "last_seen_at = '2026-11-09T00:00:00Z'").await;
    for name in ["di", "ed", "flo"] {
        set(&world, name, recently).await;
    }
    tries(&world, "di", "two", false, 3).await;
    tries(&world, "ed", "two", false, 2).await;
    tries(&world, "ed", "one", false, 2).await;
    tries(&world, "flo", "two", false, 4).await;
    tries(&world, "flo", "two", true, 1).await;
    // Who has completed everything need not be seen.
    set(&world, "gus", "last_seen_at = '2026-10-01T12:00:00Z', modules_completed = 2").await;
    for (query, found) in [
        ("attention=never", "ann"),
        ("attention=not-seen", "bo"),
        ("attention=check", "di"),
        ("attention=behind", ""),
        ("attention=any", "ann bo di"),
        ("attention=any&search=di", "di"),
        ("attention=any&state=not-started", "ann"),
        ("attention=nonsense", "ann bo cy di ed flo gus"),
    ] {
        assert_eq!(shown(&world, &tutor, &cohort, query).await, found, "{query}");
    }
    // The counts are those of the cohort, whatever is searched for.
    for query in ["", "attention=never", "search=nobody"] {
        let page = page(&world, &tutor, &cohort, StudentsQuery::read(query)).await.unwrap();
        let counts = AttentionShown::ALL.iter().map(|shown| page.attention.of(*shown, page.students.in_all));
        assert_eq!(counts.collect::<Vec<_>>(), [7, 3, 1, 1, 1, 0], "{query}");
    }
    assert_eq!(listed(&world, &tutor).await.rows[0].unseen, 1, "the list of cohorts goes by the same rule");
    let all = page(&world, &tutor, &cohort, StudentsQuery::default()).await.unwrap();
    let reasons = |name: &str| {
        let row = all.students.rows.iter().find(|row| row.name.starts_with(name)).unwrap();
        (row.seen_days_ago, row.reasons.clone())
    };
    assert_eq!(reasons("ann"), (0, vec![Reason::Never]));
    assert_eq!(reasons("bo"), (14, vec![Reason::NotSeen { days: 14 }]));
    assert_eq!(reasons("cy"), (13, vec![]));
    let check = Reason::Check { module: "Module two".into(), tries: 3, others: 0 };
    assert_eq!(reasons("di"), (1, vec![check]));
    let query = StudentsQuery::read("attention=check");
    let file = students_file(&world.services, &tutor, cohort.id, &query, Format::Csv).await.unwrap().bytes;
    let file = String::from_utf8(file).unwrap();
    assert!(file.contains("Check of \u{201c}Module two\u{201d} not passed in 3 tries"), "{file}");
    assert_eq!(file.lines().count(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn without_dates_who_is_more_than_one_module_below_the_median_is_behind(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let names: Vec<_> = (0..8).map(|n| format!("m{n}")).collect();
    content::import(&world.services, &course(&names.iter().map(String::as_str).collect::<Vec<_>>(), 1))
        .await
        .unwrap();
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    students(&world, &cohort, &["ann", "bo", "cy", "di"]).await;
    for (name, completed) in [("ann", 1), ("bo", 2), ("cy", 4), ("di", 5)] {
        let what = format!("last_seen_at = '2026-11-21T12:00:00Z', modules_completed = {completed}");
        set(&world, name, &what).await;
    }
    let page = page(&world, &tutor, &cohort, StudentsQuery::read("attention=behind")).await.unwrap();
    assert_eq!((page.median, page.dated), (Some(Quarters(12)), false));
    // The median is 3: of the two below it, one is only one module below.
    let names: Vec<_> = page.students.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["ann@north.example"]);
    assert_eq!(page.students.rows[0].reasons, [Reason::BelowMedian { completed: 1, median: Quarters(12) }]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn with_dates_who_has_not_completed_what_was_due_is_behind_and_nobody_else(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    students(&world, &cohort, &["ann", "bo"]).await;
    // Both have come as far; Bo has completed what was due.
    for (name, module) in [("ann", "two"), ("bo", "one")] {
        set(&world, name, "last_seen_at = '2026-11-21T12:00:00Z', modules_completed = 1").await;
        sqlx::query(
            "insert into module_progress (enrolment_id, module_id, pages_opened, passed, entered, completed)
            select e.id, m.id, 2, true, true, true from enrolments e join people p on p.id = e.learner_id
            join modules m on m.course_id = e.course_id
            where p.email = $1 || '@north.example' and m.slug = $2",
        )
        .bind(name)
        .bind(module)
        .execute(&world.services.db)
        .await
        .unwrap();
    }
    let due = async |module: &str, day: &str| {
        sqlx::query(
            "insert into cohort_dates (cohort_id, module_id, due_on, set_at)
            select $1, m.id, $3::date, now() from modules m where m.slug = $2
            on conflict (cohort_id, module_id) do update set due_on = excluded.due_on",
        )
        .bind(cohort.id.0)
        .bind(module)
        .bind(day.parse::<chrono::NaiveDate>().unwrap())
        .execute(&world.services.db)
        .await
        .unwrap();
        shown(&world, &tutor, &cohort, "attention=behind").await
    };
    assert_eq!(due("one", "2026-11-22").await, "", "the day is not over");
    assert_eq!(due("one", "2026-11-21").await, "ann");
    let row = async |name: &str| {
        let page = page(&world, &tutor, &cohort, StudentsQuery::read("")).await.unwrap();
        assert!(page.dated);
        page.students.rows.into_iter().find(|row| row.name.starts_with(name)).unwrap().reasons
    };
    let late = |module: &str, due: &str| Reason::Late { module: module.into(), due: due.into(), others: 0 };
    assert_eq!(row("ann").await, [late("Module one", "21 November")]);
    assert_eq!(due("two", "2026-10-01").await, "ann bo");
    assert_eq!(row("bo").await, [late("Module two", "1 October")]);
}

/// A course that was given to the cohort beside its own had dates, and is taken back.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn dates_of_a_course_that_is_the_cohorts_no_more_count_for_nothing(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    students(&world, &cohort, &["ann"]).await;
    for statement in [
        "insert into courses (id, slug, title, summary, intro_html, framework_id)
        select gen_random_uuid(), 'other', 'Other', '', '', framework_id from courses",
        "insert into modules (id, course_id, slug, position, title, summary, intro_html, minutes, pass_mark, competencies)
        select gen_random_uuid(), id, 'other', 1, 'Other', '', '', 10, 80, '{}' from courses where slug = 'other'",
        "insert into cohort_dates (cohort_id, module_id, due_on, set_at)
        select c.id, m.id, '2026-11-01', now() from cohorts c, modules m where m.slug = 'other'",
        "insert into course_assignments (id, organisation_id, course_id, cohort_id, assigned_at)
        select gen_random_uuid(), c.organisation_id, o.id, c.id, now() from cohorts c, courses o where o.slug = 'other'",
    ] {
        sqlx::query(statement).execute(&world.services.db).await.unwrap();
    }
    let dated = async || page(&world, &tutor, &cohort, StudentsQuery::default()).await.unwrap().dated;
    assert!(dated().await);
    assert_eq!(shown(&world, &tutor, &cohort, "attention=behind").await, "ann");
    sqlx::query("update course_assignments set taken_back_at = now()")
        .execute(&world.services.db)
        .await
        .unwrap();
    assert!(!dated().await);
    assert_eq!(shown(&world, &tutor, &cohort, "attention=behind").await, "");
}

/// P10, P13: nobody is counted whom the grid does not show.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_left_is_in_no_count_and_not_in_the_median(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    students(&world, &cohort, &["ann", "bo"]).await;
    set(&world, "bo", "modules_completed = 2").await;
    sqlx::query("delete from memberships m using people p where p.id = m.person_id and p.email like 'bo@%'")
        .execute(&world.services.db)
        .await
        .unwrap();
    let all = page(&world, &tutor, &cohort, StudentsQuery::default()).await.unwrap();
    assert_eq!((all.attention.never, all.attention.any, all.median), (1, 1, Some(Quarters(0))));
    let progress = cohort_progress(&world.services, &tutor, cohort.id).await.unwrap();
    assert_eq!((progress.students, progress.finished), (1, 0));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn progress_over_time_counts_what_was_completed_until_each_day(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let none = cohort_progress(&world.services, &tutor, cohort.id).await.unwrap();
    assert_eq!((none.students, none.points.len(), none.modules), (0, 0, 2));
    students(&world, &cohort, &["ann", "bo", "cy"]).await;
    // Cy has completed nothing. Bo's second one is on this very day in London.
    for (name, module, at) in [
        ("ann", "one", "2026-11-07T12:00:00Z"),
        ("ann", "two", "2026-11-10T12:00:00Z"),
        ("bo", "one", "2026-11-15T23:59:00Z"),
        ("bo", "two", "2026-11-22T08:00:00Z"),
    ] {
        sqlx::query(
            "insert into module_completions (enrolment_id, module_id, completed_at)
            select e.id, m.id, $3 from enrolments e join people p on p.id = e.learner_id join modules m on m.course_id = e.course_id
            where p.email = $1 || '@north.example' and m.slug = $2",
        )
        .bind(name)
        .bind(module)
        .bind(at.parse::<DateTime<Utc>>().unwrap())
        .execute(&world.services.db)
        .await
        .unwrap();
    }
    let progress = cohort_progress(&world.services, &tutor, cohort.id).await.unwrap();
    assert_eq!((progress.students, progress.finished, progress.weeks), (3, 2, 1));
    let points: Vec<_> = progress
        .points
        .iter()
        .map(|point| {
            let spread = point.spread;
            (point.day.as_str(), spread.lower.0, spread.median.0, spread.upper.0)
        })
        .collect();
    assert_eq!(points, [("8 November", 0, 0, 2), ("15 November", 2, 4, 6), ("22 November", 4, 8, 8)]);
}
