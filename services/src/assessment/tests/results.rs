//! After the sitting: marks, corrections, who sees them when, and for how long.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use chrono::{NaiveDate, TimeDelta};
use domain::{
    FieldProblem,
    assessment::{
        delivery::SectionPass,
        question::Advice,
        results::{CertificateName, CorrectionKind, ResultSort},
    },
};

use super::*;
use crate::{
    kit::export::Format,
    testing::{removals, watch_removals},
};

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn marks_pass_marks_and_categories_come_out_right(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    // All but the last: four of five is above the pass mark, but the section of the last needs full marks.
    let saves = exam.answers(4, 1).await;
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!((result.outcome.mark, result.outcome.available, result.outcome.passed), (4, 5, false));
    assert_eq!(result.sections.iter().map(|section| section.mark).collect::<Vec<_>>(), [4, 0]);
    // The setter's row and the file say which pass mark it was.
    let page = results_page(services, &exam.setter, exam.paper, &ResultsQuery::default()).await.unwrap();
    assert_eq!(page.results.rows[0].missed, ["Words: 0 of 1, below 100%"]);
    let everybody = ResultsQuery::default();
    let file = results_file(services, &exam.setter, exam.paper, &everybody, Format::Csv).await.unwrap();
    let file = String::from_utf8(file.bytes).unwrap();
    assert!(file.contains("Pass marks missed") && file.contains("Words: 0 of 1"), "{file}");
    assert_eq!(result.verification_code, None);
    let second = exam.in_room().await;
    assert_ne!(second, sitting);
    let saves = exam.right_answers(second).await;
    submit_sitting(services, &exam.learner, second, &saves).await.unwrap();
    let result = own_result(services, &exam.learner, second).await.unwrap();
    assert!(result.outcome.passed && result.outcome.mark == 5);
    let code = result.verification_code.unwrap();
    let found = verify(services, &code.to_lowercase().replace('-', " ")).await.unwrap();
    assert_eq!(found.initials, "L.");
    // The printed result of the certificate, so that a forged mark shows.
    assert_eq!(
        [found.paper.as_str(), &found.organisation, &found.mark],
        ["Numeracy", "North", "5 of 5 (100%)"]
    );
    assert!(not_found(verify(services, "2222-2222-2222").await));
    assert!(certificate_of(services, &exam.learner, second).await.unwrap().starts_with(b"%PDF"));
    assert!(not_found(certificate_of(services, &exam.learner, sitting).await));
    // Both attempts are used.
    let start = start_sitting(services, &exam.learner, exam.paper, "").await;
    assert!(matches!(start, Err(Error::Invalid(fields)) if fields[0].problem == Problem::PaperNotOpen));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_ambiguous_answer_is_reported_and_never_silently_marked_wrong(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.in_room().await;
    let item = exam.room(sitting).await.questions[0].item;
    let told = exam.save(sitting, &[save(item, EPOCH_SPAN + 1, "2,5 mg")]).await;
    assert_eq!(told.problems, [(item, Problem::NumberMarks)]);
    assert_eq!(exam.stored(sitting).await[&item.0].1, Some(number("2,5 mg")), "kept all the same");
    submit_sitting(&exam.world.services, &exam.learner, sitting, &[]).await.unwrap();
    let page =
        results_page(&exam.world.services, &exam.setter, exam.paper, &ResultsQuery::default()).await.unwrap();
    assert_eq!(page.results.rows[0].unreadable, 1, "the setter is told");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn results_are_released_when_the_setter_chose(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::ByHand).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    assert!(not_found(own_result(services, &exam.learner, sitting).await));
    assert_eq!(candidate_home(services, &exam.learner).await.unwrap().results[0].outcome, None);
    release_results(services, &exam.setter, exam.paper, true).await.unwrap();
    assert!(own_result(services, &exam.learner, sitting).await.is_ok());
    // At the close: not while a candidate with extra time still sits.
    sqlx::query("update papers set release = 'at-close', released_at = null, closes_at = now() - interval '1 minute', opens_at = now() - interval '1 day'")
        .execute(&services.db)
        .await
        .unwrap();
    assert!(own_result(services, &exam.learner, sitting).await.is_ok());
    sqlx::query(
        "insert into sittings (id, paper_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at, removed_on)
        select gen_random_uuid(), id, 1, now(), 60, now(), now(), now(), '2033-01-01' from papers",
    )
    .execute(&services.db)
    .await
    .unwrap();
    assert!(not_found(own_result(services, &exam.learner, sitting).await));
    // Released results stay released, although a sitting is reopened.
    sqlx::query("delete from sittings where learner_id is null").execute(&services.db).await.unwrap();
    let again = exam.world.learner("again@north.example").await;
    sqlx::query("insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at, removed_on)
        select $1, id, $2, 1, now(), 60, now(), now(), now(), '2033-01-01' from papers")
        .bind(again.person().0)
        .bind(again.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    let theirs = SittingId(again.person().0);
    submit_sitting(services, &again, theirs, &[]).await.unwrap();
    reopen(services, &exam.setter, exam.paper, theirs, 30).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert!(verify(services, &result.verification_code.unwrap()).await.is_ok());
    assert!(not_found(own_result(services, &again, theirs).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_corrected_key_marks_every_sitting_again_and_records_the_changes(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    let mut saves = exam.answers(5, 1).await;
    saves[0].response = Some(number("1234 mg"));
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let item = saves[0].item;
    let right = Correction::RightAnswer("1234".into());
    let nonsense = Correction::RightAnswer("abc".into());
    let correct = async |why: &str, correction| exam.correct(item, why, correction, None).await;
    assert!(matches!(correct("", &right).await, Err(Error::Invalid(_))));
    assert!(matches!(correct("x", &nonsense).await, Err(Error::Invalid(_))));
    let ambiguous = Correction::RightAnswer("1,5".into());
    assert!(matches!(correct("x", &ambiguous).await, Err(Error::Invalid(_))), "not read as 15");
    correct("A slip in the template", &right).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!((result.outcome.mark, result.corrected), (5, true));
    let page = items_page(services, &exam.setter, exam.paper).await.unwrap();
    assert_eq!((page.corrections[0].marks_changed, page.corrections[0].question), (1, 1));
    // Voided: every candidate has its marks, whatever they answered.
    let other = saves[1].item;
    sqlx::query("update answers set response = null where item_id = $1")
        .bind(other.0)
        .execute(&services.db)
        .await
        .unwrap();
    exam.correct(other, "Two readings", &Correction::Void, None).await.unwrap();
    assert_eq!(own_result(services, &exam.learner, sitting).await.unwrap().outcome.mark, 5);
    assert!(not_found(correct_item(services, &exam.learner, exam.paper, item, "x", &right, None).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_submission_during_a_correction_is_marked_by_the_new_key(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    let mut saves = exam.answers(5, 1).await;
    saves[0].response = Some(number("1234 mg"));
    exam.save(sitting, &saves).await;
    // A correction up to its lock, held while a candidate submits.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from papers for no key update").execute(&mut *held).await.unwrap();
    let submit = submit_sitting(services, &exam.learner, sitting, &[]);
    let correct = async {
        exam.somebody_waits().await;
        held.commit().await.unwrap();
        let right = Correction::RightAnswer("1234".into());
        exam.correct(saves[0].item, "A slip", &right, None).await.unwrap();
    };
    let (submitted, ()) = tokio::join!(submit, correct);
    submitted.unwrap();
    assert_eq!(own_result(services, &exam.learner, sitting).await.unwrap().outcome.mark, 5);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_impossible_key_is_refused_with_the_reason(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    sqlx::query("update paper_items set question = jsonb_set(question, '{key,number,rounding}', '\"one-decimal\"') where question->'key' ? 'number'")
        .execute(&exam.world.services.db)
        .await
        .unwrap();
    let questions = exam.questions().await;
    let correct = async |place: usize, right: &str| {
        let right = Correction::RightAnswer(right.into());
        correct_item(
            &exam.world.services,
            &exam.setter,
            exam.paper,
            questions[place].0,
            "A slip",
            &right,
            None,
        )
        .await
    };
    for (place, right, problem) in [
        (0, "0,1", Problem::NumberMarks),
        (0, "0.12", Problem::KeyRounding),
        (0, "0.1 mL", Problem::KeyUnit),
        (0, "a tenth", Problem::AnswerNotANumber),
        (0, "", Problem::AnswerMissing),
        (4, "x", Problem::KeyLetters),
        (4, "", Problem::KeyLetters),
        (4, "a, b", Problem::KeyOneLetter),
    ] {
        match correct(place, right).await {
            Err(Error::Invalid(fields)) => {
                assert_eq!(fields, [FieldProblem::new("right", problem)], "{right}")
            }
            other => panic!("{right}: {other:?}"),
        }
    }
    // The hint beside the box has the unit, so it is typed too.
    correct(0, "0.1 mg").await.unwrap();
    assert_eq!(exam.questions().await[0].1.right_answer(), ["0.1\u{a0}mg"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_key_that_stands_already_is_no_correction(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let db = &exam.world.services.db;
    let text = exam.questions().await[1].0;
    sqlx::query(
        r#"update paper_items set question = jsonb_set(question, '{key}',
            '{"text-entry": {"accepted": ["Digoxin"], "case_matters": false, "errors": []}}') where id = $1"#,
    )
    .bind(text.0)
    .execute(db)
    .await
    .unwrap();
    let questions = exam.questions().await;
    let Key::Number(number) = &questions[0].1.key else { panic!("not a number") };
    let Key::SingleChoice(choices) = &questions[4].1.key else { panic!("not a choice") };
    let letter = choices.iter().find(|choice| choice.right).unwrap().id.clone();
    let correct = async |item: ItemId, right: &str| {
        let right = Correction::RightAnswer(right.to_owned());
        correct_item(&exam.world.services, &exam.setter, exam.paper, item, "A slip", &right, None).await
    };
    for (place, right) in [(0, figures(number.answer).unwrap()), (1, " digoxin ".to_owned()), (4, letter)] {
        match correct(questions[place].0, &right).await {
            Err(Error::Invalid(fields)) => {
                assert_eq!(fields, [FieldProblem::new("right", Problem::KeyStands)], "{right}")
            }
            other => panic!("{right}: {other:?}"),
        }
    }
    let recorded: i64 =
        sqlx::query_scalar("select count(*) from paper_corrections").fetch_one(db).await.unwrap();
    assert_eq!(recorded, 0);
    correct(text, "digitoxin").await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_older_of_two_windows_cannot_correct_a_key(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let shown = async || {
        let page = items_page(services, setter, exam.paper).await.unwrap();
        let variant = page.items[0].variants[0].clone();
        (variant.item, variant.version, variant.right_answer[0].clone(), page)
    };
    let correct = async |item, correction: &Correction, seen| {
        exam.correct(item, "A slip", correction, Some(seen)).await
    };
    let (item, drawn, right, _) = shown().await;
    correct(item, &Correction::RightAnswer("1234".into()), drawn).await.unwrap();
    for late in [Correction::RightAnswer("99".into()), Correction::Void] {
        let Err(Error::Invalid(fields)) = correct(item, &late, drawn).await else {
            panic!("taken: {late:?}")
        };
        let [problem] = fields.as_slice() else { panic!("{fields:?}") };
        assert_eq!(problem.field, "changed");
        assert!(matches!(problem.problem, Problem::ChangedMeanwhile { .. }), "{problem:?}");
    }
    let (_, newer, now, page) = shown().await;
    assert_eq!((now.as_str(), page.all_corrections), ("1,234\u{a0}mg", 1));
    // The record has the old and the new key.
    let was = CorrectionKind::Key { before: vec![right.clone()], after: vec!["1,234\u{a0}mg".to_owned()] };
    assert_eq!(page.corrections[0].kind, was);
    // Voided at one attempt, it is voided at every attempt that asks it here: the form of any of them is then out of
    // date.
    correct(item, &Correction::Void, newer).await.unwrap();
    let (_, newest, _, page) = shown().await;
    assert_eq!((newest, &page.corrections[0].kind), (2, &CorrectionKind::TakenOut));
    assert!(correct(item, &Correction::PutBack, newer).await.is_err());
    correct(item, &Correction::PutBack, newest).await.unwrap();
}

/// A right number, replaced by another, and restored.
async fn corrected(exam: &Exam, item: ItemId, right: &str) {
    let right = Correction::RightAnswer(right.into());
    exam.correct(item, "A slip", &right, None).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_certificate_keeps_its_code_when_a_key_is_restored(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.pass_percent = 100).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let (item, question) = exam.questions().await.remove(0);
    let Key::Number(key) = &question.key else { panic!("not a number") };
    let right = figures(key.answer).unwrap();
    let code = own_result(services, &exam.learner, sitting).await.unwrap().verification_code.unwrap();
    corrected(&exam, item, "1234").await;
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!((result.outcome.passed, result.verification_code), (false, None));
    assert!(not_found(verify(services, &code).await), "withdrawn meanwhile");
    assert!(not_found(certificate_of(services, &exam.learner, sitting).await));
    corrected(&exam, item, &right).await;
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(result.verification_code.as_deref(), Some(code.as_str()));
    assert!(verify(services, &code).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_certificate_keeps_its_code_when_a_sitting_is_reopened_and_submitted(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let code = own_result(services, &exam.learner, sitting).await.unwrap().verification_code.unwrap();
    reopen(services, &exam.setter, exam.paper, sitting, 30).await.unwrap();
    assert!(not_found(verify(services, &code).await), "withdrawn meanwhile");
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(result.verification_code.as_deref(), Some(code.as_str()));
    assert!(verify(services, &code).await.is_ok());
    // Another attempt is another certificate.
    let second = exam.in_room().await;
    let saves = exam.right_answers(second).await;
    submit_sitting(services, &exam.learner, second, &saves).await.unwrap();
    let result = own_result(services, &exam.learner, second).await.unwrap();
    assert_ne!(result.verification_code.unwrap(), code);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_explanation_of_a_former_key_is_not_shown(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let questions = exam.questions().await;
    let shown = async |place: usize| {
        let question = own_result(services, &exam.learner, sitting).await.unwrap().questions.remove(place);
        (question.key_corrected, question.solution.is_empty())
    };
    let Key::Number(key) = &questions[0].1.key else { panic!("not a number") };
    let right = figures(key.answer).unwrap();
    assert_eq!(shown(0).await, (false, false));
    corrected(&exam, questions[0].0, "1234").await;
    assert_eq!(shown(0).await, (true, true));
    assert_eq!(shown(1).await, (false, false), "the others keep theirs");
    // Nor to the setter.
    let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap().result.unwrap();
    assert!(overview.questions[0].key_corrected && overview.questions[0].solution.is_empty());
    corrected(&exam, questions[0].0, &right).await;
    assert_eq!(shown(0).await, (false, false), "it leads to the right answer again");
    // Options have explanations.
    assert_eq!(shown(4).await, (false, false));
    let Key::SingleChoice(choices) = &questions[4].1.key else { panic!("not a choice") };
    let other = choices.iter().find(|choice| !choice.right).unwrap();
    corrected(&exam, questions[4].0, &other.id).await;
    assert_eq!(shown(4).await, (true, true));
    // A voided question keeps its key and its solution.
    exam.correct(questions[1].0, "Two readings", &Correction::Void, None).await.unwrap();
    assert_eq!(shown(1).await, (false, false));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_correction_marks_each_sitting_by_its_own_answer(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.pass_percent = 100).await;
    let services = &exam.world.services;
    let item = exam.questions().await[0].0;
    let mut sittings = Vec::new();
    for (name, typed) in [("a", Some("1234 mg")), ("b", Some("2,5")), ("c", None)] {
        let learner = exam.world.learner(&format!("{name}@north.example")).await;
        let sitting = start_sitting(services, &learner, exam.paper, "CODE2026").await.unwrap();
        begin_epoch(services, &learner, sitting).await.unwrap();
        let mut saves = exam.answers(5, 1).await;
        saves[0].response = typed.map(number);
        submit_sitting(services, &learner, sitting, &saves).await.unwrap();
        sittings.push((learner, sitting));
    }
    // One candidate is still sitting, and has no marks.
    let open = exam.in_room().await;
    corrected(&exam, item, "1234").await;
    let mut found = Vec::new();
    for (learner, sitting) in &sittings {
        let result = own_result(services, learner, *sitting).await.unwrap();
        let question = &result.questions[0];
        let certified = result.verification_code.is_some();
        found.push((result.outcome.mark, certified, result.corrected, question.unreadable, question.marks));
    }
    let as_before = |unreadable| (4, false, false, unreadable, 0);
    assert_eq!(found, [(5, true, true, false, 1), as_before(true), as_before(false)]);
    assert_eq!(exam.count("select count(*) from item_marks where sitting_id = $1", open).await, 0);
    let page = items_page(services, &exam.setter, exam.paper).await.unwrap();
    assert_eq!((page.corrections[0].marks_changed, page.corrections[0].passes_changed), (1, 1));
    assert_eq!((page.all_corrections, page.items[0].unreadable), (1, 1));
    // Voided at one attempt, it is voided at every one: every candidate has its marks, whatever they answered.
    exam.correct(item, "Two readings", &Correction::Void, None).await.unwrap();
    for (learner, sitting) in &sittings {
        assert_eq!(own_result(services, learner, *sitting).await.unwrap().outcome.mark, 5);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_correction_takes_as_many_statements_for_one_as_for_several(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let item = exam.questions().await[0].0;
    sqlx::raw_sql(
        "create sequence writes;
        create function count_write() returns trigger language plpgsql as
            'begin perform nextval(''writes''); return null; end';
        create trigger counted after update on item_marks for each statement execute function count_write();
        create trigger counted after update on sittings for each statement execute function count_write();
        create trigger counted after insert on mark_changes for each statement execute function count_write()",
    )
    .execute(&services.db)
    .await
    .unwrap();
    let writes = async || -> i64 {
        sqlx::query_scalar("select nextval('writes')").fetch_one(&services.db).await.unwrap()
    };
    let counted = async |right: &str| {
        let before = writes().await;
        corrected(&exam, item, right).await;
        writes().await - before - 1
    };
    let sit = async |name: &str| {
        let learner = exam.world.learner(&format!("{name}@north.example")).await;
        let sitting = start_sitting(services, &learner, exam.paper, "CODE2026").await.unwrap();
        begin_epoch(services, &learner, sitting).await.unwrap();
        submit_sitting(services, &learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    };
    sit("first").await;
    assert_eq!(counted("1234").await, 3);
    for name in ["second", "third", "fourth"] {
        sit(name).await;
    }
    assert_eq!(counted("1235").await, 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_name_that_the_certificate_cannot_show_is_requested(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let called = async |name: &str| {
        sqlx::query("update people set full_name = $2 where id = $1")
            .bind(exam.learner.person().0)
            .bind(name)
            .execute(&services.db)
            .await
            .unwrap();
    };
    let named = async |name| name_certificate(services, &exam.learner, sitting, name).await;
    let on_it = async || own_result(services, &exam.learner, sitting).await.unwrap().certificate_name;
    // For a name that can be shown there is nothing to ask.
    assert_eq!(on_it().await, CertificateName::AsItIs);
    assert!(not_found(named("Somebody Else").await));
    for name in ["王小明", "محمد عبد الله"] {
        called(name).await;
        assert_eq!(on_it().await, CertificateName::Latin(None));
        assert!(not_found(certificate_of(services, &exam.learner, sitting).await), "no line of marks");
    }
    for wrong in ["", "王小明", "W 小"] {
        let refused = named(wrong).await;
        let Err(Error::Invalid(fields)) = refused else { panic!("{wrong} was accepted") };
        assert_eq!(
            (fields[0].field.as_str(), &fields[0].problem),
            ("certificate_name", &Problem::LatinNameMissing)
        );
    }
    called("王小明").await;
    let code = own_result(services, &exam.learner, sitting).await.unwrap().verification_code.unwrap();
    named(" Wang  Xiaoming ").await.unwrap();
    assert_eq!(on_it().await, CertificateName::Latin(Some("Wang Xiaoming".into())));
    let pdf = certificate_of(services, &exam.learner, sitting).await.unwrap();
    let title = "Certificate: Wang Xiaoming, Numeracy".as_bytes();
    assert!(pdf.windows(title.len()).any(|window| window == title));
    assert_eq!(verify(services, &code).await.unwrap().initials, "W. X.", "as on the certificate");
    // It is audited, and no other person can set it.
    let noted: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'assessment.certificate_named' and actor_id = $1",
    )
    .bind(exam.learner.person().0)
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(noted, 1);
    assert!(not_found(name_certificate(services, &exam.setter, sitting, "Wang").await));
    // An erased person leaves no name behind.
    sqlx::query("update sittings set learner_id = null").execute(&services.db).await.unwrap();
    assert_eq!(exam.count("select count(certificate_name) from sittings where id = $1", sitting).await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_right_answer_with_an_abbreviation_has_advice_beside_its_mark(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    let questions = exam.questions().await;
    let Key::Number(key) = &questions[0].1.key else { panic!("not a number") };
    let milligrams = figures(key.answer).unwrap().replace(',', "");
    let mut saves = exam.answers(5, 1).await;
    saves[0].response = Some(number(&format!("{milligrams}000 mcg")));
    saves[1].response = Some(number("1 mcg"));
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let advice: Vec<_> = own_result(services, &exam.learner, sitting)
        .await
        .unwrap()
        .questions
        .into_iter()
        .map(|question| (question.marks, question.advice))
        .collect();
    // Right, and the advice costs no mark; a wrong answer gets no advice.
    assert_eq!(advice[..3], [(1, Some(Advice::Micrograms)), (0, None), (1, None)]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_file_names_columns_zone_and_paper(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.title = "Numeracy, spring".into()).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    sqlx::query("update paper_sections set title = 'Mark'").execute(&services.db).await.unwrap();
    sqlx::query("update sittings set submitted_at = '2026-07-01T23:30:00Z'")
        .execute(&services.db)
        .await
        .unwrap();
    let everybody = ResultsQuery::default();
    let file = results_file(services, &exam.setter, exam.paper, &everybody, Format::Csv).await.unwrap();
    assert_eq!((file.of.as_str(), file.what.as_str()), ("Numeracy, spring", "1 result"));
    let text = String::from_utf8(file.bytes).unwrap();
    let lines: Vec<Vec<&str>> =
        text.trim_start_matches('\u{feff}').lines().map(|line| line.split(',').collect()).collect();
    let column = |name: &str| lines[0].iter().position(|column| *column == name).unwrap();
    assert_eq!(lines[1][column("Submitted (UK time)")], "2026-07-02 00:30");
    assert_eq!(
        [column("Mark"), column("Mark (2)"), column("Mark (3)")].map(|at| lines[1][at]),
        ["5", "4", "1"]
    );
}

/// Each row, as its cells by the headings of their columns.
type Rows = Vec<BTreeMap<String, String>>;

fn of_csv(bytes: Vec<u8>) -> Rows {
    let text = String::from_utf8(bytes).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    reader
        .records()
        .map(|record| texts(&headings).into_iter().zip(texts(&record.unwrap())).collect())
        .collect()
}

fn of_xlsx(bytes: Vec<u8>) -> Rows {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let list = book.worksheet_range("List").unwrap();
    let mut rows = list.rows().map(|row| row.iter().map(in_words).collect::<Vec<String>>());
    let headings = rows.next().unwrap();
    rows.map(|row| headings.iter().cloned().zip(row).collect()).collect()
}

/// The cell as a CSV file has it.
fn in_words(cell: &Data) -> String {
    let Data::DateTime(time) = cell else { return cell.to_string() };
    // In days since the end of 1899.
    let minutes: i64 = format!("{:.0}", time.as_f64() * 1440.0).parse().unwrap();
    let first = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap().and_hms_opt(0, 0, 0).unwrap();
    (first + TimeDelta::minutes(minutes)).format("%Y-%m-%d %H:%M").to_string()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn each_column_of_a_file_is_about_the_candidate_of_its_row(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    exam.another_paper().await;
    let first = exam.in_room().await;
    // One answer has a comma, and the last one is a number where a choice is asked: neither can be read.
    let mut saves = exam.answers(4, 1).await;
    saves[0].response = Some(number("2,5 mg"));
    submit_sitting(services, &exam.learner, first, &saves).await.unwrap();
    let second = exam.in_room().await;
    submit_sitting(services, &exam.learner, second, &exam.right_answers(second).await).await.unwrap();
    for change in [
        "update people set full_name = 'Zoë, M.' where email = 'learner@north.example'",
        "update sittings set submitted_by = 'setter' where attempt = 2 and submitted_at is not null",
        "update sittings set submitted_at = case attempt when 1 then '2026-07-01T23:30:00Z'::timestamptz else '2026-12-01T09:05:00Z' end
        where submitted_at is not null",
        "delete from incidents",
        "insert into incidents (id, sitting_id, at, kind)
        select gen_random_uuid(), s.id, now(), 'left' from sittings s, generate_series(1, 3) where s.attempt = 1",
    ] {
        sqlx::query(change).execute(&services.db).await.unwrap();
    }
    let columns = [
        "Name",
        "E-mail",
        "Attempt",
        "Submitted (UK time)",
        "By",
        "Mark",
        "Of",
        "Per cent",
        "Passed",
        "Sums",
        "Words",
        "Not readable",
        "Incidents",
        "Pass marks missed",
    ];
    let expected = [
        [
            "Zoë, M.",
            "learner@north.example",
            "1",
            "2026-07-02 00:30",
            "Candidate",
            "3",
            "5",
            "60",
            "No",
            "3",
            "0",
            "2",
            "3",
            "Words: 0 of 1, below 100%",
        ],
        [
            "Zoë, M.",
            "learner@north.example",
            "2",
            "2026-12-01 09:05",
            "Setter",
            "5",
            "5",
            "100",
            "Yes",
            "4",
            "1",
            "0",
            "0",
            "",
        ],
    ];
    let expected: Rows = expected
        .iter()
        .map(|cells| {
            columns
                .iter()
                .zip(cells)
                .map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned()))
                .collect()
        })
        .collect();
    for format in Format::ALL {
        let query =
            ResultsQuery { sort: ResultSort::Submitted, descending: false, ..ResultsQuery::default() };
        let file = results_file(services, &exam.setter, exam.paper, &query, format).await.unwrap();
        let rows = match format {
            Format::Csv => of_csv(file.bytes),
            Format::Xlsx => of_xlsx(file.bytes),
        };
        assert_eq!(rows, expected, "{format:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_start_page_shows_past_results_and_attempts_left(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let listed = async || candidate_home(services, &exam.learner).await.unwrap().papers.remove(0);
    let before = listed().await;
    assert_eq!((before.standing, before.attempts_left, before.last), (PaperAvailability::CanStart, 2, None));
    // No candidate fails by a pass mark that they were not told.
    let own = SectionPass { title: "Words".into(), percent: 100 };
    assert_eq!(before.section_passes, std::slice::from_ref(&own));
    assert_eq!(start_page(services, &exam.learner, exam.paper, "").await.unwrap().section_passes, [own]);
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let after = listed().await;
    let last = after.last.unwrap();
    assert_eq!(
        (after.standing, after.attempts_left, last.sitting),
        (PaperAvailability::CanStart, 1, sitting)
    );
    assert!(last.outcome.unwrap().passed);
    sqlx::query("update papers set release = 'by-hand'").execute(&services.db).await.unwrap();
    assert_eq!(listed().await.last.unwrap().outcome, None, "not before it is out");
    // Closed: the time that the paper gave, not what the close leaves of it.
    sqlx::query("update papers set closes_at = now() - interval '1 hour'")
        .execute(&services.db)
        .await
        .unwrap();
    let closed = listed().await;
    assert_eq!(
        (closed.standing, closed.minutes, closed.cut_by_close),
        (PaperAvailability::Closed, 30, false)
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_truncated_list_says_how_many_there_are(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    sqlx::query(
        "insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at,
            removed_on, submitted_at, submitted_by, mark, available, passed)
        select gen_random_uuid(), p.id, $1, n, now(), 60, now(), now(), now(), '2033-01-01', now() - make_interval(hours => n),
            'candidate', n, 200, false from papers p, generate_series(1, 103) n",
    )
    .bind(exam.learner.person().0)
    .execute(&services.db)
    .await
    .unwrap();
    let home = candidate_home(services, &exam.learner).await.unwrap();
    assert_eq!((home.results.len(), home.all_results), (100, 103));
    assert_eq!(home.results[0].outcome.unwrap().mark, 1, "the newest first");
    assert_eq!((home.papers.len(), home.all_papers), (1, 1));
    sqlx::query(
        "with p as (insert into papers select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(),
            'access_code', null))).* from papers p, generate_series(1, 104) returning id)
        insert into paper_learners (paper_id, email, person_id) select id, 'learner@north.example', $1 from p",
    )
    .bind(exam.learner.person().0)
    .execute(&services.db)
    .await
    .unwrap();
    let home = candidate_home(services, &exam.learner).await.unwrap();
    assert_eq!((home.papers.len(), home.all_papers), (100, 105));
    // The newest incidents are listed, in their order.
    let sitting = home.results[0].sitting;
    sqlx::query(
        "insert into incidents (id, sitting_id, at, kind, note)
        select gen_random_uuid(), $1, now() + make_interval(secs => n), 'note', n::text from generate_series(1, 502) n",
    )
    .bind(sitting.0)
    .execute(&services.db)
    .await
    .unwrap();
    let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap();
    let notes = [&overview.incidents[0].note, &overview.incidents[499].note];
    assert_eq!(
        (overview.incidents.len(), overview.all_incidents, notes.map(String::as_str)),
        (500, 502, ["3", "502"])
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn results_are_removed_after_seven_years_and_not_before(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let days = exam
        .count("select (removed_on - started_at::date)::bigint from sittings where id = $1", sitting)
        .await;
    assert!((2555..=2558).contains(&days), "{days} days");
    assert_eq!(remove_old_sittings(services).await.unwrap(), 0);
    sqlx::query("update sittings set removed_on = current_date - 1").execute(&services.db).await.unwrap();
    assert_eq!(remove_old_sittings(services).await.unwrap(), 1);
    assert_eq!(exam.count("select count(*) from item_marks where sitting_id = $1", sitting).await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn many_old_results_are_removed_in_portions_until_none_is_left(db: PgPool) {
    let exam = Exam::new(db.clone(), |_| {}).await;
    let open = exam.in_room().await;
    sqlx::query(
        "insert into sittings (id, paper_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at,
            submitted_at, mark, available, removed_on)
        select gen_random_uuid(), $1, 1, '2015-01-01', 60, '2015-01-01', '2015-01-01', '2015-01-01', '2015-01-01', 0, 0, '2022-01-01'
        from generate_series(1, 1001)",
    )
    .bind(exam.paper.0)
    .execute(&db)
    .await
    .unwrap();
    watch_removals(&db, &["sittings"]).await;
    assert_eq!(remove_old_sittings(&exam.world.services).await.unwrap(), 1001);
    assert_eq!(removals(&db, "sittings").await, (500, 1001));
    assert_eq!(exam.count("select count(*) from sittings where id = $1", open).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_item_analysis_counts_every_candidate_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    for (name, attempts, typed) in [
        ("a", 2, None),
        ("b", 1, Some("1 mg")),
        ("c", 1, Some("1 mg")),
        ("d", 1, Some("2,5")),
        ("e", 1, Some("")),
    ] {
        let learner = exam.world.learner(&format!("{name}@north.example")).await;
        for _ in 0..attempts {
            let sitting = start_sitting(services, &learner, exam.paper, "CODE2026").await.unwrap();
            begin_epoch(services, &learner, sitting).await.unwrap();
            let room = open_room(services, &learner, sitting).await.unwrap();
            let mut saves = exam.right_answers_in(&room).await;
            if let Some(typed) = typed {
                saves.iter_mut().find(|save| save.item == room.questions[0].item).unwrap().response =
                    Some(number(typed)).filter(|_| !typed.is_empty());
            }
            submit_sitting(services, &learner, sitting, &saves).await.unwrap();
        }
    }
    exam.start().await;
    let page = items_page(services, &exam.setter, exam.paper).await.unwrap();
    let first = &page.items[0];
    let tally: Vec<_> = first.tally.iter().map(|row| (row.answer.as_str(), row.count)).collect();
    assert_eq!(tally, [("Another wrong answer", 3), ("Right", 2), ("Not answered", 1)]);
    assert_eq!((first.unreadable, first.variants.len()), (1, 2));
    let chosen: Vec<_> = page.items[4].tally.iter().map(|row| row.count).collect();
    assert_eq!(chosen, [6, 0, 0], "a row for each option");
    let found = &page.analysis;
    assert_eq!((found.candidates, found.items.len()), (6, 5));
    assert!((found.mean - (5.0 * 2.0 + 4.0 * 4.0) / 6.0).abs() < 1e-9);
    assert!((found.items[0].facility - 2.0 / 6.0).abs() < 1e-9 && found.items[1].facility > 0.99);
}

/// The totals of each sitting: its marks, and the number of unreadable answers.
type Totals = Vec<(uuid::Uuid, Vec<i32>, i32)>;

/// Compares the totals of all sittings, and the page of the results, with the marks that they sum up. Returns how many
/// sittings have totals.
async fn totals_are_the_marks(exam: &Exam) -> usize {
    let db = &exam.world.services.db;
    let kept: Totals = sqlx::query_as("select sitting_id, marks, unreadable from sitting_totals order by 1")
        .fetch_all(db)
        .await
        .unwrap();
    let facts: Totals = sqlx::query_as(
        "select g.sitting_id, array_agg(g.marks order by g.first), sum(g.unreadable)::integer
        from (
            select m.sitting_id, sum(m.marks)::integer as marks, min(i.position) as first,
                count(*) filter (where m.unreadable) as unreadable
            from item_marks m join paper_items i on i.id = m.item_id
            group by m.sitting_id, i.section_id, i.question->>'category'
        ) g group by g.sitting_id order by 1",
    )
    .fetch_all(db)
    .await
    .unwrap();
    assert_eq!(kept, facts);

    let sums = async |by: &str| -> BTreeMap<String, (i64, i64)> {
        let sums = format!(
            "select {by}, sum(m.marks)::bigint, sum(i.marks)::bigint
            from item_marks m join paper_items i on i.id = m.item_id join paper_sections c on c.id = i.section_id
            where i.paper_id = $1 group by 1"
        );
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as(sqlx::AssertSqlSafe(sums)).bind(exam.paper.0).fetch_all(db).await.unwrap();
        rows.into_iter().map(|(of, mark, available)| (of, (mark, available))).collect()
    };
    let query = ResultsQuery::default();
    let page = results_page(&exam.world.services, &exam.setter, exam.paper, &query).await.unwrap();
    let number = |mark: u32, available: u32| (i64::from(mark), i64::from(available));
    let sections = page.sections.iter().filter(|section| section.available > 0);
    let sections = sections.map(|section| (section.title.clone(), number(section.mark, section.available)));
    assert_eq!(sections.collect::<BTreeMap<_, _>>(), sums("c.title").await);
    let categories = page.categories.iter();
    let categories = categories
        .map(|found| (found.category.as_str().to_owned(), number(found.mark, found.available)))
        .collect::<BTreeMap<_, _>>();
    assert_eq!(categories, sums("i.question->>'category'").await);
    let unreadable: i64 = sqlx::query_scalar(
        "select count(distinct m.sitting_id) from item_marks m join sittings s on s.id = m.sitting_id
        where m.unreadable and s.paper_id = $1",
    )
    .bind(exam.paper.0)
    .fetch_one(db)
    .await
    .unwrap();
    assert_eq!(i64::from(page.totals.unreadable), unreadable);
    kept.len()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_totals_of_sittings_are_their_marks_after_corrections_and_reopening(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    assert_eq!(totals_are_the_marks(&exam).await, 0);
    // One answer of the first attempt cannot be read; the second attempt has other numbers.
    let first = exam.in_room().await;
    let mut saves = exam.answers(3, 1).await;
    saves[1].response = Some(number("2,5"));
    submit_sitting(services, &exam.learner, first, &saves).await.unwrap();
    let second = exam.in_room().await;
    let saves = exam.right_answers(second).await;
    submit_sitting(services, &exam.learner, second, &saves).await.unwrap();
    let blank = exam.world.learner("blank@north.example").await;
    let sitting = start_sitting(services, &blank, exam.paper, "CODE2026").await.unwrap();
    submit_sitting(services, &blank, sitting, &[]).await.unwrap();
    exam.another_paper().await;
    assert_eq!(totals_are_the_marks(&exam).await, 4);
    let item = exam.questions().await[0].0;
    for correction in [Correction::RightAnswer("1234".into()), Correction::Void, Correction::PutBack] {
        exam.correct(item, "A slip", &correction, None).await.unwrap();
        assert_eq!(totals_are_the_marks(&exam).await, 4, "{correction:?}");
    }
    reopen(services, setter, exam.paper, first, 5).await.unwrap();
    assert_eq!(totals_are_the_marks(&exam).await, 3, "nothing is left of a result that is withdrawn");
    submit_sitting(services, &exam.learner, first, &[]).await.unwrap();
    assert_eq!(totals_are_the_marks(&exam).await, 4);
    sqlx::query("update sittings set removed_on = current_date - 1").execute(&services.db).await.unwrap();
    assert_eq!(remove_old_sittings(services).await.unwrap(), 4);
    assert_eq!(totals_are_the_marks(&exam).await, 0);
}
