//! While a paper is sat: answers, time, breaks and hints.

use domain::FieldProblem;

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_highest_sequence_counts_whatever_the_order_of_arrival(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    for (sequence, typed) in [(2, "two"), (1, "one"), (3, "three"), (3, "again"), (2, "two")] {
        exam.save(sitting, &[save(item, EPOCH_SPAN + sequence, typed)]).await;
    }
    assert_eq!(exam.stored(sitting).await[&item.0], (EPOCH_SPAN + 3, Some(number("three"))));
    // Several answers to one question in one call, and an answer that is cleared.
    exam.save(sitting, &[save(item, EPOCH_SPAN + 5, "five"), save(item, EPOCH_SPAN + 4, "four")]).await;
    assert_eq!(exam.stored(sitting).await[&item.0], (EPOCH_SPAN + 5, Some(number("five"))));
    let too_many = vec![save(item, EPOCH_SPAN + 9, "nine"); 401];
    let refused = save_answers(&exam.world.services, &exam.learner, sitting, &too_many).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "an answer that is not kept is not acknowledged");
    exam.save(sitting, &[save(item, EPOCH_SPAN + 6, "  ")]).await;
    assert_eq!(exam.stored(sitting).await[&item.0], (EPOCH_SPAN + 6, None));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_is_acknowledged_only_when_it_is_committed(db: PgPool) {
    let exam = Exam::new(db.clone(), |_| {}).await;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    // A server whose only connection was left inside a transaction, without the other measures.
    let options = sqlx::postgres::PgPoolOptions::new().max_connections(1);
    let only = options.connect_with((*db.connect_options()).clone()).await.unwrap();
    let services = Services {
        db: only.clone(),
        batch_pool: only.clone().into(),
        session_batch_pool: only.clone().into(),
        ..exam.world.services.clone()
    };
    let mut saves = vec![save(item, EPOCH_SPAN + 1, "one")];
    for only_flag in [false, true] {
        saves[0].only_flag = only_flag;
        sqlx::raw_sql("begin").execute(&only).await.unwrap();
        let refused = save_answers(&services, &exam.learner, sitting, &saves).await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
        assert!(!exam.stored(sitting).await.contains_key(&item.0));
    }
    saves[0].only_flag = false;
    // The repeated call gets a sound connection.
    save_answers(&services, &exam.learner, sitting, &saves).await.unwrap();
    assert_eq!(exam.stored(sitting).await[&item.0], (EPOCH_SPAN + 1, Some(number("one"))));
    // A late answer is acknowledged too.
    exam.wait(sitting, 31.0 * 60.0).await;
    sqlx::raw_sql("begin").execute(&only).await.unwrap();
    saves[0].sequence += 1;
    assert!(save_answers(&services, &exam.learner, sitting, &saves).await.is_err());
    assert!(save_answers(&services, &exam.learner, sitting, &saves).await.unwrap().late);
    assert_eq!(exam.count("select count(*) from late_answers where sitting_id = $1", sitting).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn calls_in_one_statement_do_not_affect_each_other(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    let other = exam.world.learner("other@north.example").await;
    let theirs = start_sitting(services, &other, exam.paper, "CODE2026").await.unwrap();
    begin_epoch(services, &other, theirs).await.unwrap();
    let questions = exam.room(sitting).await.questions;
    let (item, another) = (questions[0].item, questions[1].item);
    // Any fault that one call may have.
    sqlx::raw_sql(
        "create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
        create trigger refuse before insert on answers for each row when (new.response is null) execute function refuse()",
    )
    .execute(&services.db)
    .await
    .unwrap();
    // Many at once, so that most of them wait and go together.
    let (learner, other) = (&exam.learner, &other);
    let calls = (1..=20).map(|n| async move {
        let call = async |actor, sitting, item, sequence, typed: &str| {
            save_answers(services, actor, sitting, &[save(item, sequence, typed)]).await
        };
        let (typed, pasted) = (format!("{n} mg"), format!("{n} mg\0"));
        tokio::join!(
            call(learner, sitting, item, EPOCH_SPAN + n, &pasted),
            call(other, sitting, item, EPOCH_SPAN + 99, "into another's sitting"),
            call(other, theirs, item, EPOCH_SPAN + n, &typed),
            call(learner, sitting, another, EPOCH_SPAN + n, if n == 20 { " " } else { "fine" }),
        )
    });
    let answers = futures::future::join_all(calls).await;
    for (n, (mine, strange, theirs, breaks)) in (1..).zip(answers) {
        assert!(!mine.unwrap().late && !theirs.unwrap().late);
        assert!(not_found(strange));
        assert_eq!(breaks.is_err(), n == 20, "{breaks:?}");
    }
    for sitting in [sitting, theirs] {
        assert_eq!(exam.stored(sitting).await[&item.0], (EPOCH_SPAN + 20, Some(number("20 mg"))));
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_to_no_question_of_the_sitting_is_never_reported_saved(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let own = exam.room(sitting).await.questions[0].item;
    let next_attempt = sqlx::query_scalar("select id from paper_items where attempt = 2 limit 1")
        .fetch_one(&exam.world.services.db)
        .await
        .unwrap();
    let given = |items: &[ItemId], sequence| -> Vec<Save> {
        items.iter().map(|item| save(*item, EPOCH_SPAN + sequence, "1 mg")).collect()
    };
    let sent =
        async |saves: Vec<Save>| save_answers(&exam.world.services, &exam.learner, sitting, &saves).await;
    let refused = |told: crate::Result<_>| {
        let Err(Error::Invalid(problems)) = told else { panic!("{told:?}") };
        assert_eq!(problems, [FieldProblem::new("saves", Problem::QuestionUnknown)]);
    };
    for (sequence, strange) in [(1, ItemId(uuid::Uuid::nil())), (2, ItemId(next_attempt))] {
        refused(sent(given(&[strange], sequence)).await);
        refused(sent(vec![Save { only_flag: true, ..save(strange, EPOCH_SPAN + sequence, "") }]).await);
        // The answers sent with it are kept.
        refused(sent(given(&[strange, own], sequence)).await);
        assert_eq!(
            exam.stored(sitting).await.into_iter().collect::<Vec<_>>(),
            [(own.0, (EPOCH_SPAN + sequence, Some(number("1 mg"))))]
        );
        assert!(!sent(given(&[own], sequence)).await.unwrap().late);
    }
    submit_sitting(&exam.world.services, &exam.learner, sitting, &[]).await.unwrap();
    refused(sent(given(&[ItemId(next_attempt), own], 3)).await);
    assert!(sent(given(&[own], 3)).await.unwrap().late);
    assert_eq!(exam.count("select count(*) from late_answers where sitting_id = $1", sitting).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_later_opening_of_the_room_wins_over_an_older_one(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let (old, new) = (exam.room(sitting).await, exam.room(sitting).await);
    assert_eq!((old.epoch, new.epoch), (1, 2));
    let item = old.questions[0].item;
    exam.save(sitting, &[save(item, new.epoch * EPOCH_SPAN + 1, "new")]).await;
    let told = exam.save(sitting, &[save(item, old.epoch * EPOCH_SPAN + 900, "old")]).await;
    assert_eq!(exam.stored(sitting).await[&item.0].1, Some(number("new")));
    assert!(told.state.epoch > old.epoch, "the older page hears of it");
    // An answer given in the older page only is kept.
    let other = old.questions[1].item;
    exam.save(sitting, &[save(other, old.epoch * EPOCH_SPAN + 901, "old")]).await;
    assert_eq!(exam.stored(sitting).await[&other.0].1, Some(number("old")));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_flag_overwrites_no_answer_of_another_window(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let (old, new) = (exam.room(sitting).await, exam.room(sitting).await);
    let flag = |item, flagged, sequence| Save {
        item,
        sequence,
        response: None,
        flagged,
        only_flag: true,
        flag_sequence: None,
    };
    let (first, second) = (old.questions[0].item, old.questions[1].item);
    // The older window's answer arrives before the newer one's flag, or after it.
    exam.save(sitting, &[save(first, old.epoch * EPOCH_SPAN + 1, "5 mg")]).await;
    exam.save(
        sitting,
        &[flag(first, true, new.epoch * EPOCH_SPAN + 1), flag(second, true, new.epoch * EPOCH_SPAN + 2)],
    )
    .await;
    exam.save(sitting, &[save(second, old.epoch * EPOCH_SPAN + 2, "6 mg")]).await;
    let room = exam.room(sitting).await;
    for (question, answer) in room.questions.iter().zip(["5 mg", "6 mg"]) {
        assert_eq!((question.response.clone(), question.flagged), (Some(number(answer)), true));
    }
    // Of several flags the newest counts.
    exam.save(sitting, &[flag(first, false, old.epoch * EPOCH_SPAN + 3)]).await;
    assert!(exam.room(sitting).await.questions[0].flagged);
    exam.save(sitting, &[flag(first, false, new.epoch * EPOCH_SPAN + 3)]).await;
    assert!(!exam.room(sitting).await.questions[0].flagged);
    let stranger = exam.world.learner("stranger@north.example").await;
    let flags = [flag(first, true, 9 * EPOCH_SPAN)];
    assert!(not_found(save_answers(&exam.world.services, &stranger, sitting, &flags).await));
    assert!(!exam.room(sitting).await.questions[0].flagged);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_newest_opening_hears_of_answers_saved_by_earlier_ones(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let flag = |item, sequence| Save {
        item,
        sequence,
        response: None,
        flagged: true,
        only_flag: true,
        flag_sequence: None,
    };
    let earlier = async || room_news(services, learner, sitting).await.unwrap().earlier;
    let old = exam.room(sitting).await;
    let items = [old.questions[0].item, old.questions[1].item];
    let unreadable = save(items[0], old.epoch * EPOCH_SPAN + 1, "2,5");
    exam.save(sitting, std::slice::from_ref(&unreadable)).await;
    assert!(earlier().await.is_empty(), "there is no other opening yet");
    let new = exam.room(sitting).await;
    exam.save(sitting, &[save(items[1], new.epoch * EPOCH_SPAN + 1, "mine")]).await;
    exam.save(sitting, &[flag(items[0], old.epoch * EPOCH_SPAN + 2)]).await;
    let expected = (
        Save { flagged: true, flag_sequence: Some(old.epoch * EPOCH_SPAN + 2), ..unreadable },
        Some(Problem::NumberMarks),
    );
    assert_eq!(earlier().await, [expected], "it knows its own");
    // Answer and flag are reported as long as one of them is from an earlier opening.
    exam.save(sitting, &[flag(items[0], new.epoch * EPOCH_SPAN + 2)]).await;
    assert_eq!(earlier().await.len(), 1);
    exam.save(sitting, &[save(items[0], new.epoch * EPOCH_SPAN + 3, "mine")]).await;
    assert!(earlier().await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_page_that_has_not_heard_of_added_time_does_not_end_the_sitting(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    let last = exam.answers(1, 1).await;
    let submitted = async || {
        submit_if_over(services, &exam.learner, sitting, &last).await.unwrap();
        room_state(services, &exam.learner, sitting).await.unwrap().submitted
    };
    exam.wait(sitting, 30.0 * 60.0 + 1.0).await;
    add_time(services, &exam.setter, exam.paper, None, 5, None).await.unwrap();
    assert!(!submitted().await);
    assert_eq!(exam.stored(sitting).await.len(), 5, "answers on their way are kept");
    exam.wait(sitting, 5.0 * 60.0).await;
    assert!(submitted().await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn answers_within_the_grace_count_and_later_ones_are_kept_apart(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    exam.wait(sitting, 30.0 * 60.0 + 20.0).await;
    assert!(!exam.save(sitting, &[save(item, EPOCH_SPAN + 1, "within the grace")]).await.late);
    assert_eq!(sweep(&exam.world.services).await.unwrap(), 0, "not before the grace is over");
    exam.wait(sitting, 20.0).await;
    let told = exam.save(sitting, &[save(item, EPOCH_SPAN + 2, "too late")]).await;
    assert!(told.late && told.state.remaining_ms < 0);
    assert_eq!(exam.stored(sitting).await[&item.0], (EPOCH_SPAN + 1, Some(number("within the grace"))));
    // Sent twice it is kept once; a repeated answer that was in time is not late.
    exam.save(sitting, &[save(item, EPOCH_SPAN + 2, "too late")]).await;
    assert!(!exam.save(sitting, &[save(item, EPOCH_SPAN + 1, "within the grace")]).await.late);
    assert_eq!(exam.count("select count(*) from late_answers where sitting_id = $1", sitting).await, 1);
    assert_eq!(sweep(&exam.world.services).await.unwrap(), 1);
    let receipt = receipt(&exam.world.services, &exam.learner, sitting).await.unwrap();
    assert!(receipt.submitted_by == SubmittedBy::Clock && receipt.late == 1);
    // Words in a box for a number.
    assert_eq!((receipt.answered, receipt.unreadable), (0, 1));
    assert_eq!(receipt.hash, format!("{:x}", <sha2::Sha256 as sha2::Digest>::digest(&receipt.text)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_that_was_acknowledged_is_marked_whenever_the_sitting_is_submitted(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    for attempt in 0..2 {
        let sitting = exam.start().await;
        let room = exam.room(sitting).await;
        let (services, learner) = (&exam.world.services, &exam.learner);
        let in_time = &tokio::sync::Semaphore::new(0);
        // Five savers, each with a question of its own, race with one submission, and save until it has come.
        let savers = room.questions.iter().map(|question| async move {
            let mut acknowledged = 0;
            for n in 1.. {
                let one = save(question.item, EPOCH_SPAN + n, &format!("{n} mg"));
                if save_answers(services, learner, sitting, &[one]).await.unwrap().late {
                    break;
                }
                acknowledged = n;
                in_time.add_permits(1);
            }
            (question.item, acknowledged)
        });
        let submit = async {
            in_time.acquire_many(20 + 20 * attempt).await.unwrap().forget();
            submit_sitting(services, learner, sitting, &[]).await.unwrap();
        };
        let (acknowledged, ()) = tokio::join!(futures::future::join_all(savers), submit);
        let stored = exam.stored(sitting).await;
        for (item, sequence) in acknowledged {
            assert_eq!(
                stored.get(&item.0).map_or(0, |(stored, _)| stored - EPOCH_SPAN),
                sequence,
                "acknowledged and kept"
            );
        }
        let receipt = receipt(services, learner, sitting).await.unwrap();
        assert_eq!(
            receipt.hash,
            format!("{:x}", <sha2::Sha256 as sha2::Digest>::digest(&receipt.text)),
            "no answer changed after it was marked"
        );
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn extra_time_and_breaks_move_the_deadline_and_nothing_else_does(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let adjustment = Adjustment { extra_percent: 25, extra_minutes: 5, break_minutes: 10 };
    set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", adjustment)
        .await
        .unwrap();
    let sitting = exam.start().await;
    let left = async || room_state(services, &exam.learner, sitting).await.unwrap().remaining_ms / 1000;
    // 30 minutes and a quarter, and five minutes.
    let full = 30 * 75 + 300;
    assert!((full - 30..=full).contains(&left().await));
    pause(services, &exam.learner, sitting).await.unwrap();
    exam.wait(sitting, 240.0).await;
    assert!(
        exam.room(sitting).await.questions.is_empty(),
        "the candidate cannot read on while the clock is stopped"
    );
    let state = room_state(services, &exam.learner, sitting).await.unwrap();
    assert!(state.paused && (full - 30..=full).contains(&(state.remaining_ms / 1000)), "{state:?}");
    assert!((330_000..=360_000).contains(&state.break_left_ms), "{state:?}");
    resume(services, &exam.learner, sitting).await.unwrap();
    assert!((full - 30..=full + 1).contains(&left().await));
    // The clock of a candidate who does not return runs again when the allowance is used up.
    pause(services, &exam.learner, sitting).await.unwrap();
    exam.wait(sitting, 600.0).await;
    let state = room_state(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(state.break_left_ms, 0);
    assert!((full - 270..=full - 235).contains(&(state.remaining_ms / 1000)), "{state:?}");
    // Added by the setter.
    add_time(services, &exam.setter, exam.paper, None, 7, None).await.unwrap();
    assert!((full - 270 + 420..=full - 235 + 420).contains(&left().await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisation_gives_time_in_its_own_papers_and_can_withdraw_it(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let address = "learner@north.example";
    let given = |extra_percent, extra_minutes, break_minutes| Adjustment {
        extra_percent,
        extra_minutes,
        break_minutes,
    };
    let mut db = services.db.acquire().await.unwrap();
    let south = ensure_organisation(services, &mut db, "South", "university").await.unwrap();
    drop(db);
    let other = sets_papers(&exam.world, "setter@south.example", south).await;
    let unknown = set_adjustment(services, &other, south, address, given(97, 0, 0)).await;
    assert!(matches!(unknown, Err(Error::Invalid(fields)) if fields[0].problem == Problem::PersonUnknown));
    let draft = create_paper(services, &other, south, "Curious", PaperKind::Mock, None).await.unwrap();
    save_candidates(services, &other, draft, &[], address, None).await.unwrap();
    set_adjustment(services, &other, south, address, given(97, 233, 119)).await.unwrap();

    // Before the start, at the start and after it: no effect here.
    let before = start_page(services, &exam.learner, exam.paper, "").await.unwrap();
    assert_eq!((before.minutes, before.adjustment), (30, Adjustment::default()));
    let row =
        async || everybody_now(services, &exam.setter, exam.paper).await.unwrap().candidates.rows.remove(0);
    assert_eq!(row().await.adjustment, Adjustment::default());
    let sitting = exam.start().await;
    let limit = SittingTime { allowed_seconds: 30 * 60, extra_seconds: 0, break_seconds: 0 };
    assert_eq!(row().await.sitting.unwrap().time, limit);
    assert_eq!(sitting_overview(services, &exam.setter, sitting).await.unwrap().row.time, limit);
    let state = room_state(services, &exam.learner, sitting).await.unwrap();
    assert!(state.remaining_ms <= 30 * 60 * 1000 && state.break_left_ms == 0, "{state:?}");

    // Time that this organisation gives from now on shows beside it, and changes no sitting that has begun.
    set_adjustment(services, &exam.setter, exam.organisation, address, given(50, 0, 10)).await.unwrap();
    let shown = row().await;
    assert_eq!((shown.adjustment, shown.sitting.unwrap().time), (given(50, 0, 10), limit));
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    let second = exam.start().await;
    let time = sitting_overview(services, &exam.setter, second).await.unwrap().row.time;
    assert_eq!(time, SittingTime { allowed_seconds: 45 * 60, extra_seconds: 0, break_seconds: 10 * 60 });
    assert_eq!(time.in_words(), "45 minutes, 10 minutes of rest breaks");

    // From a person who has left, the organisation can still withdraw what it gave, and do nothing else.
    remove_draft(services, &other, draft, None).await.unwrap();
    assert!(set_adjustment(services, &other, south, address, given(10, 0, 0)).await.is_err());
    set_adjustment(services, &other, south, address, Adjustment::default()).await.unwrap();
    assert_eq!(first_adjusted(services, &other, south).await.in_all, 0);
    exam.world.clock.advance(chrono::Duration::minutes(1));
    assert!(set_adjustment(services, &other, south, address, Adjustment::default()).await.is_err());
    let held: i64 =
        sqlx::query_scalar("select count(*) from exam_adjustments").fetch_one(&services.db).await.unwrap();
    assert_eq!(held, 1, "given by the other organisation");
    let noted: Vec<String> = sqlx::query_scalar(
        "select action from audit_events where actor_id = $1 and subject_id = $2 order by action",
    )
    .bind(other.person().0)
    .bind(exam.learner.person().0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    assert_eq!(noted, ["assessment.adjustment_set", "assessment.adjustment_taken_back"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_close_of_the_paper_ends_a_sitting_except_for_added_time(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    sqlx::query("update sittings set closes_at = now() + interval '10 minutes', extra_seconds = 60")
        .execute(&exam.world.services.db)
        .await
        .unwrap();
    let state = room_state(&exam.world.services, &exam.learner, sitting).await.unwrap();
    assert!((630_000..=660_000).contains(&state.remaining_ms), "{state:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_candidate_who_starts_in_time_has_the_whole_percentage_beyond_the_close(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.limit_minutes = 60).await;
    let services = &exam.world.services;
    let given = Adjustment { extra_percent: 25, ..Adjustment::default() };
    set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", given).await.unwrap();
    // Minutes until the close at the start, and the minutes allowed.
    for (to_close, minutes) in [(60, 75), (100, 75), (58, 73), (20, 35)] {
        sqlx::query("delete from sittings").execute(&services.db).await.unwrap();
        sqlx::query("update papers set closes_at = now() + make_interval(mins => $1, secs => 5)")
            .bind(to_close)
            .execute(&services.db)
            .await
            .unwrap();
        let told = start_page(services, &exam.learner, exam.paper, "").await.unwrap();
        assert_eq!((told.minutes, told.cut_by_close), (minutes, to_close < 60));
        let sitting = exam.start().await;
        let state = room_state(services, &exam.learner, sitting).await.unwrap();
        let left = (state.remaining_ms + 59_999) / 60_000;
        assert!((i64::from(minutes)..=i64::from(minutes) + 1).contains(&left), "{to_close}: {left}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_longest_sitting_is_shown_for_booking_a_room(db: PgPool) {
    let exam = Exam::new(db, |settings| {
        settings.limit_minutes = 60;
        (settings.opens, settings.closes) = ("2035-01-01T09:00".into(), "2035-01-01T10:00".into());
    })
    .await;
    let services = &exam.world.services;
    let warning = async || paper_page(services, &exam.setter, exam.paper).await.unwrap().window_warning();
    assert_eq!(warning().await, None);
    let given = Adjustment { extra_percent: 25, extra_minutes: 3, break_minutes: 10 };
    set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", given).await.unwrap();
    assert!(warning().await.unwrap().contains("up to 88 minutes"));
    sqlx::query("update papers set limit_minutes = 90").execute(&services.db).await.unwrap();
    let both = warning().await.unwrap();
    assert!(
        both.contains("less than its time limit of 90 minutes") && both.contains("up to 126 minutes"),
        "{both}"
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn setting_one_part_of_an_adjustment_leaves_the_others(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let set = async |change: AdjustmentChange| {
        set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", change).await
    };
    let has = async || first_adjusted(services, &exam.setter, exam.organisation).await.rows;
    set(AdjustmentChange { extra_percent: Some(25), ..Default::default() }).await.unwrap();
    set(AdjustmentChange { break_minutes: Some(10), ..Default::default() }).await.unwrap();
    let person = has().await.remove(0);
    assert_eq!(person.adjustment, Adjustment { extra_percent: 25, extra_minutes: 0, break_minutes: 10 });
    let nothing = set(AdjustmentChange::default()).await;
    assert!(
        matches!(nothing, Err(Error::Invalid(fields)) if fields[0].problem == Problem::AdjustmentMissing)
    );
    // Zero withdraws one part; the button withdraws all.
    set(AdjustmentChange { extra_percent: Some(0), ..Default::default() }).await.unwrap();
    assert_eq!(has().await[0].adjustment, Adjustment { break_minutes: 10, ..Adjustment::default() });
    take_back_adjustment(services, &exam.setter, exam.organisation, person.id).await.unwrap();
    assert!(has().await.is_empty());
    exam.world.clock.advance(chrono::TimeDelta::minutes(1));
    assert!(not_found(take_back_adjustment(services, &exam.setter, exam.organisation, person.id).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_reopened_sitting_has_the_time_that_was_left(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    exam.save(sitting, &exam.answers(2, 1).await).await;
    exam.wait(sitting, 600.0).await;
    submit_for(services, &exam.setter, exam.paper, sitting).await.unwrap();
    sqlx::query("update sittings set submitted_at = submitted_at - interval '5 minutes', started_at = started_at - interval '5 minutes'")
        .execute(&services.db)
        .await
        .unwrap();
    reopen(services, &exam.setter, exam.paper, sitting, 2).await.unwrap();
    let state = room_state(services, &exam.learner, sitting).await.unwrap();
    assert!(!state.submitted);
    assert!((1_290_000..=1_321_000).contains(&state.remaining_ms), "20 minutes and 2: {state:?}");
    assert_eq!(exam.stored(sitting).await.len(), 5, "the answers are still there");
    let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap();
    assert_eq!(overview.incidents.len(), 2);
    // Submitting a sitting that the candidate has already submitted is not attributed to the setter.
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    submit_for(services, &exam.setter, exam.paper, sitting).await.unwrap();
    let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap();
    assert_eq!((overview.incidents.len(), overview.submitted_by), (2, Some(SubmittedBy::Candidate)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_rest_of_a_break_is_not_working_time(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let adjustment = Adjustment { break_minutes: 60, ..Adjustment::default() };
    set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", adjustment)
        .await
        .unwrap();
    let sitting = exam.start().await;
    exam.wait(sitting, 20.0 * 60.0).await;
    pause(services, &exam.learner, sitting).await.unwrap();
    exam.wait(sitting, 60.0).await;
    submit_for(services, &exam.setter, exam.paper, sitting).await.unwrap();
    reopen(services, &exam.setter, exam.paper, sitting, 0).await.unwrap();
    let state = room_state(services, &exam.learner, sitting).await.unwrap();
    assert!(
        (9 * 60_000..=603_000).contains(&state.remaining_ms),
        "the ten minutes that were left: {state:?}"
    );
    assert!((58 * 60_000..=59 * 60_000).contains(&state.break_left_ms), "{state:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn two_windows_that_give_time_at_once_both_take_effect(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let set = |change: AdjustmentChange| {
        set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", change)
    };
    // A setter who gives breaks, up to the commit.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from organisations where id = $1 for no key update")
        .bind(exam.organisation.0)
        .execute(&mut *held)
        .await
        .unwrap();
    sqlx::query(
        "insert into exam_adjustments (person_id, organisation_id, extra_percent, extra_minutes, break_minutes, set_at, set_by)
        select id, $1, 0, 0, 10, now(), id from people where email = 'learner@north.example'",
    )
    .bind(exam.organisation.0)
    .execute(&mut *held)
    .await
    .unwrap();
    let percent = set(AdjustmentChange { extra_percent: Some(25), ..Default::default() });
    let release = async {
        exam.somebody_waits().await;
        held.commit().await.unwrap();
    };
    let (given, ()) = tokio::join!(percent, release);
    given.unwrap();
    let people = first_adjusted(services, &exam.setter, exam.organisation).await;
    assert_eq!(
        people.rows[0].adjustment,
        Adjustment { extra_percent: 25, extra_minutes: 0, break_minutes: 10 }
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn hints_are_counted_and_given_only_where_allowed(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    for _ in 0..2 {
        assert_eq!(open_hint(services, &exam.learner, sitting, item).await.unwrap().len(), 1);
    }
    // Nor while the clock is stopped.
    sqlx::query("update sittings set break_allowed_seconds = 600").execute(&services.db).await.unwrap();
    pause(services, &exam.learner, sitting).await.unwrap();
    assert!(not_found(open_hint(services, &exam.learner, sitting, item).await));
    resume(services, &exam.learner, sitting).await.unwrap();
    exam.save(sitting, &[save(item, EPOCH_SPAN + 1, "1 mg")]).await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    assert_eq!(own_result(services, &exam.learner, sitting).await.unwrap().questions[0].hints, 1);
    sqlx::query("update papers set hints = false").execute(&services.db).await.unwrap();
    let second = exam.start().await;
    let room = exam.room(second).await;
    assert_eq!(room.questions[0].asked.hints, 0);
    assert!(not_found(open_hint(services, &exam.learner, second, room.questions[0].item).await));
}
