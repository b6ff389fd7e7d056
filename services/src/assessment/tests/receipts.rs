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

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn each_submission_is_confirmed_by_one_mail_with_the_fingerprint_and_without_an_answer(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let sitting = exam.start().await;
    let room = exam.room(sitting).await;
    let mut saves = exam.right_answers_in(&room).await;
    saves.truncate(2);
    saves[0].response = Some(number("4711,5"));
    exam.save(sitting, &saves).await;
    run_ready(services).await.unwrap();
    assert!(exam.world.letters().is_empty(), "before submission there is none");
    // Pressed twice.
    for _ in 0..2 {
        submit_sitting(services, learner, sitting, &[]).await.unwrap();
    }
    run_ready(services).await.unwrap();
    let letters = exam.world.letters();
    assert_eq!(letters.len(), 1);
    let page = receipt(services, learner, sitting).await.unwrap();
    for part in [
        "To: learner@north.example",
        "Subject: Your answers have been submitted: Numeracy",
        "North has your answers to Numeracy.",
        page.submitted.london.as_str(),
        "Answered: 1 of 5 questions.",
        "Cannot be read, and not judged: 1 answer.",
        page.hash.as_str(),
        &format!("https://learning.example/assessments/sittings/{sitting}/receipt.pdf"),
    ] {
        assert!(letters[0].contains(part), "{part} is not in {}", letters[0]);
    }
    assert!(!letters[0].contains("4711"), "no answer is in a mail");
    assert!(!letters[0].contains("List-Unsubscribe"), "it is necessary");

    // Opened again, and handed in by the invigilator.
    reopen(services, &exam.setter, exam.paper, sitting, 5).await.unwrap();
    submit_for(services, &exam.setter, exam.paper, sitting).await.unwrap();
    run_ready(services).await.unwrap();
    let letters = exam.world.letters();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters.iter().filter(|letter| letter.contains("The invigilator ended the exam")).count(), 1);

    // By the clock; and who has closed the account gets none.
    let second = exam.start().await;
    sqlx::query("update people set withdrawn_at = now() where email = 'learner@north.example'")
        .execute(&services.db)
        .await
        .unwrap();
    exam.wait(second, 3_600.0).await;
    assert_eq!(sweep(services).await.unwrap(), 1);
    run_ready(services).await.unwrap();
    assert_eq!(exam.world.letters().len(), 2);
    sqlx::query("update people set withdrawn_at = null").execute(&services.db).await.unwrap();
    reopen(services, &exam.setter, exam.paper, second, 5).await.unwrap();
    exam.wait(second, 3_600.0).await;
    assert_eq!(sweep(services).await.unwrap(), 1);
    run_ready(services).await.unwrap();
    let letters = exam.world.letters();
    assert_eq!(letters.len(), 3);
    assert_eq!(letters.iter().filter(|letter| letter.contains("The time was up")).count(), 1);
}
