//! The receipt to read and to print.

use domain::assessment::question::Said;

use super::*;
use crate::assessment::delivery::{own_slip, receipt_pdf};

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_receipt_to_read_has_every_answer_as_it_was_seen_and_is_for_its_candidate_alone(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.shuffle = true).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.start().await;
    let room = exam.room(sitting).await;
    let mut saves = exam.right_answers_in(&room).await;
    // One stays blank, and one cannot be read.
    saves.remove(1);
    saves[0].response = Some(number("2,5"));
    exam.save(sitting, &saves).await;
    assert!(not_found(receipt_pdf(services, learner, sitting).await), "before submission there is none");
    submit_sitting(services, learner, sitting, &[]).await.unwrap();

    let slip = own_slip(&mut services.db.acquire().await.unwrap(), learner, sitting).await.unwrap();
    let said = room.questions.iter().map(|question| {
        let save = saves.iter().find(|save| save.item == question.item)?;
        Some(match question.asked.field.said(save.response.as_ref()?) {
            Said::Typed(text) => vec![text],
            Said::Options { texts, .. } => {
                texts.into_iter().map(|text| text.replace("<strong>", "").replace("</strong>", "")).collect()
            }
        })
    });
    let said: Vec<Vec<String>> = said.map(Option::unwrap_or_default).collect();
    assert!(said[0] == ["2,5"] && said[1].is_empty() && said[4] == ["10 units"], "{said:?}");
    let given: Vec<_> = slip.answers.iter().map(|answer| answer.given.clone()).collect();
    assert_eq!(given, said);
    let told: Vec<_> =
        slip.answers.iter().map(|answer| (answer.unreadable, answer.saved.is_some())).collect();
    assert_eq!(told, [(true, true), (false, false), (false, true), (false, true), (false, true)]);
    assert_eq!((slip.receipt.answered, slip.receipt.unreadable), (3, 1));

    assert!(receipt_pdf(services, learner, sitting).await.unwrap().starts_with(b"%PDF-"));
    let stranger = exam.world.learner("stranger@north.example").await;
    for other in [&stranger, &exam.setter] {
        assert!(not_found(receipt_pdf(services, other, sitting).await));
    }
    reopen(services, &exam.setter, exam.paper, sitting, 5).await.unwrap();
    assert!(not_found(receipt_pdf(services, learner, sitting).await), "it goes on again");
}
