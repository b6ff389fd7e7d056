//! A corrected key: who is marked again, and what is refused.

use super::*;

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
