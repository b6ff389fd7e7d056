//! Setting papers: who sits them, two windows at once, what can be changed after publishing.

use domain::FieldProblem;

use super::*;

fn problems<T: std::fmt::Debug>(result: crate::Result<T>) -> Vec<FieldProblem> {
    match result {
        Err(Error::Invalid(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_learner_who_is_named_twice_is_one(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let save =
        async |emails: &str| save_candidates(services, &exam.setter, exam.paper, &[], emails, None).await;
    let named = async || {
        let page = paper_page(services, &exam.setter, exam.paper).await.unwrap();
        page.learners.into_iter().map(|learner| learner.email).collect::<Vec<_>>()
    };
    for twice in ["a@x.example\nb@x.example\na@x.example", "a@x.example b@x.example A@X.EXAMPLE"] {
        save(twice).await.unwrap();
        assert_eq!(named().await, ["a@x.example", "b@x.example"], "{twice}");
    }
    save("Sam Jones <c@x.example>; Tom Baker <d@x.example>").await.unwrap();
    assert_eq!(named().await, ["c@x.example", "d@x.example"]);
    // One slip among many: its line is named, and nothing is changed.
    let mut lines: Vec<_> = (1..30).map(|n| format!("learner{n}@x.example")).collect();
    lines.push("c@x".to_owned());
    let wrong = problems(save(&lines.join("\n")).await);
    assert_eq!(wrong, [FieldProblem::new("emails", Problem::AddressInvalid { line: 30, entry: 0 })]);
    assert!(wrong[0].problem.message().contains("line 30"));
    assert_eq!(named().await, ["c@x.example", "d@x.example"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_address_for_extra_time_is_read_as_everywhere(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let given = Adjustment { extra_percent: 25, ..Adjustment::default() };
    let give =
        async |email: &str| set_adjustment(services, &exam.setter, exam.organisation, email, given).await;
    for (wrong, problem) in [(" ", Problem::EmailMissing), ("learner", Problem::EmailInvalid)] {
        assert_eq!(problems(give(wrong).await), [FieldProblem::new("email", problem)]);
    }
    give(" Learner@North.Example ").await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_another_window_saved_is_not_undone_unseen(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let page = async |paper| paper_page(services, setter, paper).await.unwrap();
    let changed = |problems: Vec<FieldProblem>| matches!(problems.as_slice(), [FieldProblem { field, problem: Problem::ChangedMeanwhile { .. } }] if field == "changed");
    // Two windows show the same list of a published paper.
    let seen = Some(page(exam.paper).await.versions.candidates);
    let save = async |emails, seen| save_candidates(services, setter, exam.paper, &[], emails, seen).await;
    save("a@x.example\nb@x.example", seen).await.unwrap();
    assert!(changed(problems(save("a@x.example\nc@x.example", seen).await)));
    let emails: Vec<_> = page(exam.paper).await.learners.into_iter().map(|learner| learner.email).collect();
    assert_eq!(emails, ["a@x.example", "b@x.example"]);
    let seen = Some(page(exam.paper).await.versions.candidates);
    save("a@x.example\nb@x.example\nc@x.example", seen).await.unwrap();

    // And the same settings of a draft: one sets the limit, the other the pass mark.
    let draft = create_paper(services, setter, exam.organisation, "Draft", PaperKind::Mock).await.unwrap();
    let shown = page(draft).await;
    let seen = Some(shown.versions.settings);
    let limit = PaperSettings { limit_minutes: 90, ..shown.settings.clone() };
    let pass = PaperSettings { pass_percent: 100, ..shown.settings };
    save_settings(services, setter, draft, &limit, seen).await.unwrap();
    assert!(changed(problems(save_settings(services, setter, draft, &pass, seen).await)));
    let stands = page(draft).await;
    assert_eq!((stands.settings.limit_minutes, stands.settings.pass_percent), (90, 80));
    let both = PaperSettings { pass_percent: 100, ..stands.settings };
    save_settings(services, setter, draft, &both, Some(stands.versions.settings)).await.unwrap();
    let stands = page(draft).await;
    assert_eq!((stands.settings.limit_minutes, stands.settings.pass_percent), (90, 100));

    // Sections and lines are one list, and no business of the settings.
    assert_eq!(stands.versions.questions, 0);
    add_section(services, setter, draft, "Sums", None, Some(0)).await.unwrap();
    assert!(changed(problems(add_section(services, setter, draft, "Words", None, Some(0)).await)));
    let section = page(draft).await.sections[0].id;
    let source = LineSource::Category(Category::SiConversion, None);
    assert!(changed(problems(add_line(services, setter, draft, section, source, 1, 1, Some(0)).await)));
    add_line(services, setter, draft, section, source, 1, 1, Some(1)).await.unwrap();
    let line = page(draft).await.sections[0].lines[0].id;
    assert!(changed(problems(remove_line(services, setter, draft, line, Some(1)).await)));
    assert!(changed(problems(remove_section(services, setter, draft, section, Some(1)).await)));
    assert_eq!(page(draft).await.questions(), 1);
    remove_line(services, setter, draft, line, Some(2)).await.unwrap();
    remove_section(services, setter, draft, section, Some(3)).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_two_saves_at_once_one_is_told(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let seen = Some(paper_page(services, setter, exam.paper).await.unwrap().versions.candidates);
    let save = async |emails| save_candidates(services, setter, exam.paper, &[], emails, seen).await;
    let (one, two) = tokio::join!(save("a@x.example"), save("b@x.example"));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}
