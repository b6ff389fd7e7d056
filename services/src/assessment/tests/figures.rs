//! Questions that are looked at: their figures wherever a question is shown, and an answer that is drawn up.

use domain::assessment::{
    bank::Bank,
    question::{AnswerField, UnitField},
    results::QuestionResult,
};

use super::*;
use crate::assessment::bank::previewed;

const FIGURES: &str = r#"
[[question]]
id = "read"
category = "injections"
difficulty = 1
variables = [{ name = "level", from = "0.2", to = "4.8", step = "0.2" }]
stimulus = "In **theatre**."
wording = "What does it hold?"
[question.figure]
kind = "syringe"
capacity = 5
level = "level"
[question.number]
value = "level"
unit = "mL"
unit-entry = "shown"
steps = ["It shows {answer:mL}"]

[[question]]
id = "draw"
category = "injections"
difficulty = 1
variables = [{ name = "volume", from = "0.2", to = "4.6", step = "0.2" }]
wording = "The dose is {volume * 10} mg, at 10 mg in 1 mL. Draw it up."
[question.figure]
kind = "syringe"
capacity = 5
task = "draw-up"
[question.number]
value = "volume"
unit = "mL"
unit-entry = "shown"
steps = ["{volume * 10} mg ÷ 10 mg × 1 mL = {answer:mL}"]
"#;

/// A paper of one question to read and one to draw up.
async fn looked_at(exam: &mut Exam) -> SittingId {
    let services = &exam.world.services;
    let banks = [BANK, FIGURES].map(|text| Bank::read(text).unwrap());
    import_shared_bank(services, &banks).await.unwrap();
    let paper = create_paper(services, &exam.setter, exam.organisation, "Looked at", PaperKind::Mock, None)
        .await
        .unwrap();
    let settings = PaperSettings { title: "Looked at".into(), access_code: String::new(), ..settings() };
    save_settings(services, &exam.setter, paper, &settings, None).await.unwrap();
    add_section(services, &exam.setter, paper, "Syringes", None, None).await.unwrap();
    let section = paper_page(services, &exam.setter, paper).await.unwrap().sections[0].id;
    let source = RuleSource::Category(Category::Injections, None);
    add_rule(services, &exam.setter, paper, section, source, 2, 1, None).await.unwrap();
    save_candidates(services, &exam.setter, paper, &[], "learner@north.example", None).await.unwrap();
    publish_paper(services, &exam.setter, paper, true, None).await.unwrap();
    exam.paper = paper;
    exam.start().await
}

fn volume(question: &Question) -> String {
    match &question.key {
        Key::Number(key) => figures(key.answer).unwrap(),
        other => panic!("not in this bank: {other:?}"),
    }
}

fn shows(result: &QuestionResult) -> bool {
    result.stimulus.as_deref().is_some_and(|html| html.contains("<svg"))
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_figure_is_seen_in_the_room_and_afterwards_and_an_answer_is_drawn_up_in_it(db: PgPool) {
    let mut exam = Exam::new(db, |_| {}).await;
    let sitting = looked_at(&mut exam).await;
    let services = &exam.world.services;
    let questions: BTreeMap<_, _> = exam.questions().await.into_iter().collect();
    let room = exam.room(sitting).await;
    let mut saves = Vec::new();
    for (asked, at) in room.questions.iter().zip(1..) {
        let question = &questions[&asked.item];
        let right = volume(question);
        let above = asked.asked.stimulus.clone().unwrap_or_default();
        match (question.template.as_str(), &asked.asked.field) {
            ("read", AnswerField::Number(UnitField::Shown(unit))) => {
                assert_eq!(unit, "mL");
                let (text, figure) = above.split_once("<div class=\"figure\">").unwrap();
                assert!(text.contains("<strong>theatre</strong>") && figure.contains("<svg"), "{above}");
                // What is to be read stands nowhere in words, unless there is a number beside its line.
                let whole = !right.contains('.');
                assert!(whole || !figure.contains(&format!(" {right} mL.")), "{right}: {above}");
                saves.push(save(asked.item, EPOCH_SPAN + at, &right));
            }
            ("draw", AnswerField::Number(UnitField::Drawn(syringe))) => {
                assert_eq!(above, "", "it stands in the place of the answer");
                assert!(syringe.contains("type=\"range\"") && syringe.contains("step=\"0.2\""), "{syringe}");
                assert!(syringe.contains("aria-valuetext=\"at the line of 0 mL\""), "{syringe}");
                // One line too many.
                let wrong = format!("{right}=");
                let lines = syringe.split("data-lines=\"").nth(1).unwrap().split('"').next().unwrap();
                let here = lines.split(';').position(|line| line.starts_with(&wrong)).unwrap();
                let next = lines.split(';').nth(here + 1).unwrap().split('=').next().unwrap();
                saves.push(save(asked.item, EPOCH_SPAN + at, next));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(asked.problem, None);
    }
    assert_eq!(saves.len(), 2);
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(result.outcome.mark, 1, "the next line is another volume");
    for result in &result.questions {
        let question = &questions[&result.item];
        assert!(shows(result), "{result:?}");
        assert_eq!(result.right_answer, [format!("{}\u{a0}mL", volume(question))]);
        let drawn = question.template == "draw";
        assert_eq!(result.marks, u32::from(!drawn));
        // The solution of a syringe that is drawn up shows it so.
        assert_eq!(result.solution.last().unwrap().contains("<svg"), drawn, "{result:?}");
        assert!(!result.solution.iter().any(|step| step.contains("type=\"range\"")), "{result:?}");
    }
    let items = items_page(services, &exam.setter, exam.paper).await.unwrap().items;
    assert!(items.iter().all(|item| item.stimulus.as_deref().is_some_and(|html| html.contains("<svg"))));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn practice_and_the_preview_show_the_same_figure(db: PgPool) {
    let mut exam = Exam::new(db, |_| {}).await;
    looked_at(&mut exam).await;
    let (services, learner) = (&exam.world.services, &exam.learner);
    let id = ask_practice(services, learner, Some(Category::Injections)).await.unwrap();
    let asked = practice_page(services, learner, id).await.unwrap().asked;
    let drawn = match &asked.field {
        AnswerField::Number(UnitField::Drawn(syringe)) => syringe.clone(),
        _ => asked.stimulus.unwrap_or_default(),
    };
    assert!(drawn.contains("<svg"), "{drawn}");
    for (_, question) in exam.questions().await {
        let preview = previewed(&question);
        let above = preview.question.stimulus.unwrap_or_default();
        assert!(above.contains("<svg") && !above.contains("type=\"range\""), "{above}");
    }
}

/// A question that another draw would ask again is another question when its figure shows something else.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn attempts_are_asked_other_figures(db: PgPool) {
    let mut exam = Exam::new(db, |_| {}).await;
    looked_at(&mut exam).await;
    let stored: Vec<Json<Question>> =
        sqlx::query_scalar("select question from paper_items where paper_id = $1")
            .bind(exam.paper.0)
            .fetch_all(&exam.world.services.db)
            .await
            .unwrap();
    let read: Vec<_> =
        stored.into_iter().map(|json| json.0).filter(|question| question.template == "read").collect();
    let [first, second] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!(first.wording, second.wording);
    assert_ne!(first.figure, second.figure);
}
