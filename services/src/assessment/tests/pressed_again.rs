//! A form that is sent twice from the same page.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_correction_that_is_sent_twice_is_one(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let item = items_page(services, setter, exam.paper).await.unwrap().items[0].variants[0].item;
    let corrections = [Correction::RightAnswer("1234".into()), Correction::Void, Correction::PutBack];
    for (seen, correction) in (0..).zip(&corrections) {
        // The second while everybody is being marked, the third when all are.
        let send = || correct_item(services, setter, exam.paper, item, "A slip", correction, Some(seen));
        send().await.unwrap();
        send().await.unwrap();
        run_ready(services).await.unwrap();
        send().await.unwrap();
        let page = items_page(services, setter, exam.paper).await.unwrap();
        assert_eq!(page.all_corrections, seen + 1, "{correction:?}");
    }
    // With another reason it is another form, of a page that has changed.
    let late = exam.correct(item, "Two readings", &Correction::PutBack, Some(2)).await;
    assert!(matches!(late, Err(Error::Invalid(problems)) if problems[0].field == "changed"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_that_is_moved_or_withdrawn_twice_from_one_page_is_so_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let seen = async || Some(paper_page(services, setter, exam.paper).await.unwrap().versions.settings);
    let shown = seen().await;
    for window in [("2035-01-01T09:00", "2035-01-01T10:00"); 2] {
        change_window(services, setter, exam.paper, window, "The wrong day", shown).await.unwrap();
    }
    let other = ("2035-01-01T09:00", "2035-01-01T11:00");
    let late = change_window(services, setter, exam.paper, other, "The wrong day", shown).await;
    assert!(matches!(late, Err(Error::Invalid(problems)) if problems[0].field == "changed"));
    let shown = seen().await;
    for _ in 0..2 {
        withdraw_paper(services, setter, exam.paper, "The wrong paper", true, shown).await.unwrap();
    }
    let changes = paper_page(services, setter, exam.paper).await.unwrap().changes;
    assert_eq!(changes.len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn extra_time_that_is_taken_back_twice_is_taken_back_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let change = AdjustmentChange { extra_percent: Some(25), ..AdjustmentChange::default() };
    set_adjustment(services, setter, exam.organisation, "learner@north.example", change).await.unwrap();
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from exam_adjustments").fetch_one(&services.db).await.unwrap();
    for _ in 0..2 {
        take_back_adjustment(services, setter, exam.organisation, AdjustmentId(id)).await.unwrap();
    }
    let events = "select count(*) from audit_events where action = 'assessment.adjustment_taken_back'";
    let events: i64 = sqlx::query_scalar(events).fetch_one(&services.db).await.unwrap();
    assert_eq!(events, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_part_of_a_paper_that_is_sent_twice_from_one_page_is_answered_as_the_first_time(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let page = async |paper| paper_page(services, setter, paper).await.unwrap();
    let seen = page(exam.paper).await.versions.candidates;
    let save = |emails| save_candidates(services, setter, exam.paper, &[], emails, Some(seen));
    let (one, other) = tokio::join!(save("new@north.example"), save("new@north.example"));
    for saved in [one, other, save("new@north.example").await] {
        saved.unwrap();
    }
    let late = save("newer@north.example").await;
    assert!(matches!(late, Err(Error::Invalid(problems)) if problems[0].field == "changed"));
    let chosen = ["new@north.example".to_owned()];
    let remove = || remove_candidates(services, setter, exam.paper, &chosen, true, Some(seen + 1));
    let (one, other) = tokio::join!(remove(), remove());
    assert_eq!((one.unwrap(), other.unwrap()), (1, 1));
    assert_eq!(page(exam.paper).await.versions.candidates, seen + 2);

    let draft =
        create_paper(services, setter, exam.organisation, "Draft", PaperKind::Mock, None).await.unwrap();
    let shown = page(draft).await;
    let longer = PaperSettings { limit_minutes: 90, ..shown.settings };
    for _ in 0..2 {
        save_settings(services, setter, draft, &longer, Some(shown.versions.settings)).await.unwrap();
    }
    assert_eq!(page(draft).await.versions.settings, shown.versions.settings + 1);
    for _ in 0..2 {
        add_section(services, setter, draft, "Sums", None, Some(0)).await.unwrap();
    }
    let sections = page(draft).await.sections;
    assert_eq!(sections.len(), 1);
    let section = sections[0].id;
    let source = RuleSource::Category(Category::SiConversion, None);
    for _ in 0..2 {
        add_rule(services, setter, draft, section, source, 1, 1, Some(1)).await.unwrap();
    }
    let rules = page(draft).await.sections.remove(0).rules;
    assert_eq!(rules.len(), 1);
    for _ in 0..2 {
        remove_rule(services, setter, draft, rules[0].id, Some(2)).await.unwrap();
    }
    for _ in 0..2 {
        remove_section(services, setter, draft, section, Some(3)).await.unwrap();
    }
    assert_eq!(page(draft).await.versions.questions, 4);
}
