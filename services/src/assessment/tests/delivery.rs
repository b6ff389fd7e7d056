//! Answers at the wrong time, and their limits; forms without scripts; and who ended a sitting.

use domain::assessment::delivery::{BREAK_GRACE_SECONDS, Drawn, PROVISIONAL};

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn drawing_the_room_begins_no_epoch_and_two_pages_hear_of_each_other(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.start().await;
    for _ in 0..3 {
        assert_eq!(open_room(services, learner, sitting).await.unwrap().epoch, 0);
    }
    let first = begin_epoch(services, learner, sitting).await.unwrap();
    assert_eq!((first.epoch, first.state.epoch), (1, 1));
    let drawn = open_room(services, learner, sitting).await.unwrap();
    assert_eq!(drawn.epoch, 1);
    let told = exam.save(sitting, &[save(drawn.questions[0].item, EPOCH_SPAN + 1, "5 mg")]).await;
    assert_eq!(told.state.epoch, 1, "it hears of nothing newer");
    assert_eq!(begin_epoch(services, learner, sitting).await.unwrap().epoch, 2);
    let told = exam.save(sitting, &[save(drawn.questions[0].item, EPOCH_SPAN + 2, "6 mg")]).await;
    assert_eq!(told.state.epoch, 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_newest_page_hears_of_answers_saved_by_an_older_one(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let begun = exam.room(sitting).await;
    let items = [begun.questions[0].item, begun.questions[1].item];
    // Drawn beside the epoch at hand, and later than it.
    let provisional = save(items[0], begun.epoch * EPOCH_SPAN + PROVISIONAL + 1, "provisional");
    exam.save(sitting, &[save(items[0], EPOCH_SPAN + 1, "begun"), save(items[1], EPOCH_SPAN + 2, "begun")])
        .await;
    exam.save(sitting, std::slice::from_ref(&provisional)).await;
    let news = room_news(&exam.world.services, &exam.learner, sitting).await.unwrap().earlier;
    let told: Vec<_> = news.iter().map(|(save, _)| (save.item, save.response.clone())).collect();
    assert_eq!(told, [(items[0], provisional.response)]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_paper_cannot_be_read_once_it_is_submitted(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.start().await;
    assert_eq!(exam.room(sitting).await.questions.len(), 5);
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    assert!(exam.room(sitting).await.questions.is_empty());
    release_results(services, &exam.setter, exam.paper, true).await.unwrap();
    assert!(exam.room(sitting).await.questions.is_empty());
    assert!(room_news(services, learner, sitting).await.unwrap().earlier.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_during_a_break_counts_only_if_it_was_on_its_way(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let adjustment = Adjustment { break_minutes: 10, ..Adjustment::default() };
    set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", adjustment)
        .await
        .unwrap();
    let sitting = exam.start().await;
    exam.room(sitting).await;
    let answers = exam.answers(5, 1).await;
    assert!(!exam.save(sitting, &answers[..1]).await.late);
    pause(services, learner, sitting).await.unwrap();
    // An answer on its way when the break began.
    assert!(!exam.save(sitting, &answers[1..2]).await.late);
    exam.wait(sitting, f64::from(BREAK_GRACE_SECONDS) + 1.0).await;
    assert!(exam.save(sitting, &answers[2..3]).await.late);
    assert!(exam.save(sitting, &[save(answers[0].item, EPOCH_SPAN + 9, "7 mg")]).await.late);
    // A repeated answer from before the break is not late.
    assert!(!exam.save(sitting, &answers[..2]).await.late);
    resume(services, learner, sitting).await.unwrap();
    assert!(!exam.save(sitting, &answers[3..4]).await.late);
    pause(services, learner, sitting).await.unwrap();
    exam.wait(sitting, 11.0 * 60.0).await;
    // The allowance is used up, and the clock runs: these answers count.
    assert!(!exam.save(sitting, &answers[4..]).await.late);
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    let marks: Vec<i16> = sqlx::query_scalar(
        "select m.marks from item_marks m join paper_items i on i.id = m.item_id where m.sitting_id = $1 order by i.position",
    )
    .bind(sitting.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    assert_eq!(marks, [1, 1, 0, 1, 1]);
    assert_eq!(receipt(services, learner, sitting).await.unwrap().late, 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn fifty_late_tries_take_the_space_of_one(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    let long = |n: i64| Save {
        response: Some(Response::Text(format!("{n}{}", "x".repeat(200_000)))),
        ..save(item, EPOCH_SPAN + n, "")
    };
    let told = exam.save(sitting, &[long(1)]).await;
    assert_eq!(told.problems, [(item, Problem::TextTooLong)]);
    for n in 2..=50 {
        exam.save(sitting, &[long(n)]).await;
    }
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    for n in 51..=100 {
        assert!(exam.save(sitting, &[long(n)]).await.late);
        assert!(exam.save(sitting, &[long(n)]).await.late, "sent twice it is as late");
    }
    exam.save(sitting, &[long(60)]).await;
    for (table, sequence) in [("answers", EPOCH_SPAN + 50), ("late_answers", EPOCH_SPAN + 100)] {
        let count = format!("select count(*) from {table} where sitting_id = $1");
        assert_eq!(exam.count(&count, sitting).await, 1, "{table}");
        let bytes =
            format!("select max(octet_length(response::text))::bigint from {table} where sitting_id = $1");
        assert!(exam.count(&bytes, sitting).await < 300, "{table}");
        let newest = format!("select sequence from {table} where sitting_id = $1");
        assert_eq!(exam.count(&newest, sitting).await, sequence, "{table}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_impossible_sequence_refuses_the_whole_call(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.start().await;
    let questions = exam.room(sitting).await.questions;
    let (item, other) = (questions[0].item, questions[1].item);
    let refused = async |saves: &[Save]| {
        let refused = save_answers(services, learner, sitting, saves).await;
        matches!(refused, Err(Error::Invalid(fields)) if fields[0].problem == Problem::SequenceUnknown)
    };
    let flag = |sequence| Save { only_flag: true, flagged: true, ..save(item, sequence, "") };
    for sequence in [i64::MAX, 2 * EPOCH_SPAN, 2 * EPOCH_SPAN + 1, 0, -1, i64::MIN] {
        assert!(
            refused(&[save(other, EPOCH_SPAN + 1, "fine"), save(item, sequence, "beyond")]).await,
            "{sequence}"
        );
        assert!(refused(&[flag(sequence)]).await || sequence == 0, "{sequence}");
    }
    assert!(refused(&[Save { flag_sequence: Some(-5), ..save(item, EPOCH_SPAN + 1, "") }]).await);
    assert!(exam.stored(sitting).await.is_empty());
    // The highest sequence of a page is not the end: those of the next opening are later.
    exam.save(sitting, &[save(item, 2 * EPOCH_SPAN - 1, "last")]).await;
    exam.room(sitting).await;
    exam.save(sitting, &[save(item, 2 * EPOCH_SPAN + 1, "next")]).await;
    assert_eq!(exam.stored(sitting).await[&item.0].1, Some(number("next")));
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    assert!(refused(&[save(item, i64::MAX, "beyond")]).await, "after the end too");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn answer_and_flag_of_one_question_have_sequences_of_their_own(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    exam.room(sitting).await;
    let both = |sequence, typed: &str, flagged, of_flag| Save {
        flagged,
        flag_sequence: Some(of_flag),
        ..save(item, sequence, typed)
    };
    let stands = async || {
        let question = exam.room(sitting).await.questions[0].clone();
        (
            question.response,
            question.sequence - EPOCH_SPAN,
            question.flagged,
            question.flag_sequence - EPOCH_SPAN,
        )
    };
    exam.save(sitting, &[both(EPOCH_SPAN + 1, "one", true, EPOCH_SPAN + 2)]).await;
    assert_eq!(stands().await, (Some(number("one")), 1, true, 2));
    // A later answer without a flag leaves the flag.
    exam.save(sitting, &[both(EPOCH_SPAN + 5, "five", false, 0)]).await;
    assert_eq!(stands().await, (Some(number("five")), 5, true, 2));
    // An older answer with a newer flag, and several in one call.
    exam.save(
        sitting,
        &[
            both(EPOCH_SPAN + 3, "three", false, EPOCH_SPAN + 4),
            both(EPOCH_SPAN + 2, "two", true, EPOCH_SPAN + 3),
        ],
    )
    .await;
    assert_eq!(stands().await, (Some(number("five")), 5, false, 4));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sign_of_life_holds_up_no_answer(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    let services = &exam.world.services;
    // The beat's update, not committed yet; and the lock that submission takes.
    let mut other = services.begin().await.unwrap();
    sqlx::query("update sittings set last_contact_at = clock_timestamp(), epochs = epochs + 1 where id = $1")
        .bind(sitting.0)
        .execute(&mut *other)
        .await
        .unwrap();
    let one = [save(item, EPOCH_SPAN + 1, "5 mg")];
    let saved = save_answers(services, &exam.learner, sitting, &one);
    let saved = tokio::time::timeout(std::time::Duration::from_secs(8), saved).await;
    assert!(!saved.expect("it waited for the beat").unwrap().late);
    other.rollback().await.unwrap();
    assert_eq!(exam.stored(sitting).await[&item.0], (EPOCH_SPAN + 1, Some(number("5 mg"))));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sitting_ended_by_the_clock_is_not_recorded_as_handed_in(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.attempts = 3).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let by = async |sitting| receipt(services, learner, sitting).await.unwrap().submitted_by;
    let sitting = exam.start().await;
    exam.wait(sitting, 30.0 * 60.0 + 1.0).await;
    submit_if_over(services, learner, sitting, &[]).await.unwrap();
    assert_eq!(by(sitting).await, SubmittedBy::Clock);
    let sitting = exam.start().await;
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    assert_eq!(by(sitting).await, SubmittedBy::Candidate);
    let sitting = exam.start().await;
    submit_for(services, &exam.setter, exam.paper, sitting).await.unwrap();
    assert_eq!(by(sitting).await, SubmittedBy::Setter);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_form_sent_again_as_drawn_keeps_its_changes(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.start().await;
    let drawn = open_room(services, learner, sitting).await.unwrap().questions[0].clone();
    let item = drawn.item;
    let send = async |drawn: Option<Drawn>, typed: Option<&str>, flagged| {
        let given = PlainAnswer { item, drawn, response: typed.map(number), flagged };
        save_plain(services, learner, sitting, given).await.unwrap().overtaken
    };
    let stands = async || exam.stored(sitting).await.remove(&item.0).and_then(|(_, response)| response);
    let blank = Some(drawn.drawn());
    assert!(!send(blank.clone(), Some("5 mg"), false).await);
    // The browser goes back: the page is as it was left, with the values drawn in it.
    assert!(!send(blank.clone(), Some("6 mg"), true).await);
    assert_eq!(stands().await, Some(number("6 mg")));
    // Another window, drawn before both, turns the page with an empty form: that overwrites nothing, and is not
    // reported saved.
    assert!(send(blank.clone(), None, false).await);
    assert_eq!(stands().await, Some(number("6 mg")));
    let now = || async { open_room(services, learner, sitting).await.unwrap().questions[0].clone() };
    assert!(now().await.flagged);
    // With scripts in another window, then again without.
    let epoch = begin_epoch(services, learner, sitting).await.unwrap().epoch;
    exam.save(sitting, &[save(item, epoch * EPOCH_SPAN + 7, "7 mg")]).await;
    assert!(!send(Some(now().await.drawn()), Some("8 mg"), true).await);
    assert_eq!(stands().await, Some(number("8 mg")));
    assert!(
        room_state(services, learner, sitting).await.unwrap().epoch > epoch,
        "the other window hears of it"
    );
    // Cleared; and turning the page alone changes nothing.
    assert!(!send(Some(now().await.drawn()), None, true).await);
    assert_eq!(stands().await, None);
    // A form of the previous version, or a refused one, does not say how it was drawn.
    assert!(!send(None, Some("9 mg"), false).await);
    assert_eq!((stands().await, now().await.flagged), (Some(number("9 mg")), false));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_unreadable_answer_does_not_look_answered_to_the_setter(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let questions = exam.room(sitting).await.questions;
    let (first, second) = (questions[0].item, questions[1].item);
    let answered = async || {
        let live = everybody_now(&exam.world.services, &exam.setter, exam.paper).await.unwrap();
        let overview = sitting_overview(&exam.world.services, &exam.setter, sitting).await.unwrap();
        let row = live.candidates.rows.iter().find_map(|row| row.sitting.as_ref()).unwrap();
        assert_eq!(row.answered, overview.row.answered);
        row.answered
    };
    exam.save(sitting, &[save(first, EPOCH_SPAN + 1, "abc"), save(second, EPOCH_SPAN + 2, "5 mg")]).await;
    assert_eq!(answered().await, 1);
    exam.save(sitting, &[save(first, EPOCH_SPAN + 3, "6 mg")]).await;
    assert_eq!(answered().await, 2);
    exam.save(sitting, &[save(second, EPOCH_SPAN + 4, "2,5")]).await;
    assert_eq!(answered().await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn added_time_is_reported_as_the_time_added(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let before = exam.room(sitting).await.state.extra_seconds;
    add_time(&exam.world.services, &exam.setter, exam.paper, Some(sitting), 20, None).await.unwrap();
    let item = exam.room(sitting).await.questions[0].item;
    let told = exam.save(sitting, &[save(item, EPOCH_SPAN + 1, "5 mg")]).await.state.extra_seconds;
    assert_eq!(told - before, 20 * 60);
}

/// The seconds since the last contact.
const SILENT: &str = "select extract(epoch from now() - last_contact_at)::bigint from sittings where id = $1";

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_page_that_is_opened_after_the_submission_moves_no_last_contact(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.in_room().await;
    let long_ago = async || {
        sqlx::query("update sittings set last_contact_at = now() - interval '1 hour'")
            .execute(&services.db)
            .await
            .unwrap();
    };
    long_ago().await;
    begin_epoch(services, learner, sitting).await.unwrap();
    assert!(exam.count(SILENT, sitting).await < 60, "while it goes on it is a sign of life");
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    long_ago().await;
    assert!(begin_epoch(services, learner, sitting).await.unwrap().state.submitted);
    assert!(room_state(services, learner, sitting).await.unwrap().submitted);
    assert!(room_news(services, learner, sitting).await.unwrap().submitted);
    assert!(exam.count(SILENT, sitting).await >= 3600);
}
