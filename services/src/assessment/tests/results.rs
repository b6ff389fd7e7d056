//! After it: marks, corrections, who sees them when, and for how long.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn marks_pass_marks_and_categories_come_out_right(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.seated().await;
    // All but the last: four of five is above the pass mark, but the section of the last wants everything.
    let saves = exam.answers(4, 1).await;
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!((result.outcome.mark, result.outcome.available, result.outcome.passed), (4, 5, false));
    assert_eq!(result.sections.iter().map(|section| section.mark).collect::<Vec<_>>(), [4, 0]);
    assert_eq!(result.verification_code, None);
    let second = exam.seated().await;
    assert_ne!(second, sitting);
    let room = exam.room(second).await;
    let mut saves = Vec::new();
    for (n, question) in room.questions.iter().enumerate() {
        let stored: Json<Question> = sqlx::query_scalar("select question from paper_items where id = $1")
            .bind(question.item.0)
            .fetch_one(&services.db)
            .await
            .unwrap();
        let response = right_response(&stored.0);
        saves.push(Save {
            item: question.item,
            sequence: SEAT + 1 + n as i64,
            response: Some(response),
            flagged: false,
            only_flag: false,
            flag_sequence: None,
        });
    }
    submit_sitting(services, &exam.learner, second, &saves).await.unwrap();
    let result = own_result(services, &exam.learner, second).await.unwrap();
    assert!(result.outcome.passed && result.outcome.mark == 5);
    let code = result.verification_code.unwrap();
    let found = verify(services, &code.to_lowercase().replace('-', " ")).await.unwrap();
    assert_eq!(found.initials, "L.");
    assert!(not_found(verify(services, "2222-2222-2222").await));
    assert!(certificate_of(services, &exam.learner, second).await.unwrap().starts_with(b"%PDF"));
    assert!(not_found(certificate_of(services, &exam.learner, sitting).await));
    // Both attempts are used.
    let start = start_sitting(services, &exam.learner, exam.paper, "").await;
    assert!(matches!(start, Err(Error::Invalid(fields)) if fields[0].problem == Problem::PaperNotOpen));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_could_mean_two_things_is_told_and_never_marked_wrong_unseen(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    let told = exam.save(sitting, &[save(item, SEAT + 1, "2,5 mg")]).await;
    assert_eq!(told.problems, [(item, Problem::NumberMarks)]);
    assert_eq!(exam.stored(sitting).await[&item.0].1, Some(number("2,5 mg")), "kept all the same");
    submit_sitting(&exam.world.services, &exam.learner, sitting, &[]).await.unwrap();
    let sheet = result_sheet(&exam.world.services, &exam.setter, exam.paper).await.unwrap();
    assert_eq!(sheet.rows[0].unreadable, 1, "whoever set the paper is told");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn results_are_out_when_the_setter_said(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::ByHand).await;
    let services = &exam.world.services;
    let sitting = exam.seated().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    assert!(not_found(own_result(services, &exam.learner, sitting).await));
    assert_eq!(candidate_home(services, &exam.learner).await.unwrap().results[0].outcome, None);
    release_results(services, &exam.setter, exam.paper).await.unwrap();
    assert!(own_result(services, &exam.learner, sitting).await.is_ok());
    // At the close: not while somebody with extra time still sits.
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
    // What was out once stays out, although somebody's sitting is opened again.
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
    reopen(services, &exam.setter, theirs, 30).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert!(verify(services, &result.verification_code.unwrap()).await.is_ok());
    assert!(not_found(own_result(services, &again, theirs).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_corrected_key_marks_everybody_again_and_says_what_changed(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.seated().await;
    let mut saves = exam.answers(5, 1).await;
    saves[0].response = Some(number("1234 mg"));
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let item = saves[0].item;
    let right = Correction::RightAnswer("1234".into());
    let nonsense = Correction::RightAnswer("abc".into());
    let correct =
        async |why: &str, correction| correct_item(services, &exam.setter, item, why, correction).await;
    assert!(matches!(correct("", &right).await, Err(Error::Invalid(_))));
    assert!(matches!(correct("x", &nonsense).await, Err(Error::Invalid(_))));
    let ambiguous = Correction::RightAnswer("1,5".into());
    assert!(matches!(correct("x", &ambiguous).await, Err(Error::Invalid(_))), "not taken for 15");
    correct("A slip in the template", &right).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!((result.outcome.mark, result.corrected), (5, true));
    let sheet = item_sheet(services, &exam.setter, exam.paper).await.unwrap();
    assert_eq!((sheet.corrections[0].marks_changed, sheet.corrections[0].question), (1, 1));
    // Taken out: everybody has its marks, whatever they answered.
    let other = saves[1].item;
    sqlx::query("update answers set response = null where item_id = $1")
        .bind(other.0)
        .execute(&services.db)
        .await
        .unwrap();
    correct_item(services, &exam.setter, other, "Two readings", &Correction::Void).await.unwrap();
    assert_eq!(own_result(services, &exam.learner, sitting).await.unwrap().outcome.mark, 5);
    assert!(not_found(correct_item(services, &exam.learner, item, "x", &right).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_submitted_while_a_key_is_corrected_is_marked_by_the_new_key(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.seated().await;
    let mut saves = exam.answers(5, 1).await;
    saves[0].response = Some(number("1234 mg"));
    exam.save(sitting, &saves).await;
    // A correction as far as its lock, held while somebody submits.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from papers for no key update").execute(&mut *held).await.unwrap();
    let submit = submit_sitting(services, &exam.learner, sitting, &[]);
    let correct = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let saved = exam.save(sitting, &[]);
        assert!(
            tokio::time::timeout(std::time::Duration::from_millis(100), saved).await.is_err(),
            "it is being submitted"
        );
        held.commit().await.unwrap();
        let right = Correction::RightAnswer("1234".into());
        correct_item(services, &exam.setter, saves[0].item, "A slip", &right).await.unwrap();
    };
    let (submitted, ()) = tokio::join!(submit, correct);
    submitted.unwrap();
    assert_eq!(own_result(services, &exam.learner, sitting).await.unwrap().outcome.mark, 5);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn results_go_after_seven_years_and_not_before(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.seated().await;
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
