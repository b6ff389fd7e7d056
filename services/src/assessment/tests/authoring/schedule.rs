//! Publication in time: a paper is moved, extended and withdrawn, over clock changes too.

use super::*;
use crate::assessment::authoring::papers::usual_window;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_can_be_moved_and_withdrawn_until_a_candidate_starts(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    // All problems are reported at once, and nothing changes.
    let wrong = problems(window(&exam, "soon", "2025-01-01T10:00", " ").await);
    let fields: Vec<_> = wrong.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["opens", "reason"]);
    let wrong = problems(window(&exam, "2025-01-01T09:00", "2025-01-02T09:00", "x").await);
    assert_eq!(wrong, [FieldProblem::new("closes", Problem::ClosesInThePast)]);

    // The candidate's pages follow.
    window(&exam, "2035-01-01T09:00", "2035-01-01T10:00", "The wrong day").await.unwrap();
    let start = start_page(services, &exam.learner, exam.paper, "").await.unwrap();
    assert_eq!(
        (start.opens.london.as_str(), start.standing),
        ("1 January 2035 at 9am", PaperAvailability::NotOpenYet)
    );
    assert!(start_sitting(services, &exam.learner, exam.paper, "").await.is_err());
    let change = paper_page(services, setter, exam.paper).await.unwrap().changes.remove(0);
    let opens = match &change.kind {
        ChangeKind::Moved { after, .. } => after.opens.london.as_str(),
        other => panic!("{other:?}"),
    };
    assert_eq!((opens, change.reason.as_str()), ("1 January 2035 at 9am", "The wrong day"));

    let withdraw = async |why, confirmed| {
        let seen = paper_page(services, setter, exam.paper).await.unwrap().versions.settings;
        withdraw_paper(services, setter, exam.paper, why, confirmed, Some(seen)).await
    };
    let wrong = problems(withdraw("", false).await);
    let fields: Vec<_> = wrong.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["withdraw_reason", "confirmed"]);
    withdraw("The wrong paper", true).await.unwrap();
    assert!(not_found(start_page(services, &exam.learner, exam.paper, "").await));
    assert!(candidate_home(services, &exam.learner).await.unwrap().papers.is_empty());
    assert!(paper_by_code(services, &exam.learner, "CODE2026").await.is_err());
    let page = paper_page(services, setter, exam.paper).await.unwrap();
    assert_eq!((page.state, page.changes[0].reason.as_str()), (PaperState::Draft, "The wrong paper"));
    // A draft is moved with its settings.
    assert!(not_found(window(&exam, "2035-01-01T09:00", "2035-01-02T09:00", "x").await));
    for action in ["assessment.paper_moved", "assessment.paper_withdrawn"] {
        assert_eq!(audited(&exam, action).await, 1, "{action}");
    }
    // It can be published again, with questions of its own.
    let settings = PaperSettings { opens: "2025-01-01T09:00".into(), ..page.settings };
    save_settings(services, setter, exam.paper, &settings, Some(page.versions.settings)).await.unwrap();
    publish_paper(services, setter, exam.paper, true, None).await.unwrap();
    let sitting = exam.start().await;
    assert_eq!(exam.room(sitting).await.questions.len(), 5);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_started_paper_can_only_be_extended(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let sitting = exam.start().await;
    sqlx::query("update papers set closes_at = now() + interval '10 minutes'")
        .execute(&services.db)
        .await
        .unwrap();
    sqlx::query("update sittings set closes_at = now() + interval '10 minutes'")
        .execute(&services.db)
        .await
        .unwrap();
    let left = async || room_state(services, &exam.learner, sitting).await.unwrap().remaining_ms / 60_000;
    assert!(left().await < 10);
    let wrong = problems(window(&exam, "2025-02-01T09:00", "2035-01-01T09:00", "x").await);
    assert_eq!(wrong, [FieldProblem::new("opens", Problem::SomebodyStarted)]);
    let wrong = problems(window(&exam, "", "2025-01-02T09:00", "x").await);
    assert_eq!(wrong, [FieldProblem::new("closes", Problem::ClosesEarlier)]);
    let seen = paper_page(services, setter, exam.paper).await.unwrap().versions.settings;
    let wrong = problems(withdraw_paper(services, setter, exam.paper, "x", true, Some(seen)).await);
    assert_eq!(wrong, [FieldProblem::new("confirmed", Problem::SomebodyStarted)]);
    assert!(left().await < 10, "nothing was changed");
    window(&exam, "", "2035-01-01T09:00", "The room was locked").await.unwrap();
    assert_eq!(left().await, 29);
    assert_eq!(audited(&exam, "assessment.paper_extended").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn released_results_stay_released_when_a_paper_is_extended(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::AtClose).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    sqlx::query("update papers set closes_at = now() - interval '1 minute'")
        .execute(&services.db)
        .await
        .unwrap();
    assert!(paper_page(services, &exam.setter, exam.paper).await.unwrap().results_out);
    window(&exam, "", "2035-01-01T09:00", "One came late").await.unwrap();
    assert!(own_result(services, &exam.learner, sitting).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_submission_during_an_extension_waits_and_blocks_nothing(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    // An extension that has the paper, and wants the sittings next.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from papers for update").execute(&mut *held).await.unwrap();
    let submit = submit_sitting(services, &exam.learner, sitting, &[]);
    let extend = async {
        exam.somebody_waits().await;
        sqlx::query("update sittings set closes_at = closes_at").execute(&mut *held).await.unwrap();
        held.commit().await.unwrap();
    };
    let (submitted, ()) = tokio::join!(submit, extend);
    submitted.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_start_during_a_withdrawal_waits_and_finds_the_paper_gone(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    // The withdrawal goes as far as its end, where it is written down.
    let mut held = services.begin().await.unwrap();
    sqlx::query("lock table audit_events in exclusive mode").execute(&mut *held).await.unwrap();
    let withdraw = withdraw_paper(services, &exam.setter, exam.paper, "A wrong date", true, None);
    let start = async {
        exam.so_many_wait(1).await;
        start_sitting(services, &exam.learner, exam.paper, "").await
    };
    let release = async {
        exam.so_many_wait(2).await;
        held.rollback().await.unwrap();
    };
    let (withdrawn, started, ()) = tokio::join!(withdraw, start, release);
    withdrawn.unwrap();
    assert!(started.is_err(), "{started:?}");
    let sittings: i64 =
        sqlx::query_scalar("select count(*) from sittings").fetch_one(&services.db).await.unwrap();
    assert_eq!(sittings, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_withdrawal_during_a_start_waits_and_is_refused(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    // The start has found its paper, and waits before its row is written.
    sqlx::raw_sql(
        "create function wait_here() returns trigger language plpgsql as
            'begin perform pg_advisory_xact_lock(1); return new; end';
        create trigger held before insert on sittings for each row execute function wait_here()",
    )
    .execute(&services.db)
    .await
    .unwrap();
    let mut held = services.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(1)").execute(&mut *held).await.unwrap();
    let start = start_sitting(services, &exam.learner, exam.paper, "");
    let withdraw = async {
        exam.so_many_wait(1).await;
        withdraw_paper(services, &exam.setter, exam.paper, "A wrong date", true, None).await
    };
    let release = async {
        exam.so_many_wait(2).await;
        held.rollback().await.unwrap();
    };
    let (started, withdrawn, ()) = tokio::join!(start, withdraw, release);
    let Err(Error::Invalid(problems)) = withdrawn else { panic!("{withdrawn:?}") };
    assert_eq!(problems, [FieldProblem::new("confirmed", Problem::SomebodyStarted)]);
    // The candidate who started finds the questions there.
    assert_eq!(exam.room(started.unwrap()).await.questions.len(), 5);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nights_when_the_clocks_change_are_explained(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = new_draft(&exam).await;
    let save = async |opens: &str, closes: &str| {
        let settings = PaperSettings {
            opens: opens.into(),
            closes: closes.into(),
            access_code: String::new(),
            ..settings()
        };
        save_settings(services, setter, draft, &settings, None).await
    };
    let wrong = problems(save("2027-03-28T01:30", "2027-03-28T02:30").await);
    assert_eq!(wrong, [FieldProblem::new("opens", Problem::TimeSkipped)]);
    assert!(wrong[0].problem.message().contains("does not exist"));
    save("2027-10-31T01:30", "2027-10-31T09:00").await.unwrap();
    let page = paper_page(services, setter, draft).await.unwrap();
    assert_eq!(page.opens.utc, "2027-10-31T00:30:00Z", "the earlier");
    assert_eq!(page.time_notes.len(), 1);
    assert!(
        page.time_notes[0].contains("opens comes twice") && page.time_notes[0].contains("first"),
        "{:?}",
        page.time_notes
    );
    save("2027-10-31T03:30", "2027-10-31T09:00").await.unwrap();
    assert!(paper_page(services, setter, draft).await.unwrap().time_notes.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_published_paper_keeps_its_hours_when_moved_or_extended_over_a_clock_change(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let stands = async || {
        let page = paper_page(services, setter, exam.paper).await.unwrap();
        (page.opens.utc, page.closes.utc, page.time_notes)
    };
    let skipped = |field| [FieldProblem::new(field, Problem::TimeSkipped)];
    window(&exam, "2035-03-24T09:00", "2035-03-24T17:00", "Booked").await.unwrap();
    // No candidate has started: the whole window is moved. The clocks go forward in the night to 25 March.
    window(&exam, "2035-03-24T09:00", "2035-03-25T17:00", "Two days").await.unwrap();
    let over = ("2035-03-24T09:00:00Z".to_owned(), "2035-03-25T16:00:00Z".to_owned(), Vec::new());
    assert_eq!(stands().await, over, "nine o'clock stays nine o'clock, and five five");
    let wrong = window(&exam, "2035-03-25T01:30", "2035-03-25T17:00", "x").await;
    assert_eq!(problems(wrong), skipped("opens"));
    let wrong = window(&exam, "2035-03-24T09:00", "2035-03-25T01:30", "x").await;
    assert_eq!(problems(wrong), skipped("closes"));
    assert_eq!(stands().await, over, "nothing was changed");

    // A candidate has started: only the close, and only later.
    window(&exam, "2025-01-01T09:00", "2035-03-24T17:00", "Today").await.unwrap();
    let sitting = exam.start().await;
    let extend = async |closes| window(&exam, "", closes, "Snow").await;
    let of_sitting = async || -> chrono::DateTime<chrono::Utc> {
        let query = sqlx::query_scalar("select closes_at from sittings where id = $1").bind(sitting.0);
        query.fetch_one(&services.db).await.unwrap()
    };
    assert_eq!(problems(extend("2035-03-25T01:30").await), skipped("closes"));
    // The clocks go back in the night to 28 October: half past one occurs twice, and the first counts.
    for (closes, utc, told) in [
        ("2035-03-25T17:00", "2035-03-25T16:00:00Z", None),
        ("2035-10-28T01:30", "2035-10-28T00:30:00Z", Some("closes comes twice")),
        ("2035-10-28T02:30", "2035-10-28T02:30:00Z", None),
        ("2035-10-28T17:00", "2035-10-28T17:00:00Z", None),
    ] {
        extend(closes).await.unwrap();
        let (opens, closed, notes) = stands().await;
        assert_eq!((&*opens, &*closed), ("2025-01-01T09:00:00Z", utc));
        assert_eq!(of_sitting().await, utc.parse::<chrono::DateTime<chrono::Utc>>().unwrap());
        match told {
            Some(told) => assert!(notes[0].contains(told) && notes[0].contains("The first"), "{notes:?}"),
            None => assert!(notes.is_empty(), "{notes:?}"),
        }
        // The form shows the stored time, whichever of the two it is.
        assert_eq!(problems(extend(closes).await), [FieldProblem::new("closes", Problem::ClosesEarlier)]);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_new_paper_is_open_from_nine_to_five_by_the_clock_on_the_wall(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let mut db = services.db.acquire().await.unwrap();
    // Even in the weeks of a clock change.
    for (now, opens, closes) in [
        ("2027-03-27T12:00:00Z", "2027-03-28T08:00:00Z", "2027-04-04T16:00:00Z"),
        ("2027-10-30T12:00:00Z", "2027-10-31T09:00:00Z", "2027-11-07T17:00:00Z"),
        ("2027-06-10T12:00:00Z", "2027-06-11T08:00:00Z", "2027-06-18T16:00:00Z"),
        // In London it is the next day already.
        ("2027-06-10T23:30:00Z", "2027-06-12T08:00:00Z", "2027-06-19T16:00:00Z"),
    ] {
        let proposed = usual_window(&mut db, Some(now.parse().unwrap())).await.unwrap();
        assert_eq!(proposed, (opens.parse().unwrap(), closes.parse().unwrap()), "at {now}");
    }
    let new = create_paper(services, setter, exam.organisation, "New", PaperKind::Mock, None).await.unwrap();
    let copy = duplicate_paper(services, setter, exam.paper, false, None).await.unwrap();
    let (opens, closes) = usual_window(&mut db, None).await.unwrap();
    for (how, draft) in [("created", new), ("copied", copy)] {
        let page = paper_page(services, setter, draft).await.unwrap();
        assert_eq!((page.opens, page.closes), (crate::moment(opens), crate::moment(closes)), "{how}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn two_starts_at_once_make_one_sitting(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    // Both have looked, and neither has started, when they are released.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from papers for update").execute(&mut *held).await.unwrap();
    let start = || start_sitting(services, &exam.learner, exam.paper, "");
    let let_go = async {
        exam.so_many_wait(2).await;
        held.commit().await.unwrap();
    };
    let (one, two, ()) = tokio::join!(start(), start(), let_go);
    assert_eq!(one.unwrap(), two.unwrap());
    let sittings: i64 =
        sqlx::query_scalar("select count(*) from sittings").fetch_one(&services.db).await.unwrap();
    assert_eq!(sittings, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_latest_end_moves_with_added_time_and_not_with_breaks(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, learner) = (&exam.world.services, &exam.setter, &exam.learner);
    let adjustment = Adjustment { break_minutes: 10, ..Adjustment::default() };
    set_adjustment(services, setter, exam.organisation, "learner@north.example", adjustment).await.unwrap();
    let sitting = exam.in_room().await;
    let state = async || room_state(services, learner, sitting).await.unwrap();
    // The paper closes while they sit.
    sqlx::raw_sql(
        "update sittings set closes_at = started_at + interval '20 minutes'; update papers set closes_at = (select closes_at from sittings)",
    )
    .execute(&services.db)
    .await
    .unwrap();
    let begun = state().await;
    pause(services, learner, sitting).await.unwrap();
    exam.wait(sitting, 120.0).await;
    let resting = state().await;
    resume(services, learner, sitting).await.unwrap();
    let back = state().await;
    assert!(resting.paused && back.break_left_ms < 600_000, "{resting:?} {back:?}");
    assert_eq!([resting.latest_end_ms, back.latest_end_ms], [begun.latest_end_ms; 2]);
    assert_eq!(back.more_time_than(&resting), None);
    add_time(services, setter, exam.paper, Some(sitting), 5, None).await.unwrap();
    let added = state().await;
    assert!(added.more_time_than(&back).unwrap().starts_with("5 minutes were added."));
    window(&exam, "", "2036-06-01T09:00", "The lights went out").await.unwrap();
    let extended = state().await;
    assert!(extended.more_time_than(&added).unwrap().starts_with("The end was moved: it is at "));
}
