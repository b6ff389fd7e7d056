//! What a setter sees and does while candidates sit a paper.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn reports_from_a_page_hide_no_action_of_staff(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    for n in 0..600 {
        report_window(services, &exam.learner, sitting, n % 2 == 0).await.unwrap();
    }
    note_incident(services, &exam.setter, exam.paper, sitting, "Noise in the room", None).await.unwrap();
    add_time(services, &exam.setter, exam.paper, Some(sitting), 5, None).await.unwrap();
    let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap();
    let there = |kind| overview.incidents.iter().any(|incident| incident.kind == kind);
    assert!(there(IncidentKind::Note) && there(IncidentKind::TimeAdded), "{:?}", overview.incidents);
    assert_eq!(overview.row.left, 300, "all of them are counted");
    let list = everybody_now(services, &exam.setter, exam.paper).await.unwrap();
    assert_eq!(list.candidates.rows[0].sitting.as_ref().unwrap().left, 300);
    // At most a few minutes have passed.
    let rows =
        exam.count("select count(*) from incidents where sitting_id = $1 and kind = 'left'", sitting).await;
    assert!(rows < 20, "{rows}");
    // More minutes than any exam has: the actions of staff are still there, and the count goes on.
    sqlx::query(
        "insert into incidents (id, sitting_id, at, kind, minute)
        select gen_random_uuid(), $1, now() + make_interval(mins => n), 'left', now() + make_interval(mins => n) from generate_series(1, 900) n",
    )
    .bind(sitting.0)
    .execute(&services.db)
    .await
    .unwrap();
    let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap();
    assert!(overview.incidents.iter().any(|incident| incident.note == "Noise in the room"));
    assert_eq!(overview.row.left, 1200);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn simultaneous_reports_are_one_row(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    let reports = (0..40).map(|_| report_window(services, &exam.learner, sitting, true));
    for report in futures::future::join_all(reports).await {
        report.unwrap();
    }
    let counts: (i64, i64) =
        sqlx::query_as("select count(*), sum(times) from incidents").fetch_one(&services.db).await.unwrap();
    assert!(counts.0 <= 2 && counts.1 == 40, "{counts:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_candidate_has_one_sitting_of_a_paper_open_at_a_time(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let first = exam.start().await;
    submit_sitting(services, &exam.learner, first, &[]).await.unwrap();
    assert!(
        sitting_overview(services, &exam.setter, first).await.unwrap().results_out,
        "the setter is warned"
    );
    let second = exam.start().await;
    let refused = reopen(services, &exam.setter, exam.paper, first, 5).await;
    assert!(matches!(refused, Err(Error::Invalid(fields)) if fields[0].problem == Problem::OtherSittingOpen));
    assert_eq!(exam.start().await, second);
    // The database refuses it, whatever the program does.
    let forced = sqlx::query("update sittings set submitted_at = null, mark = null where id = $1")
        .bind(first.0)
        .execute(&services.db)
        .await;
    assert!(forced.unwrap_err().to_string().contains("sittings_one_open"));
    submit_sitting(services, &exam.learner, second, &[]).await.unwrap();
    reopen(services, &exam.setter, exam.paper, first, 5).await.unwrap();
    assert_eq!(exam.start().await, first, "the one that is open, and no third");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sitting_that_is_submitted_twice_at_once_is_submitted_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    let saves = exam.right_answers(sitting).await;
    let submit = || submit_sitting(services, &exam.learner, sitting, &saves);
    let (first, second, third) = tokio::join!(submit(), submit(), submit());
    assert!(first.is_ok() && second.is_ok() && third.is_ok(), "{first:?} {second:?} {third:?}");
    let marks: i64 = sqlx::query_scalar("select count(*) from item_marks where sitting_id = $1")
        .bind(sitting.0)
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!(marks, 5, "a mark for each question");
    // A submitted sitting stays unchanged, no matter who submits it again.
    let submitted = async || -> String {
        sqlx::query_scalar(
            "select jsonb_build_array(submitted_at, submitted_by, receipt_hash, mark, verification_code)::text
            from sittings where id = $1",
        )
        .bind(sitting.0)
        .fetch_one(&services.db)
        .await
        .unwrap()
    };
    let before = submitted().await;
    submit().await.unwrap();
    assert_eq!(submitted().await, before);
    submit_for(services, &exam.setter, exam.paper, sitting).await.unwrap();
    assert_eq!(submitted().await, before);
    assert_eq!(own_result(services, &exam.learner, sitting).await.unwrap().outcome.mark, 5);
    let attempts: i64 =
        sqlx::query_scalar("select count(*) from sittings").fetch_one(&services.db).await.unwrap();
    assert_eq!(attempts, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn time_is_added_to_sittings_of_the_paper_only(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    let other = create_paper(services, &exam.setter, exam.organisation, "Other", PaperKind::Mock, None)
        .await
        .unwrap();
    assert!(not_found(add_time(services, &exam.setter, other, Some(sitting), 5, None).await));
    let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap();
    assert_eq!(overview.row.time.extra_seconds, 0);
    add_time(services, &exam.setter, exam.paper, Some(sitting), 5, None).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn time_that_reaches_no_candidate_is_not_reported_as_given(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let form = Some(paper_page(services, &exam.setter, exam.paper).await.unwrap().form);
    let add = async |sitting| add_time(services, &exam.setter, exam.paper, sitting, 10, form).await;
    let refused = |added: crate::Result<Option<u32>>| match added {
        Err(Error::Invalid(mut fields)) => (fields[0].field.clone(), fields.remove(0).problem),
        other => panic!("{other:?}"),
    };
    let minutes = |problem| ("minutes".to_owned(), problem);
    assert_eq!(refused(add(None).await), minutes(Problem::NobodySits));
    let sitting = exam.start().await;
    let other = exam.world.learner("other@north.example").await;
    let theirs = start_sitting(services, &other, exam.paper, "CODE2026").await.unwrap();
    assert_eq!(add(None).await.unwrap(), Some(2), "nothing was done before, so the form does it now");
    // The candidate was quicker: the page says so, and what can be done.
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    let (field, problem) = refused(add(Some(sitting)).await);
    assert_eq!((field.as_str(), &problem), ("minutes", &Problem::SittingSubmitted));
    assert!(problem.message().starts_with("Open this sitting again"));
    assert_eq!(add(Some(theirs)).await.unwrap(), Some(1));
    submit_sitting(services, &other, theirs, &[]).await.unwrap();
    // An action done by then is not repeated, and not reported as refused.
    assert_eq!(add(Some(theirs)).await.unwrap(), None);
    let given = "select count(*) from incidents where sitting_id = $1 and kind = 'time-added'";
    assert_eq!((exam.count(given, sitting).await, exam.count(given, theirs).await), (1, 2));
}

/// A paper that has closed, however long ago, and a sitting of it that goes on again.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_reopened_sitting_is_found_long_after_its_paper_has_closed(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let other = exam.world.learner("other@north.example").await;
    let sitting = exam.start().await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    let listed = async || {
        let papers = candidate_home(services, &exam.learner).await.unwrap().papers;
        papers.into_iter().map(|paper| (paper.id, paper.standing)).collect::<Vec<_>>()
    };
    let by_code = async |who: &Actor| paper_by_code(services, who, "CODE2026").await.ok();
    let open = [(exam.paper, PaperAvailability::Sitting(sitting))];
    for closed in ["1 hour", "8 days", "400 days"] {
        let close =
            "update papers set opens_at = now() - interval '2 years', closes_at = now() - $1::text::interval";
        sqlx::query(close).bind(closed).execute(&services.db).await.unwrap();
        assert_eq!(by_code(&exam.learner).await, None, "{closed}");
        reopen(services, &exam.setter, exam.paper, sitting, 20).await.unwrap();
        assert_eq!(listed().await, open, "{closed}");
        assert_eq!(by_code(&exam.learner).await, Some(exam.paper), "{closed}");
        assert_eq!(by_code(&other).await, None, "no other candidate's is open");
        assert_eq!(exam.start().await, sitting);
        submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
        assert_eq!(listed().await.is_empty(), closed != "1 hour", "once over, it is among the results");
    }
}

/// The close cuts the time of a late start; the setter sees that as the candidate does.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_setter_sees_whose_time_the_close_cuts(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.limit_minutes = 60).await;
    let services = &exam.world.services;
    let given = Adjustment { extra_percent: 25, extra_minutes: 5, break_minutes: 0 };
    set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", given).await.unwrap();
    // Minutes until the close at the start.
    for (to_close, cut) in [(100, false), (61, false), (59, true), (30, true)] {
        sqlx::query("delete from sittings").execute(&services.db).await.unwrap();
        sqlx::query("update papers set closes_at = now() + make_interval(mins => $1)")
            .bind(to_close)
            .execute(&services.db)
            .await
            .unwrap();
        let sitting = exam.start().await;
        let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap().row;
        let row = everybody_now(services, &exam.setter, exam.paper).await.unwrap().candidates.rows.remove(0);
        assert_eq!((overview.cut_by_close, row.sitting.unwrap().cut_by_close), (cut, cut), "{to_close}");
    }
    // Once extended, it is no longer cut.
    let seen = paper_page(services, &exam.setter, exam.paper).await.unwrap().versions.settings;
    change_window(services, &exam.setter, exam.paper, ("", "2036-01-01T09:00"), "Snow", Some(seen))
        .await
        .unwrap();
    let row = everybody_now(services, &exam.setter, exam.paper).await.unwrap().candidates.rows.remove(0);
    assert!(!row.sitting.unwrap().cut_by_close);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn guesses_at_access_codes_are_limited(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let guesser = exam.world.learner("guesser@north.example").await;
    // Three places to try one, and one count.
    for n in 0..10 {
        let code = format!("WRONG{n}");
        match n % 3 {
            0 => assert!(matches!(paper_by_code(services, &guesser, &code).await, Err(Error::Invalid(_)))),
            1 => assert!(not_found(start_page(services, &guesser, exam.paper, &code).await)),
            _ => assert!(not_found(start_sitting(services, &guesser, exam.paper, &code).await)),
        }
        // A right one in between does not count.
        if n < 9 {
            paper_by_code(services, &guesser, "CODE2026").await.unwrap();
        }
    }
    let waits = |error: Error| match error {
        Error::Invalid(fields) => {
            matches!(fields[0].problem, Problem::CodeWait { .. }).then(|| fields[0].problem.message())
        }
        other => panic!("{other:?}"),
    };
    // The clock of the tests is stopped at nine in the morning.
    let told = waits(paper_by_code(services, &guesser, "CODE2026").await.unwrap_err()).unwrap();
    assert!(told.contains("22 November at 10:00am"), "{told}");
    assert!(waits(start_page(services, &guesser, exam.paper, "CODE2026").await.unwrap_err()).is_some());
    assert!(waits(start_sitting(services, &guesser, exam.paper, "CODE2026").await.unwrap_err()).is_some());
    let written: i64 =
        sqlx::query_scalar("select count(*) from audit_events where action = 'assessment.code_wait'")
            .fetch_one(&services.db)
            .await
            .unwrap();
    assert_eq!(written, 1);
    // No other person waits, and a named learner tries no code.
    let other = exam.world.learner("other@north.example").await;
    paper_by_code(services, &other, "CODE2026").await.unwrap();
    start_page(services, &exam.learner, exam.paper, "WRONG").await.unwrap();
    exam.world.clock.advance(chrono::Duration::minutes(59));
    assert!(paper_by_code(services, &guesser, "CODE2026").await.is_err());
    exam.world.clock.advance(chrono::Duration::minutes(1));
    paper_by_code(services, &guesser, "CODE2026").await.unwrap();
    start_sitting(services, &guesser, exam.paper, "code 2026").await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn codes_tried_at_once_are_limited_too(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let guesser = exam.world.learner("guesser@north.example").await;
    let tries = (0..60).map(|n| {
        let (guesser, code) = (&guesser, format!("WRONG{n}"));
        async move { paper_by_code(services, guesser, &code).await }
    });
    let looked_at = futures::future::join_all(tries).await.into_iter().filter(
        |answer| matches!(answer, Err(Error::Invalid(fields)) if fields[0].problem == Problem::CodeUnknown),
    );
    assert_eq!(looked_at.count(), 10);
}

/// A value that no constraint should let through is reported as a fault, and never guessed.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_unknown_stored_value_is_an_error(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, learner) = (&exam.world.services, &exam.setter, &exam.learner);
    let sitting = exam.start().await;
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    let failed = |what: &str, answers: Vec<Option<Error>>| {
        for (n, answer) in answers.into_iter().enumerate() {
            assert!(matches!(answer, Some(Error::Failed(_))), "{what}, {n}: {answer:?}");
        }
    };
    for (what, break_it, mend_it) in [
        (
            "kind",
            "alter table papers drop constraint papers_kind_known; update papers set kind = 'quiz'",
            "update papers set kind = 'mock'",
        ),
        (
            "release",
            "alter table papers drop constraint papers_release_known; update papers set release = 'never'",
            "update papers set release = 'at-once'",
        ),
        (
            "limit",
            "alter table papers drop constraint papers_sensible; update papers set limit_minutes = -1",
            "update papers set limit_minutes = 30",
        ),
    ] {
        sqlx::raw_sql(break_it).execute(&services.db).await.unwrap();
        // Each with every reader.
        let mut answers = vec![paper_page(services, setter, exam.paper).await.err()];
        match what {
            "kind" => {
                // In a list it is counted, and hides no other row.
                let listed = first_papers(services, setter).await.unwrap();
                assert_eq!((listed.papers.rows.len(), listed.not_shown), (0, 1));
                let home = candidate_home(services, learner).await.unwrap();
                assert_eq!((home.results.len(), home.results_not_shown), (0, 1));
                answers.push(start_page(services, learner, exam.paper, "").await.err());
            }
            "release" => {
                answers.push(results_page(services, setter, exam.paper, &ResultsQuery::default()).await.err())
            }
            _ => {
                answers.push(start_page(services, learner, exam.paper, "").await.err());
                answers.push(start_sitting(services, learner, exam.paper, "").await.err());
            }
        }
        failed(what, answers);
        sqlx::raw_sql(mend_it).execute(&services.db).await.unwrap();
        assert!(paper_page(services, setter, exam.paper).await.is_ok(), "{what} is restored");
    }
    // An unknown category disappears from no list. Each template is the organisation's own too.
    sqlx::query("update question_templates set category = 'magic' where name = 'safe'")
        .execute(&services.db)
        .await
        .unwrap();
    sqlx::query(
        "insert into question_templates (id, organisation_id, name, category, difficulty, source, imported_at)
        select gen_random_uuid(), $1, name, category, difficulty, source, now() from question_templates",
    )
    .bind(exam.organisation.0)
    .execute(&services.db)
    .await
    .unwrap();
    failed(
        "category",
        vec![
            practice_home(services, learner).await.err(),
            first_templates(services, setter, exam.organisation).await.err(),
        ],
    );
    sqlx::query("update question_templates set category = 'comprehension', difficulty = 1")
        .execute(&services.db)
        .await
        .unwrap();
    sqlx::raw_sql("alter table question_templates drop constraint question_templates_difficulty_known; update question_templates set difficulty = 9")
        .execute(&services.db)
        .await
        .unwrap();
    failed("difficulty", vec![first_templates(services, setter, exam.organisation).await.err()]);
    sqlx::query(
        "update paper_items set question = jsonb_set(question, '{category}', '\"magic\"') where position = 1",
    )
    .execute(&services.db)
    .await
    .unwrap();
    failed(
        "category of a question",
        vec![results_page(services, setter, exam.paper, &ResultsQuery::default()).await.err()],
    );
    sqlx::raw_sql("alter table incidents drop constraint incidents_kind_known")
        .execute(&services.db)
        .await
        .unwrap();
    note_incident(services, setter, exam.paper, sitting, "Noise", None).await.unwrap();
    sqlx::query("update incidents set kind = 'dance'").execute(&services.db).await.unwrap();
    failed("incident", vec![sitting_overview(services, setter, sitting).await.err()]);
}

/// Counts the statements that write to a table from now on.
async fn count_writes(exam: &Exam, table: &str) {
    let count = format!(
        "create sequence writes;
        create function count_write() returns trigger language plpgsql as 'begin perform nextval(''writes''); return null; end';
        create trigger counted after insert on {table} for each statement execute function count_write()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(count)).execute(&exam.world.services.db).await.unwrap();
}

/// Returns that number, at least one.
async fn writes(exam: &Exam) -> i64 {
    sqlx::query_scalar("select last_value from writes").fetch_one(&exam.world.services.db).await.unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn adding_time_for_all_candidates_holds_up_no_answer(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    for name in ["second", "third"] {
        let learner = exam.world.learner(&format!("{name}@north.example")).await;
        start_sitting(services, &learner, exam.paper, "CODE2026").await.unwrap();
    }
    let item = exam.room(sitting).await.questions[0].item;
    count_writes(&exam, "incidents").await;
    let everybody = async || add_time(services, &exam.setter, exam.paper, None, 5, None).await.map(drop);
    let page = paper_page(services, &exam.setter, exam.paper).await.unwrap();
    let window = ("2025-01-01T09:00", "2036-02-01T09:00");
    let later = async || {
        change_window(services, &exam.setter, exam.paper, window, "Snow", Some(page.versions.settings)).await
    };
    let save = async |sequence, typed| {
        // Both wait with all their locks: their audit events are still to be written.
        exam.somebody_waits().await;
        let one = [save(item, EPOCH_SPAN + sequence, typed)];
        let saved = save_answers(services, &exam.learner, sitting, &one);
        let saved = tokio::time::timeout(std::time::Duration::from_secs(8), saved).await;
        assert!(!saved.expect("it waited for the time of the others").unwrap().late);
    };
    let held = async || {
        let mut held = services.begin().await.unwrap();
        sqlx::query("lock table audit_events in exclusive mode").execute(&mut *held).await.unwrap();
        held
    };
    let audit = held().await;
    let (added, ()) = tokio::join!(everybody(), async {
        save(1, "5 mg").await;
        audit.rollback().await.unwrap();
    });
    added.unwrap();
    let audit = held().await;
    let (moved, ()) = tokio::join!(later(), async {
        save(2, "6 mg").await;
        audit.rollback().await.unwrap();
    });
    moved.unwrap();
    assert_eq!(exam.stored(sitting).await[&item.0], (EPOCH_SPAN + 2, Some(number("6 mg"))));
    let told: i64 = sqlx::query_scalar("select count(*) from incidents where note = '5 minutes'")
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!((told, writes(&exam).await), (3, 1), "all of them are audited at once");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_bank_is_imported_in_one_statement(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    count_writes(&exam, "question_templates").await;
    let more = BANK.replace("\"grams\"", "\"more-grams\"").replace("10 iu", "10 IU")
        + &BANK.replace("\"safe\"", "\"more-safe\"");
    let bank = domain::assessment::bank::Bank::read(&more).unwrap();
    let done = import_shared_bank(&exam.world.services, &[bank]).await.unwrap();
    assert_eq!(done, ImportedBank { new: 2, changed: 1, unchanged: 1, retired: 0 });
    assert_eq!(writes(&exam).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn actions_refuse_a_sitting_or_a_question_of_another_paper(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let other = duplicate_paper(services, setter, exam.paper, true, None).await.unwrap();
    let (sitting, item) = (exam.in_room().await, exam.questions().await[0].0);
    assert!(not_found(add_time(services, setter, other, Some(sitting), 5, None).await));
    assert!(not_found(submit_for(services, setter, other, sitting).await));
    assert!(not_found(note_incident(services, setter, other, sitting, "Noise", None).await));
    assert!(not_found(correct_item(services, setter, other, item, "Unclear", &Correction::Void, None).await));
    submit_for(services, setter, exam.paper, sitting).await.unwrap();
    assert!(not_found(reopen(services, setter, other, sitting, 5).await));
    let overview = sitting_overview(services, setter, sitting).await.unwrap();
    assert_eq!((overview.submitted.is_some(), overview.incidents.len()), (true, 1), "it was only submitted");
}
