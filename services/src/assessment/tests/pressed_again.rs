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

/// The sender is not told that theirs is done, and it does not undo what a colleague has done since.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_correction_that_is_sent_again_is_refused_when_a_colleague_has_corrected_it_back(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    let administers = domain::access::Role::OrganisationAdministrator(exam.organisation);
    exam.world.grant(&colleague, administers).await;
    let item = items_page(services, setter, exam.paper).await.unwrap().items[0].variants[0].item;
    let (mine, theirs) = (Correction::RightAnswer("1234".into()), Correction::RightAnswer("4321".into()));
    let send = || correct_item(services, setter, exam.paper, item, "A slip", &mine, Some(0));
    send().await.unwrap();
    send().await.unwrap();
    run_ready(services).await.unwrap();
    correct_item(services, &colleague, exam.paper, item, "No slip", &theirs, Some(1)).await.unwrap();
    run_ready(services).await.unwrap();
    let late = send().await;
    let Err(Error::Invalid(problems)) = late else { panic!("{late:?}") };
    assert!(matches!(problems[0].problem, Problem::ChangedMeanwhile { .. }), "{problems:?}");
    assert_eq!(problems[0].field, "changed");
    let page = items_page(services, setter, exam.paper).await.unwrap();
    assert_eq!(page.all_corrections, 2);
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
    // What was done is not so any more.
    let late = save("new@north.example").await;
    assert!(matches!(late, Err(Error::Invalid(problems)) if problems[0].field == "changed"));

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

/// Another change has come between: the sender is not told that theirs is done.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_form_that_is_sent_again_is_not_done_when_the_paper_has_changed_since(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let seen = async || paper_page(services, setter, exam.paper).await.unwrap().versions;
    let changed = |result: crate::Result<()>| match result {
        Err(Error::Invalid(problems)) => problems[0].field == "changed",
        _ => false,
    };
    let first = Some(seen().await.settings);
    let asked = ("2035-01-01T09:00", "2035-01-01T10:00");
    let other = ("2035-01-01T09:00", "2035-01-01T11:00");
    let send = || change_window(services, setter, exam.paper, asked, "The wrong day", first);
    send().await.unwrap();
    send().await.unwrap();
    let second = Some(seen().await.settings);
    change_window(services, setter, exam.paper, other, "An hour more", second).await.unwrap();
    assert!(changed(send().await));

    let third = Some(seen().await.settings);
    let withdraw = || withdraw_paper(services, setter, exam.paper, "The wrong paper", true, third);
    withdraw().await.unwrap();
    withdraw().await.unwrap();
    publish_paper(services, setter, exam.paper, true, Some(seen().await)).await.unwrap();
    assert!(changed(withdraw().await));
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
async fn extra_time_that_is_given_or_set_to_nothing_twice_changes_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let set = |given: Adjustment| {
        set_adjustment(services, setter, exam.organisation, "learner@north.example", given)
    };
    let nothing = Adjustment::default();
    // Nothing was given yet.
    assert!(not_found(set(nothing).await));
    let given = Adjustment { extra_percent: 25, ..nothing };
    for _ in 0..2 {
        // What is given already is not given again.
        for _ in 0..3 {
            set(given).await.unwrap();
        }
        let (one, two) = tokio::join!(set(nothing), set(nothing));
        one.unwrap();
        two.unwrap();
    }
    let events: Vec<(String, i64)> = sqlx::query_as(
        "select action, count(*) from audit_events where action like 'assessment.adjustment\\_%' group by action order by action",
    )
    .fetch_all(&services.db)
    .await
    .unwrap();
    let [set_twice, taken_back] =
        ["set", "taken_back"].map(|act| (format!("assessment.adjustment_{act}"), 2));
    assert_eq!(events, [set_twice, taken_back]);
    // Later it is no second press.
    exam.world.clock.advance(chrono::Duration::minutes(1));
    assert!(not_found(set(nothing).await));
}

/// The form of a page, sent by the setter or by a colleague of the same organisation.
async fn give(
    exam: &Exam,
    by: &Actor,
    page: &AdjustedPeople,
    shown: bool,
    extra_percent: u8,
) -> crate::Result<()> {
    let seen = Some(AdjustmentsSeen { form: page.form, seen: page.seen, shown });
    let change = AdjustmentChange { extra_percent: Some(extra_percent), seen, ..Default::default() };
    let address = "learner@north.example";
    set_adjustment(&exam.world.services, by, exam.organisation, address, change).await
}

/// What the person has, in per cent of the limit, if anything.
async fn given(exam: &Exam) -> Option<i16> {
    let given = "select extra_percent from exam_adjustments";
    sqlx::query_scalar(given).fetch_optional(&exam.world.services.db).await.unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn extra_time_that_is_sent_again_does_not_undo_what_a_colleague_has_set_since(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    let query = AdjustmentsQuery::default();
    let page = async || {
        exam.world.clock.advance(chrono::Duration::seconds(1));
        adjusted_people(services, setter, exam.organisation, &query).await.unwrap()
    };
    let changed = |sent: crate::Result<()>| match sent {
        Err(Error::Invalid(problems)) => {
            problems[0].field == "changed" && matches!(problems[0].problem, Problem::ChangedMeanwhile { .. })
        }
        _ => false,
    };
    // Nobody had any. The second press is answered as the first, until a colleague has set it.
    let first = page().await;
    for _ in 0..2 {
        give(&exam, setter, &first, false, 25).await.unwrap();
    }
    give(&exam, &colleague, &page().await, true, 50).await.unwrap();
    assert!(changed(give(&exam, setter, &first, false, 25).await));
    // Nor does a page set it that was drawn before, with anything else.
    assert!(changed(give(&exam, setter, &first, false, 30).await));
    assert_eq!(given(&exam).await, Some(50));
    // From a page that shows it, it is set; also later from a page on which only the setter has changed it.
    let shows = page().await;
    give(&exam, setter, &shows, true, 30).await.unwrap();
    exam.world.clock.advance(chrono::Duration::seconds(1));
    give(&exam, setter, &shows, true, 35).await.unwrap();
    // A colleague takes it back: neither a second press nor a form that showed it gives it again.
    give(&exam, &colleague, &page().await, true, 0).await.unwrap();
    assert!(changed(give(&exam, setter, &shows, true, 35).await));
    assert!(changed(give(&exam, setter, &shows, true, 40).await));
    assert_eq!(given(&exam).await, None);
    // A page that was drawn since does, for somebody without extra time.
    let last = page().await;
    give(&exam, setter, &last, false, 25).await.unwrap();
    assert_eq!(given(&exam).await, Some(25));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn extra_time_that_a_colleague_has_set_since_the_page_was_drawn_is_not_set_again(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    let query = AdjustmentsQuery::default();
    let page = adjusted_people(services, setter, exam.organisation, &query).await.unwrap();
    exam.world.clock.advance(chrono::Duration::seconds(1));
    give(&exam, &colleague, &page, false, 50).await.unwrap();
    assert!(give(&exam, setter, &page, false, 25).await.is_err());
    assert_eq!(given(&exam).await, Some(50));
    // What they ask for stands already.
    give(&exam, setter, &page, false, 50).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sitting_that_is_opened_again_twice_is_opened_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let sitting = exam.in_room().await;
    let open = |minutes: u16| reopen(services, setter, exam.paper, sitting, minutes);
    assert!(not_found(open(5).await), "it goes on, and nobody has opened it again");
    // It may be opened again after it was submitted within the minute.
    for _ in 0..2 {
        submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
        let (one, two) = tokio::join!(open(5), open(5));
        one.unwrap();
        two.unwrap();
    }
    assert!(not_found(open(6).await), "another form");
    let reopened: i64 = sqlx::query_scalar("select count(*) from incidents where kind = 'reopened'")
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!(reopened, 2);
}
