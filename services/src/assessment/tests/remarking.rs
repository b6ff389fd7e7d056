//! Everybody is marked again by a job, in portions, while candidates submit and servers are killed.

mod races;

use domain::{FieldProblem, assessment::results::Remarking};
use uuid::Uuid;

use super::*;
use crate::assessment::results::{MOST_ASIDE, go_on_marking, portion, remarking};

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
    let so_far = Some(Remarking { question: 1, marked: 1, of: 2, failed: false, aside: Vec::new() });
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

/// Takes the marks of these sittings away, which cannot be: they cannot be marked again.
async fn unmarkable(exam: &Exam, sittings: &[SittingId]) {
    let sittings: Vec<Uuid> = sittings.iter().map(|sitting| sitting.0).collect();
    sqlx::query("create table gone as select * from item_marks where false")
        .execute(&exam.world.services.db)
        .await
        .unwrap();
    sqlx::query(
        "with taken as (delete from item_marks where sitting_id = any($1) returning *) insert into gone select * from taken",
    )
    .bind(&sittings)
    .execute(&exam.world.services.db)
    .await
    .unwrap();
}

/// The fault is mended, and the setter lets the marking go on. A double press queues one job.
async fn mended(exam: &Exam) {
    let services = &exam.world.services;
    sqlx::query("insert into item_marks select * from gone").execute(&services.db).await.unwrap();
    for _ in 0..2 {
        go_on_marking(services, &exam.setter, exam.paper).await.unwrap();
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn marking_that_has_stopped_is_said_and_goes_on_when_the_setter_asks(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::ByHand).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let (learner, sitting) = submits(&exam, "a", Some("1234 mg")).await;
    let item = exam.questions().await[0].0;
    only_recorded(&exam, item, "1234").await.unwrap();
    unmarkable(&exam, &[sitting]).await;
    run_ready(services).await.unwrap();
    let aside = vec![(sitting, "a@north.example".to_owned())];
    let stopped = Remarking { question: 1, marked: 0, of: 1, failed: true, aside };
    assert_eq!(remarking(services, setter, exam.paper).await.unwrap(), Some(stopped));
    let first = |field: &str| FieldProblem::new(field, Problem::MarkingStopped);
    assert_eq!(refused(only_recorded(&exam, item, "99").await), first("changed"));
    assert_eq!(refused(release_results(services, setter, exam.paper, true).await), first("confirmed"));
    assert!(not_found(go_on_marking(services, &learner, exam.paper).await));
    mended(&exam).await;
    assert_eq!(run_ready(services).await.unwrap(), 1);
    assert_eq!(remarking(services, setter, exam.paper).await.unwrap(), None);
    release_results(services, setter, exam.paper, true).await.unwrap();
    let result = own_result(services, &learner, sitting).await.unwrap();
    assert_eq!((result.outcome.mark, result.corrected), (5, true));
    // There is nothing to go on with.
    go_on_marking(services, setter, exam.paper).await.unwrap();
    assert_eq!(run_ready(services).await.unwrap(), 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sitting_that_cannot_be_marked_is_named_and_keeps_no_other_from_its_marks(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let item = exam.questions().await[0].0;
    let mut submitted = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        submitted.push(submits(&exam, name, Some("1234 mg")).await);
    }
    only_recorded(&exam, item, "1234").await.unwrap();
    unmarkable(&exam, &[submitted[1].1]).await;
    run_ready(services).await.unwrap();
    let now = remarking(services, &exam.setter, exam.paper).await.unwrap().unwrap();
    assert_eq!((now.marked, now.of, now.failed), (4, 5, true));
    assert_eq!(now.aside, [(submitted[1].1, "b@north.example".to_owned())]);
    let shown = async || {
        let mut shown = Vec::new();
        for (learner, sitting) in &submitted {
            let result = own_result(services, learner, *sitting).await.unwrap();
            shown.push((result.outcome.mark, result.corrected, result.remarking));
        }
        shown
    };
    let (marked, not_yet) = ((5, true, false), (4, false, true));
    assert_eq!(shown().await, [marked, not_yet, marked, marked, marked]);
    assert!(candidate_home(services, &submitted[1].0).await.unwrap().results[0].remarking);
    mended(&exam).await;
    run_ready(services).await.unwrap();
    assert_eq!(remarking(services, &exam.setter, exam.paper).await.unwrap(), None);
    assert_eq!(shown().await, [marked; 5]);
}

/// Then the fault is not theirs, and trying each of thousands by itself would help nobody.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn marking_stops_when_many_sittings_cannot_be_marked_and_then_marks_them_all(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let item = exam.questions().await[0].0;
    let mut submitted = Vec::new();
    for n in 0..MOST_ASIDE + 2 {
        submitted.push(submits(&exam, &format!("n{n}"), Some("1234 mg")).await);
    }
    only_recorded(&exam, item, "1234").await.unwrap();
    let sittings: Vec<_> = submitted.iter().map(|(_, sitting)| *sitting).collect();
    unmarkable(&exam, &sittings).await;
    run_ready(services).await.unwrap();
    let now = remarking(services, &exam.setter, exam.paper).await.unwrap().unwrap();
    assert_eq!((now.marked, now.failed, now.aside.len()), (0, true, MOST_ASIDE));
    mended(&exam).await;
    run_ready(services).await.unwrap();
    assert_eq!(remarking(services, &exam.setter, exam.paper).await.unwrap(), None);
    for (learner, sitting) in &submitted {
        let result = own_result(services, learner, *sitting).await.unwrap();
        assert_eq!((result.outcome.mark, result.corrected, result.remarking), (5, true, false));
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn marking_that_makes_progress_uses_up_no_attempt_and_waits_for_the_database(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let item = exam.questions().await[0].0;
    for n in 0..9 {
        submits(&exam, &format!("n{n}"), Some("1234 mg")).await;
    }
    // Their receipts.
    run_ready(services).await.unwrap();
    only_recorded(&exam, item, "1234").await.unwrap();
    // The last attempt marks a portion; then the database goes away.
    sqlx::raw_sql(
        "update jobs set attempts = max_attempts - 1;
        create function away() returns trigger language plpgsql as $$ begin
            if old.marked >= 4 then raise exception 'away' using errcode = '57P01'; end if;
            return new;
        end $$;
        create trigger away before update on remarkings for each row execute function away()",
    )
    .execute(&services.db)
    .await
    .unwrap();
    assert_eq!(run_ready(services).await.unwrap(), 2);
    let so_far = Remarking { question: 1, marked: 4, of: 9, failed: false, aside: Vec::new() };
    assert_eq!(remarking(services, &exam.setter, exam.paper).await.unwrap(), Some(so_far));
    let attempts: Vec<i32> = sqlx::query_scalar("select attempts from jobs where failed_at is null")
        .fetch_all(&services.db)
        .await
        .unwrap();
    assert_eq!(attempts, [1]);
    sqlx::raw_sql("drop trigger away on remarkings; update jobs set run_at = clock_timestamp()")
        .execute(&services.db)
        .await
        .unwrap();
    assert_eq!(run_ready(services).await.unwrap(), 2);
    assert_eq!(remarking(services, &exam.setter, exam.paper).await.unwrap(), None);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_result_that_a_correction_may_still_change_is_nowhere_final(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.in_room().await;
    submit_sitting(services, learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let code = own_result(services, learner, sitting).await.unwrap().verification_code.unwrap();
    let not_final = async || {
        let home = candidate_home(services, learner).await.unwrap();
        let shown = own_result(services, learner, sitting).await.unwrap();
        let file = match certificate_of(services, learner, sitting).await {
            Ok(_) => false,
            Err(Error::Invalid(problems)) => {
                assert_eq!(problems, [FieldProblem::new("certificate", Problem::BeingMarkedAgain)]);
                true
            }
            Err(other) => panic!("{other}"),
        };
        [
            home.results[0].remarking,
            home.papers[0].last.unwrap().remarking,
            shown.remarking,
            verify(services, &code).await.unwrap().remarking,
            file,
        ]
    };
    assert_eq!(not_final().await, [false; 5]);
    only_recorded(&exam, exam.questions().await[0].0, "1234").await.unwrap();
    assert_eq!(not_final().await, [true; 5]);
    // One mark less is still a pass.
    run_ready(services).await.unwrap();
    assert_eq!(not_final().await, [false; 5]);
}
