//! Double presses, and transactions that wait for each other.

use std::time::Duration;

use domain::assessment::authoring::PaperVersions;
use sqlx::{Connection, PgConnection, PgPool};
use tokio::time::timeout;

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_second_press_gets_the_result_of_the_first(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);

    // Publishing, from the page that showed the published version.
    let draft = duplicate_paper(services, setter, exam.paper, true, None).await.unwrap();
    let seen = paper_page(services, setter, draft).await.unwrap().versions;
    for press in ["first", "second"] {
        assert!(publish_paper(services, setter, draft, true, Some(seen)).await.is_ok(), "{press}");
    }
    // Another page showed another version.
    let other = PaperVersions { settings: seen.settings + 1, ..seen };
    assert!(matches!(
        publish_paper(services, setter, draft, true, Some(other)).await,
        Err(Error::Invalid(_))
    ));
    assert!(not_found(publish_paper(services, &exam.learner, draft, true, Some(seen)).await));

    // Importing.
    let own = BANK.replace("\"grams\"", "\"own-grams\"").replace("\"safe\"", "\"own-safe\"");
    let bank = draft_bank(services, setter, exam.organisation, &own).await.unwrap();
    let (one, two) = tokio::join!(import_draft(services, setter, bank), import_draft(services, setter, bank));
    assert_eq!((one.unwrap(), two.unwrap()), (exam.organisation, exam.organisation));
    assert_eq!(import_draft(services, setter, bank).await.unwrap(), exam.organisation);
    assert!(not_found(import_draft(services, &exam.learner, bank).await));

    // Voiding a question: one correction.
    let item = item_sheet(services, setter, exam.paper).await.unwrap().items[0].item;
    for _ in 0..2 {
        correct_item(services, setter, exam.paper, item, "Ambiguous", &Correction::Void, Some(0))
            .await
            .unwrap();
    }
    assert_eq!(item_sheet(services, setter, exam.paper).await.unwrap().all_corrections, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn publication_and_saving_a_part_of_the_draft_do_not_deadlock(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let paper =
        create_paper(services, setter, exam.organisation, "New", PaperKind::Mock, None).await.unwrap();
    let mut publishing = services.begin().await.unwrap();
    crate::assessment::authoring::paper::draft(services, &mut publishing, setter, paper).await.unwrap();
    // The first list of candidates is a row that refers to the paper. Publication waits for it next, so it must not
    // wait for publication.
    let saving = save_candidates(services, setter, paper, &[], "new@north.example", None);
    timeout(Duration::from_secs(20), saving).await.expect("it waits for publication").unwrap();
    publishing.rollback().await.unwrap();
}

/// One sitting is submitted and one is given time, while one candidate saves and a setter changes the sitting: each
/// call ends.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn adding_time_saving_and_submitting_do_not_deadlock(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, learner) = (&exam.world.services, &exam.setter, &exam.learner);
    let sitting = exam.in_room().await;
    let options = services.db.connect_options();
    let mut changing = PgConnection::connect_with(&options).await.unwrap();
    let mut saving = PgConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("begin").execute(&mut changing).await.unwrap();
    sqlx::raw_sql("begin").execute(&mut saving).await.unwrap();
    sqlx::query("update sittings set last_contact_at = now() where id = $1")
        .bind(sitting.0)
        .execute(&mut changing)
        .await
        .unwrap();
    sqlx::query("select id from sittings where id = $1 for key share")
        .bind(sitting.0)
        .execute(&mut saving)
        .await
        .unwrap();
    let let_go = async {
        exam.so_many_wait(3).await;
        sqlx::raw_sql("commit").execute(&mut changing).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        sqlx::raw_sql("commit").execute(&mut saving).await.unwrap();
    };
    // Each starts when those before it wait.
    let submitting = async {
        exam.so_many_wait(1).await;
        submit_sitting(services, learner, sitting, &[]).await
    };
    let sitting_down = async {
        exam.so_many_wait(2).await;
        begin_epoch(services, learner, sitting).await
    };
    let (added, submitted, begun, ()) =
        tokio::join!(add_time(services, setter, exam.paper, None, 5, None), submitting, sitting_down, let_go);
    let ended = |error: &Error| matches!(error, Error::NotFound | Error::Invalid(_));
    assert_eq!(added.unwrap(), Some(1));
    submitted.unwrap();
    assert!(begun.as_ref().err().is_none_or(ended), "{begun:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_given_again_in_time_is_not_reported_late(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, learner) = (&exam.world.services, &exam.setter, &exam.learner);
    let sitting = exam.in_room().await;
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    let late = async || {
        let overview = sitting_overview(services, setter, sitting).await.unwrap().late_answers;
        assert_eq!(receipt(services, learner, sitting).await.unwrap().late, overview);
        overview
    };
    let answers = exam.answers(5, 1).await;
    assert!(exam.save(sitting, &answers[..2]).await.late);
    assert_eq!(late().await, 2);
    reopen(services, setter, exam.paper, sitting, 5).await.unwrap();
    begin_epoch(services, learner, sitting).await.unwrap();
    let again: Vec<Save> = exam.answers(5, 2).await.into_iter().take(1).collect();
    assert!(!exam.save(sitting, &again).await.late);
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    assert_eq!(late().await, 1, "the other one");
}

/// The call was on its way when the break began; its answer is sent again, as long as there is nothing newer.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_from_a_break_that_is_kept_afterwards_is_not_reported_late(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, learner) = (&exam.world.services, &exam.setter, &exam.learner);
    let sitting = exam.in_room().await;
    sqlx::query("update sittings set break_allowed_seconds = 600").execute(&services.db).await.unwrap();
    pause(services, learner, sitting).await.unwrap();
    exam.wait(sitting, 60.0).await;
    let answers = exam.answers(5, 1).await;
    assert!(exam.save(sitting, &answers[..2]).await.late);
    resume(services, learner, sitting).await.unwrap();
    assert_eq!(sitting_overview(services, setter, sitting).await.unwrap().late_answers, 2);
    assert!(!exam.save(sitting, &answers).await.late);
    assert_eq!(sitting_overview(services, setter, sitting).await.unwrap().late_answers, 0);
    submit_sitting(services, learner, sitting, &[]).await.unwrap();
    assert_eq!(receipt(services, learner, sitting).await.unwrap().late, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_action_on_a_paper_that_is_being_removed_does_not_find_it(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let item = exam.questions().await[0].0;
    let draft = duplicate_paper(services, setter, exam.paper, true, None).await.unwrap();
    let removing = async |paper: PaperId| {
        let mut removing = services.begin().await.unwrap();
        for rows in ["paper_items where paper_id", "papers where id"] {
            let gone = sqlx::AssertSqlSafe(format!("delete from {rows} = $1"));
            sqlx::query(gone).bind(paper.0).execute(&mut *removing).await.unwrap();
        }
        removing
    };
    let held = removing(draft).await;
    let let_go = async {
        exam.so_many_wait(2).await;
        held.commit().await.unwrap();
    };
    let (added, saved, ()) = tokio::join!(
        add_section(services, setter, draft, "Doses", None, None),
        save_candidates(services, setter, draft, &[], "", None),
        let_go
    );
    assert!(not_found(added) && not_found(saved));

    let held = removing(exam.paper).await;
    let let_go = async {
        exam.so_many_wait(2).await;
        held.commit().await.unwrap();
    };
    let (corrected, released, ()) = tokio::join!(
        correct_item(services, setter, exam.paper, item, "Unclear", &Correction::Void, None),
        release_results(services, setter, exam.paper, true),
        let_go
    );
    assert!(not_found(corrected) && not_found(released));
}
