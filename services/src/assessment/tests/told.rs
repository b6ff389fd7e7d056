//! The candidate's and the setter's view of a sitting agree: one order, one count, one time.

use domain::assessment::{delivery::shuffled, question::Key};

use super::*;

/// A sitting whose questions are in another order than in the paper.
async fn in_another_order(exam: &Exam) -> SittingId {
    let sitting = exam.in_room().await;
    let sections: Vec<(uuid::Uuid,)> = sqlx::query_as(
        "select section_id from paper_items where paper_id = $1 and attempt = 1 order by position",
    )
    .bind(exam.paper.0)
    .fetch_all(&exam.world.services.db)
    .await
    .unwrap();
    let sections: Vec<_> = sections.into_iter().map(|(id,)| domain::assessment::SectionId(id)).collect();
    let seed = (1..).find(|seed| shuffled(&sections, *seed)[..4] == [3, 2, 1, 0]).unwrap();
    sqlx::query("update sittings set shuffle_seed = $2 where id = $1")
        .bind(sitting.0)
        .bind(i64::try_from(seed).unwrap())
        .execute(&exam.world.services.db)
        .await
        .unwrap();
    sitting
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_question_has_one_number_in_the_room_the_receipt_and_the_result(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.shuffle = true).await;
    let services = &exam.world.services;
    let sitting = in_another_order(&exam).await;
    let room = exam.room(sitting).await;
    let seen: Vec<ItemId> = room.questions.iter().map(|question| question.item).collect();
    let set: Vec<ItemId> = exam.questions().await.into_iter().map(|(item, _)| item).collect();
    assert_eq!(seen[..4], [set[3], set[2], set[1], set[0]]);
    submit_sitting(services, &exam.learner, sitting, &[save(seen[0], room.epoch * EPOCH_SPAN + 1, "1 mg")])
        .await
        .unwrap();

    let items = |result: domain::assessment::results::SittingResult| -> Vec<ItemId> {
        result.questions.into_iter().map(|question| question.item).collect()
    };
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(result.sections.len(), 2, "each section once");
    assert_eq!(items(result), seen);
    let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap();
    assert_eq!(items(overview.result.unwrap()), seen);
    // Pages about the paper use the paper's own order.
    let page = items_page(services, &exam.setter, exam.paper).await.unwrap();
    assert_eq!(page.items.iter().map(|row| row.item).collect::<Vec<_>>(), set);

    let receipt = async || super::receipt(services, &exam.learner, sitting).await.unwrap();
    let numbered = |text: &str, items: &[ItemId]| {
        let starts = (1..).zip(items).map(|(n, item)| format!("{n} {item} "));
        text.lines().skip(1).zip(starts).all(|(line, start)| line.starts_with(&start))
    };
    let now = receipt().await;
    assert!(numbered(&now.text, &seen), "{}", now.text);
    // An old receipt keeps its text: its hash was taken in the paper's order.
    let mut lines: Vec<_> =
        now.text.lines().skip(1).map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
    lines.sort_by_key(|line| set.iter().position(|item| line.starts_with(&item.to_string())));
    let lines = (1..).zip(lines).map(|(n, line): (usize, _)| format!("{n} {line}\n"));
    let before = format!("sitting {sitting}\n{}", lines.collect::<String>());
    sqlx::query("update sittings set receipt_hash = sha256(convert_to($2, 'UTF8')) where id = $1")
        .bind(sitting.0)
        .bind(&before)
        .execute(&services.db)
        .await
        .unwrap();
    let then = receipt().await;
    assert_eq!(then.text, before);
    assert_ne!(then.hash, now.hash);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_closed_paper_states_the_time_that_it_gave(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.attempts = 1).await;
    let services = &exam.world.services;
    set_adjustment(
        services,
        &exam.setter,
        exam.organisation,
        "learner@north.example",
        AdjustmentChange { extra_percent: Some(25), ..AdjustmentChange::default() },
    )
    .await
    .unwrap();
    let closes = async |when: &str| {
        let moved = format!("update papers set closes_at = now() + interval '{when}'");
        sqlx::query(sqlx::AssertSqlSafe(moved)).execute(&services.db).await.unwrap();
        let listed = candidate_home(services, &exam.learner).await.unwrap().papers.remove(0);
        let started = start_page(services, &exam.learner, exam.paper, "").await.unwrap();
        assert_eq!(listed, started);
        (listed.standing, listed.minutes, listed.cut_by_close)
    };
    // A candidate who starts now has ten minutes of the limit, or up to one less, and a quarter of the limit on top.
    let (standing, minutes, cut) = closes("10 minutes").await;
    assert_eq!((standing, cut), (PaperAvailability::CanStart, true));
    assert!((16..=17).contains(&minutes), "{minutes}");
    let sitting = exam.in_room().await;
    assert_eq!(closes("10 minutes").await, (PaperAvailability::Sitting(sitting), 37, false));
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    assert_eq!(closes("10 minutes").await, (PaperAvailability::NoAttemptsLeft, 37, false));
    assert_eq!(closes("-10 minutes").await, (PaperAvailability::Closed, 37, false));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_that_goes_on_states_the_minutes_left_and_a_closed_one_its_day(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let listed = async || {
        let paper = candidate_home(services, &exam.learner).await.unwrap().papers.remove(0);
        (paper.minutes_left, paper.closed_on)
    };
    assert_eq!(listed().await, (None, None));
    let sitting = exam.in_room().await;
    exam.wait(sitting, 8.5 * 60.0).await;
    assert_eq!(listed().await, (Some(22), None), "a minute that has begun counts");
    exam.wait(sitting, 30.0 * 60.0).await;
    assert_eq!(listed().await, (Some(0), None));
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    assert_eq!(listed().await, (None, None), "there is another attempt");
    let closes: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("update papers set closes_at = now() - interval '2 days' returning closes_at")
            .fetch_one(&services.db)
            .await
            .unwrap();
    let on = crate::kit::moment::day(closes, closes + chrono::Days::new(2));
    assert_eq!(listed().await, (None, Some(on)));
}

/// Makes the paper's number questions ask for their unit from a list.
async fn with_units_to_choose(exam: &Exam) {
    for (item, mut question) in exam.questions().await {
        if let Key::Number(key) = &mut question.key {
            key.unit_entry = domain::assessment::question::UnitEntry::Chosen;
            key.unit_choices = ["mg", "g"].map(|unit| unit.parse().unwrap()).into();
        }
        sqlx::query("update paper_items set question = $2 where id = $1")
            .bind(item.0)
            .bind(Json(question))
            .execute(&exam.world.services.db)
            .await
            .unwrap();
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_missing_unit_is_reported_before_submission(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    with_units_to_choose(&exam).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.in_room().await;
    let room = exam.room(sitting).await;
    let item = room.questions[0].item;
    let told = async || open_room(services, learner, sitting).await.unwrap().questions[0].problem.clone();
    exam.save(sitting, &[save(item, EPOCH_SPAN + 1, "5")]).await;
    assert_eq!(told().await, Some(Problem::UnitMissing));
    assert_eq!(exam.stored(sitting).await[&item.0].1, Some(number("5")), "kept as it is");
    // The form without scripts is refused with the same warning, and goes on when the unit is there.
    let unit_of = async |unit: &str| {
        let response = Some(Response::Number { typed: "5".into(), unit: unit.into() });
        let given = PlainAnswer { item, drawn: None, response, flagged: false };
        save_plain(services, learner, sitting, given).await.unwrap().saved.problems
    };
    assert_eq!(unit_of("").await, [(item, Problem::UnitMissing)]);
    assert_eq!(unit_of("mg").await, []);
    assert_eq!(told().await, None);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_exam_without_candidates_shows_the_time(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let paper = create_paper(services, &exam.setter, exam.organisation, "Empty", PaperKind::Mock, None)
        .await
        .unwrap();
    let live = everybody_now(services, &exam.setter, paper).await.unwrap();
    assert!(live.candidates.rows.is_empty());
    assert!(live.at.ends_with('m') && live.at.contains(':'), "{:?}", live.at);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn receipt_and_overview_count_the_same_answers(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    let items: Vec<_> =
        exam.room(sitting).await.questions.into_iter().map(|question| question.item).collect();
    let saves = [
        save(items[0], EPOCH_SPAN + 1, "5 mg"),
        save(items[1], EPOCH_SPAN + 2, "2,5"),
        save(items[2], EPOCH_SPAN + 3, "6 mg"),
    ];
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let receipt = receipt(services, &exam.learner, sitting).await.unwrap();
    let overview = sitting_overview(services, &exam.setter, sitting).await.unwrap();
    let live = everybody_now(services, &exam.setter, exam.paper).await.unwrap();
    let row = live.candidates.rows.into_iter().find_map(|row| row.sitting).unwrap();
    assert_eq!((receipt.answered, receipt.unreadable, receipt.questions), (2, 1, 5));
    assert_eq!((overview.row.answered, overview.unreadable, overview.row.questions), (2, 1, 5));
    assert_eq!((row.answered, row.questions), (2, 5));
}
