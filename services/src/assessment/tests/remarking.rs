//! Everybody is marked again by a job, in portions, while candidates submit and servers are killed.

use domain::{FieldProblem, assessment::results::Remarking};
use uuid::Uuid;

use super::*;
use crate::assessment::results::{go_on_marking, portion, remarking};

/// A learner of their own who has answered, with this as the answer to the first question, and has not submitted.
async fn sits(exam: &Exam, name: &str, typed: Option<&str>) -> (Actor, SittingId) {
    let services = &exam.world.services;
    let learner = exam.world.learner(&format!("{name}@north.example")).await;
    let sitting = start_sitting(services, &learner, exam.paper, "CODE2026").await.unwrap();
    begin_epoch(services, &learner, sitting).await.unwrap();
    let mut saves = exam.answers(5, 1).await;
    saves[0].response = typed.map(number);
    save_answers(services, &learner, sitting, &saves).await.unwrap();
    (learner, sitting)
}

async fn submits(exam: &Exam, name: &str, typed: Option<&str>) -> (Actor, SittingId) {
    let (learner, sitting) = sits(exam, name, typed).await;
    submit_sitting(&exam.world.services, &learner, sitting, &[]).await.unwrap();
    (learner, sitting)
}

/// Everything that a correction may change in any sitting: marks, totals, passes and certificates.
async fn marks(exam: &Exam) -> String {
    let marks = sqlx::query_scalar(
        "select string_agg(concat_ws(' ', s.id, s.mark, s.passed, s.verification_code, t.marks, t.unreadable, (
            select string_agg(concat_ws(' ', m.item_id, m.marks, m.unreadable, m.verdict), ', ' order by m.item_id)
            from item_marks m where m.sitting_id = s.id)), E'\n' order by s.id)
        from sittings s join sitting_totals t on t.sitting_id = s.id where s.submitted_at is not null",
    );
    marks.fetch_one(&exam.world.services.db).await.unwrap()
}

/// Whose result the newest correction has changed, and how.
async fn changes(exam: &Exam) -> Option<String> {
    let changes = sqlx::query_scalar(
        "select string_agg(concat_ws(' ', sitting_id, mark_before, mark_after, passed_before, passed_after), E'\n' order by sitting_id)
        from mark_changes where correction_id = (select id from paper_corrections order by at desc, id desc limit 1)",
    );
    changes.fetch_one(&exam.world.services.db).await.unwrap()
}

async fn correction_under_way(exam: &Exam) -> Uuid {
    let under_way = sqlx::query_scalar("select correction_id from remarkings");
    under_way.fetch_one(&exam.world.services.db).await.unwrap()
}

/// Records the correction; nobody is marked yet.
async fn only_recorded(exam: &Exam, item: ItemId, right: &str) -> crate::Result<()> {
    let right = Correction::RightAnswer(right.into());
    correct_item(&exam.world.services, &exam.setter, exam.paper, item, "A slip", &right, None).await
}

fn refused(result: crate::Result<()>) -> FieldProblem {
    match result {
        Err(Error::Invalid(mut problems)) if problems.len() == 1 => problems.remove(0),
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_correction_killed_half_way_and_resumed_gives_the_same_marks_as_in_one_go(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.pass_percent = 100).await;
    let services = &exam.world.services;
    let (item, question) = exam.questions().await.remove(0);
    let Key::Number(key) = &question.key else { panic!("not a number") };
    let was = figures(key.answer).unwrap();
    let as_was = format!("{was} mg");
    for (name, typed) in [
        ("a", Some("1234 mg")),
        ("b", Some(as_was.as_str())),
        ("c", Some("2,5")),
        ("d", None),
        ("e", Some("1234 mg")),
    ] {
        submits(&exam, name, typed).await;
    }
    let right = |right: &str| Correction::RightAnswer(right.to_owned());
    exam.correct(item, "A slip", &right("1234"), None).await.unwrap();
    let (there, there_changed) = (marks(&exam).await, changes(&exam).await);
    exam.correct(item, "A slip", &right(&was), None).await.unwrap();
    let (back, back_changed) = (marks(&exam).await, changes(&exam).await);
    assert_ne!(there, back);
    assert!(there_changed.is_some() && back_changed.is_some());
    for most in 1..=3 {
        for done in 0..=5 {
            only_recorded(&exam, item, "1234").await.unwrap();
            let correction = correction_under_way(&exam).await;
            let mut more = true;
            for _ in 0..done {
                more = more && portion(services, correction, most).await.unwrap();
            }
            // The server is killed in the middle of the next portion.
            if more {
                let mut held = services.begin().await.unwrap();
                sqlx::query("select from item_marks for update").execute(&mut *held).await.unwrap();
                tokio::select! {
                    // The last portion may have nobody to mark, and waits for nothing.
                    last = portion(services, correction, most) => assert!(!last.unwrap()),
                    () = exam.somebody_waits() => {}
                }
                held.rollback().await.unwrap();
            }
            run_ready(services).await.unwrap();
            assert_eq!(marks(&exam).await, there, "{done} portions of {most}");
            assert_eq!(changes(&exam).await, there_changed, "{done} portions of {most}");
            // A second worker that still had the job changes nothing.
            assert!(!portion(services, correction, most).await.unwrap());
            exam.correct(item, "A slip", &right(&was), None).await.unwrap();
            assert_eq!((marks(&exam).await, changes(&exam).await), (back.clone(), back_changed.clone()));
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_submission_between_two_portions_is_marked_by_the_new_key_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let item = exam.questions().await[0].0;
    // They are marked in the order in which they started: one submits behind the portions, one before them.
    let (early, behind) = sits(&exam, "early", Some("1234 mg")).await;
    let mut submitted = Vec::new();
    for name in ["a", "b", "c"] {
        submitted.push(submits(&exam, name, Some("1234 mg")).await);
    }
    let (late, before) = sits(&exam, "late", Some("1234 mg")).await;
    only_recorded(&exam, item, "1234").await.unwrap();
    let correction = correction_under_way(&exam).await;
    assert!(portion(services, correction, 2).await.unwrap());
    for (learner, sitting) in [(&early, behind), (&late, before)] {
        submit_sitting(services, learner, sitting, &[]).await.unwrap();
    }
    let mark = async |learner: &Actor, sitting| {
        let result = own_result(services, learner, sitting).await.unwrap();
        (result.outcome.mark, result.corrected, result.remarking)
    };
    assert_eq!(mark(&early, behind).await, (5, false, false));
    assert_eq!(mark(&late, before).await, (5, false, false));
    let mut so_far = Vec::new();
    for (learner, sitting) in &submitted {
        so_far.push(mark(learner, *sitting).await);
    }
    assert_eq!(so_far, [(5, true, false), (5, true, false), (4, false, true)]);
    run_ready(services).await.unwrap();
    submitted.extend([(early, behind), (late, before)]);
    let mut at_last = Vec::new();
    for (learner, sitting) in &submitted {
        at_last.push(mark(learner, *sitting).await);
        assert_eq!(exam.count("select count(*) from item_marks where sitting_id = $1", *sitting).await, 5);
    }
    let once = (5, false, false);
    assert_eq!(at_last, [(5, true, false), (5, true, false), (5, true, false), once, once]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nothing_is_released_or_corrected_until_everybody_is_marked_again(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::ByHand).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let (learner, sitting) = submits(&exam, "a", Some("1234 mg")).await;
    submits(&exam, "b", None).await;
    let questions = exam.questions().await;
    only_recorded(&exam, questions[0].0, "1234").await.unwrap();
    portion(services, correction_under_way(&exam).await, 1).await.unwrap();
    // Its pages say how far it is.
    let so_far = Some(Remarking { question: 1, marked: 1, of: 2, failed: false });
    assert_eq!(remarking(services, setter, exam.paper).await.unwrap(), so_far);
    assert_eq!(items_page(services, setter, exam.paper).await.unwrap().remarking, so_far);
    let results =
        async || results_page(services, setter, exam.paper, &ResultsQuery::default()).await.unwrap();
    assert_eq!(results().await.remarking, so_far);
    // Nobody else learns of it, or queues it.
    let elsewhere = exam.world.learner("elsewhere@south.example").await;
    for other in [&exam.learner, &learner, &elsewhere] {
        assert!(not_found(remarking(services, other, exam.paper).await));
        assert!(not_found(go_on_marking(services, other, exam.paper).await));
    }
    let waits = |field: &str| FieldProblem::new(field, Problem::BeingMarkedAgain);
    assert_eq!(refused(release_results(services, setter, exam.paper, true).await), waits("confirmed"));
    assert_eq!(refused(only_recorded(&exam, questions[1].0, "99").await), waits("changed"));
    // A paper that closes meanwhile releases nothing either.
    sqlx::query("update papers set release = 'at-close', closes_at = now() - interval '1 minute', opens_at = now() - interval '1 day'")
        .execute(&services.db)
        .await
        .unwrap();
    assert!(not_found(own_result(services, &learner, sitting).await));
    run_ready(services).await.unwrap();
    assert_eq!(results().await.remarking, None);
    assert_eq!(own_result(services, &learner, sitting).await.unwrap().outcome.mark, 5);
    // Results that are out stay out: each sitting has its mark of before or of after.
    only_recorded(&exam, questions[1].0, "99").await.unwrap();
    let shown = async || {
        let result = own_result(services, &learner, sitting).await.unwrap();
        let question = &result.questions[1];
        (
            result.remarking,
            result.outcome.mark,
            question.marks,
            question.right_answer.clone(),
            question.voided,
        )
    };
    let was = questions[1].1.right_answer();
    assert_eq!(shown().await, (true, 5, 1, was, false));
    run_ready(services).await.unwrap();
    let now = vec!["99\u{a0}mg".to_owned()];
    assert_eq!(shown().await, (false, 4, 0, now.clone(), false));
    let correct = async |correction| {
        correct_item(services, setter, exam.paper, questions[1].0, "A slip", &correction, None)
            .await
            .unwrap();
    };
    correct(Correction::Void).await;
    assert_eq!(shown().await, (true, 4, 0, now.clone(), false));
    run_ready(services).await.unwrap();
    assert_eq!(shown().await, (false, 5, 1, now.clone(), true));
    correct(Correction::PutBack).await;
    assert_eq!(shown().await, (true, 5, 1, now.clone(), true));
    run_ready(services).await.unwrap();
    assert_eq!(shown().await, (false, 4, 0, now, false));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn marking_that_has_failed_is_said_and_goes_on_when_the_setter_asks(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let (learner, sitting) = submits(&exam, "a", Some("1234 mg")).await;
    let item = exam.questions().await[0].0;
    only_recorded(&exam, item, "1234").await.unwrap();
    // The marks of a sitting are gone, which cannot be; at the last attempt.
    sqlx::raw_sql(
        "create table gone as select * from item_marks;
        delete from item_marks;
        update jobs set max_attempts = 1",
    )
    .execute(&services.db)
    .await
    .unwrap();
    run_ready(services).await.unwrap();
    let failed = Remarking { question: 1, marked: 0, of: 1, failed: true };
    assert_eq!(remarking(services, setter, exam.paper).await.unwrap(), Some(failed));
    assert_eq!(
        refused(only_recorded(&exam, item, "99").await),
        FieldProblem::new("changed", Problem::BeingMarkedAgain)
    );
    assert!(not_found(go_on_marking(services, &learner, exam.paper).await));
    sqlx::raw_sql("insert into item_marks select * from gone").execute(&services.db).await.unwrap();
    // A double press queues one job.
    for _ in 0..2 {
        go_on_marking(services, setter, exam.paper).await.unwrap();
    }
    assert_eq!(run_ready(services).await.unwrap(), 1);
    assert_eq!(remarking(services, setter, exam.paper).await.unwrap(), None);
    let result = own_result(services, &learner, sitting).await.unwrap();
    assert_eq!((result.outcome.mark, result.corrected), (5, true));
    // There is nothing to go on with.
    go_on_marking(services, setter, exam.paper).await.unwrap();
    assert_eq!(run_ready(services).await.unwrap(), 0);
}
