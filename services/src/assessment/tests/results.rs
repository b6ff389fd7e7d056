//! After the sitting: marks, corrections, who sees them when, and for how long.

mod certificates;
mod corrections;
mod effects;
mod files;

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
    // The setter sees how the marks of both attempts are spread.
    let page = results_page(services, &exam.setter, exam.paper, &ResultsQuery::default()).await.unwrap();
    let distribution = page.distribution.unwrap();
    let bands: Vec<_> = distribution.bands.iter().map(|band| (band.from, band.sittings)).collect();
    assert_eq!(bands[7..], [(70, 0), (80, 1), (90, 1)]);
    assert_eq!((distribution.spread.median.to_string().as_str(), distribution.available), ("4.5", 5));
    let code = result.verification_code.unwrap();
    let found = verify(services, &code.to_lowercase().replace('-', " ")).await.unwrap();
    assert_eq!(found.kind, PaperKind::Mock, "no examination, and the page says so");
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

/// A right number, replaced by another, and restored.
async fn corrected(exam: &Exam, item: ItemId, right: &str) {
    let right = Correction::RightAnswer(right.into());
    exam.correct(item, "A slip", &right, None).await.unwrap();
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
