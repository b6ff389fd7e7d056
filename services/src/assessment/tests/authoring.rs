//! Setting papers: who sits them, two windows at once, what can be changed after publishing.

use domain::{FieldProblem, assessment::PaperState};

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

async fn window(exam: &Exam, opens: &str, closes: &str, why: &str) -> crate::Result<()> {
    let (services, setter) = (&exam.world.services, &exam.setter);
    let seen = paper_page(services, setter, exam.paper).await?.versions.settings;
    change_window(services, setter, exam.paper, (opens, closes), why, Some(seen)).await
}

async fn audited(exam: &Exam, action: &str) -> i64 {
    sqlx::query_scalar("select count(*) from audit_events where action = $1")
        .bind(action)
        .fetch_one(&exam.world.services.db)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_that_nobody_has_started_can_be_moved_and_withdrawn(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    // Everything that is wrong is told at once, and nothing is changed.
    let wrong = problems(window(&exam, "soon", "2020-01-01T10:00", " ").await);
    let fields: Vec<_> = wrong.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["opens", "reason"]);
    let wrong = problems(window(&exam, "2020-01-01T09:00", "2020-01-02T09:00", "x").await);
    assert_eq!(wrong, [FieldProblem::new("closes", Problem::ClosesInThePast)]);

    // The candidate's pages follow.
    window(&exam, "2098-01-01T09:00", "2098-01-01T10:00", "The wrong day").await.unwrap();
    let start = start_page(services, &exam.learner, exam.paper, "").await.unwrap();
    assert_eq!(
        (start.opens.london.as_str(), start.standing),
        ("1 January 2098 at 9am", Standing::NotOpenYet)
    );
    assert!(start_sitting(services, &exam.learner, exam.paper, "").await.is_err());
    let change = paper_page(services, setter, exam.paper).await.unwrap().changes.remove(0);
    assert!(change.what.contains("2098") && change.reason == "The wrong day", "{change:?}");

    let withdraw = async |why, confirmed| {
        let seen = paper_page(services, setter, exam.paper).await.unwrap().versions.settings;
        withdraw_paper(services, setter, exam.paper, why, confirmed, Some(seen)).await
    };
    let wrong = problems(withdraw("", false).await);
    let fields: Vec<_> = wrong.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["withdraw_reason", "confirmed"]);
    withdraw("The wrong paper", true).await.unwrap();
    assert!(not_found(start_page(services, &exam.learner, exam.paper, "").await));
    assert!(candidate_home(services, &exam.learner).await.unwrap().papers.is_empty());
    assert!(paper_by_code(services, &exam.learner, "CODE2026").await.is_err());
    let page = paper_page(services, setter, exam.paper).await.unwrap();
    assert_eq!((page.state, page.changes[0].reason.as_str()), (PaperState::Draft, "The wrong paper"));
    // A draft is moved with its settings.
    assert!(not_found(window(&exam, "2098-01-01T09:00", "2098-01-02T09:00", "x").await));
    for action in ["assessment.paper_moved", "assessment.paper_withdrawn"] {
        assert_eq!(audited(&exam, action).await, 1, "{action}");
    }
    // It can be published again, with questions of its own.
    let settings = PaperSettings { opens: "2020-01-01T09:00".into(), ..page.settings };
    save_settings(services, setter, exam.paper, &settings, Some(page.versions.settings)).await.unwrap();
    publish_paper(services, setter, exam.paper, true).await.unwrap();
    let sitting = exam.start().await;
    assert_eq!(exam.room(sitting).await.questions.len(), 5);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_that_somebody_has_started_can_only_be_extended(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let sitting = exam.start().await;
    sqlx::query("update papers set closes_at = now() + interval '10 minutes'")
        .execute(&services.db)
        .await
        .unwrap();
    sqlx::query("update sittings set closes_at = now() + interval '10 minutes'")
        .execute(&services.db)
        .await
        .unwrap();
    let left = async || room_state(services, &exam.learner, sitting).await.unwrap().remaining_ms / 60_000;
    assert!(left().await < 10);
    let wrong = problems(window(&exam, "2021-01-01T09:00", "2098-01-01T09:00", "x").await);
    assert_eq!(wrong, [FieldProblem::new("opens", Problem::SomebodyStarted)]);
    let wrong = problems(window(&exam, "", "2020-01-02T09:00", "x").await);
    assert_eq!(wrong, [FieldProblem::new("closes", Problem::ClosesEarlier)]);
    let seen = paper_page(services, setter, exam.paper).await.unwrap().versions.settings;
    let wrong = problems(withdraw_paper(services, setter, exam.paper, "x", true, Some(seen)).await);
    assert_eq!(wrong, [FieldProblem::new("confirmed", Problem::SomebodyStarted)]);
    assert!(left().await < 10, "nothing was changed");
    window(&exam, "", "2098-01-01T09:00", "The room was locked").await.unwrap();
    assert_eq!(left().await, 29);
    assert_eq!(audited(&exam, "assessment.paper_extended").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn results_that_were_out_stay_out_when_a_paper_is_extended(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::AtClose).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    sqlx::query("update papers set closes_at = now() - interval '1 minute'")
        .execute(&services.db)
        .await
        .unwrap();
    assert!(paper_page(services, &exam.setter, exam.paper).await.unwrap().results_out);
    window(&exam, "", "2098-01-01T09:00", "One came late").await.unwrap();
    assert!(own_result(services, &exam.learner, sitting).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_starts_while_a_paper_is_withdrawn_waits_and_finds_it_gone(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    // A withdrawal as far as its end.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from papers for update").execute(&mut *held).await.unwrap();
    sqlx::query("delete from paper_items").execute(&mut *held).await.unwrap();
    sqlx::query("update papers set published_at = null").execute(&mut *held).await.unwrap();
    let start = start_sitting(services, &exam.learner, exam.paper, "");
    let withdraw = async {
        // Until it waits for the row, which is when it asks for the lock.
        loop {
            let waiting: i64 = sqlx::query_scalar("select count(*) from pg_locks where not granted")
                .fetch_one(&services.db)
                .await
                .unwrap();
            if waiting > 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
        held.commit().await.unwrap();
    };
    let (started, ()) = tokio::join!(start, withdraw);
    assert!(started.is_err(), "{started:?}");
    let sittings: i64 =
        sqlx::query_scalar("select count(*) from sittings").fetch_one(&services.db).await.unwrap();
    assert_eq!(sittings, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_copy_has_what_the_paper_asks_and_no_dates_of_it(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.pass_percent = 77).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let page = async |paper| paper_page(services, setter, paper).await.unwrap();
    let original = page(exam.paper).await;
    for candidates in [false, true] {
        let copy = page(duplicate_paper(services, setter, exam.paper, candidates).await.unwrap()).await;
        assert_eq!((copy.state, copy.settings.title.as_str()), (PaperState::Draft, "Copy of Numeracy"));
        assert_eq!((copy.settings.pass_percent, copy.settings.access_code.as_str()), (77, ""));
        assert_ne!(copy.settings.opens, original.settings.opens);
        assert_ne!(copy.settings.closes, original.settings.closes);
        let asked = |page: &domain::assessment::PaperPage| {
            let section = |section: &domain::assessment::SectionView| {
                let lines = section
                    .lines
                    .iter()
                    .map(|line| (line.category, line.difficulty, line.questions, line.marks));
                (section.title.clone(), section.pass_percent, lines.collect::<Vec<_>>())
            };
            page.sections.iter().map(section).collect::<Vec<_>>()
        };
        assert_eq!(asked(&copy), asked(&original));
        assert_eq!(copy.learners.len(), usize::from(candidates));
    }
}
