//! A correction that is sent twice from the same page.

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
