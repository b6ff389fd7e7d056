//! Setting papers: candidates, two windows at once, changes after publishing.

mod browsing;
mod corrected;
mod drawing;
mod schedule;
mod trial;
mod writing;

use std::{collections::BTreeSet, time::Duration};

use domain::{
    FieldProblem,
    assessment::{PaperState, authoring::ChangeKind, results::CorrectionKind},
};
use tokio::time::timeout;

use super::*;

fn problems<T: std::fmt::Debug>(result: crate::Result<T>) -> Vec<FieldProblem> {
    match result {
        Err(Error::Invalid(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_learner_named_twice_counts_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let save =
        async |emails: &str| save_candidates(services, &exam.setter, exam.paper, &[], emails, None).await;
    let named = async || {
        let page =
            candidates_page(services, &exam.setter, exam.paper, &CandidatesQuery::default()).await.unwrap();
        page.learners.rows.into_iter().map(|learner| learner.email).collect::<Vec<_>>()
    };
    // The address of the exam's candidate is on the paper already: what is entered is added.
    for twice in ["a@x.example\nb@x.example\na@x.example", "a@x.example b@x.example A@X.EXAMPLE", ""] {
        save(twice).await.unwrap();
        assert_eq!(named().await, ["a@x.example", "b@x.example", "learner@north.example"], "{twice}");
    }
    save("Sam Jones <c@x.example>; Tom Baker <d@x.example>").await.unwrap();
    let five = ["a@x.example", "b@x.example", "c@x.example", "d@x.example", "learner@north.example"];
    assert_eq!(named().await, five);
    // One mistake among many: its line is named, and nothing changes.
    let mut lines: Vec<_> = (1..30).map(|n| format!("learner{n}@x.example")).collect();
    lines.push("c@x".to_owned());
    let wrong = problems(save(&lines.join("\n")).await);
    assert_eq!(wrong, [FieldProblem::new("emails", Problem::AddressInvalid { line: 30, entry: 0 })]);
    assert!(wrong[0].problem.message().contains("line 30"));
    assert_eq!(named().await, five);
    // Together with those who are on the paper they are too many.
    let many: Vec<_> = (0..1996).map(|n| format!("many{n}@x.example")).collect();
    let wrong = problems(save(&many.join("\n")).await);
    assert_eq!(wrong, [FieldProblem::new("emails", Problem::AddressesTooMany)]);
    assert_eq!(named().await, five);
    save(&many[1..].join("\n")).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_address_for_extra_time_is_read_as_elsewhere(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let given = Adjustment { extra_percent: 25, ..Adjustment::default() };
    let give =
        async |email: &str| set_adjustment(services, &exam.setter, exam.organisation, email, given).await;
    for (wrong, problem) in [(" ", Problem::TheirEmailMissing), ("learner", Problem::EmailInvalid)] {
        assert_eq!(problems(give(wrong).await), [FieldProblem::new("email", problem)]);
    }
    give(" Learner@North.Example ").await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_change_in_another_window_is_not_undone_unseen(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let page = async |paper| paper_page(services, setter, paper).await.unwrap();
    let changed = |problems: Vec<FieldProblem>| matches!(problems.as_slice(), [FieldProblem { field, problem: Problem::ChangedMeanwhile { .. } }] if field == "changed");
    // Two windows show the same list of a published paper.
    let seen = Some(page(exam.paper).await.versions.candidates);
    let save = async |emails, seen| save_candidates(services, setter, exam.paper, &[], emails, seen).await;
    save("a@x.example\nb@x.example", seen).await.unwrap();
    assert!(changed(problems(save("a@x.example\nc@x.example", seen).await)));
    let listed = candidates_page(services, setter, exam.paper, &CandidatesQuery::default())
        .await
        .unwrap()
        .learners
        .rows;
    let emails: Vec<_> = listed.into_iter().map(|learner| learner.email).collect();
    assert_eq!(emails, ["a@x.example", "b@x.example", "learner@north.example"]);
    let seen = Some(page(exam.paper).await.versions.candidates);
    save("c@x.example", seen).await.unwrap();

    // And the same settings of a draft: one sets the limit, the other the pass mark.
    let draft =
        create_paper(services, setter, exam.organisation, "Draft", PaperKind::Mock, None).await.unwrap();
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

    // Sections and rules are one list, separate from the settings.
    assert_eq!(stands.versions.questions, 0);
    add_section(services, setter, draft, "Sums", None, Some(0)).await.unwrap();
    assert!(changed(problems(add_section(services, setter, draft, "Words", None, Some(0)).await)));
    let section = page(draft).await.sections[0].id;
    let source = RuleSource::Category(Category::SiConversion, None);
    assert!(changed(problems(add_rule(services, setter, draft, section, source, 1, 1, Some(0)).await)));
    add_rule(services, setter, draft, section, source, 1, 1, Some(1)).await.unwrap();
    let rule = page(draft).await.sections[0].rules[0].id;
    assert!(changed(problems(remove_rule(services, setter, draft, rule, Some(1)).await)));
    assert!(changed(problems(remove_section(services, setter, draft, section, Some(1)).await)));
    assert_eq!(page(draft).await.questions(), 1);
    remove_rule(services, setter, draft, rule, Some(2)).await.unwrap();
    remove_section(services, setter, draft, section, Some(3)).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn one_of_two_simultaneous_saves_is_refused(db: PgPool) {
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
async fn a_copy_has_the_questions_of_the_paper_but_not_its_dates(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.pass_percent = 77).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let page = async |paper| paper_page(services, setter, paper).await.unwrap();
    let original = page(exam.paper).await;
    for candidates in [false, true] {
        let copy = page(duplicate_paper(services, setter, exam.paper, candidates, None).await.unwrap()).await;
        assert_eq!((copy.state, copy.settings.title.as_str()), (PaperState::Draft, "Copy of Numeracy"));
        assert_eq!((copy.settings.pass_percent, copy.settings.access_code.as_str()), (77, ""));
        assert_ne!(copy.settings.opens, original.settings.opens);
        assert_ne!(copy.settings.closes, original.settings.closes);
        // Its settings have not been saved yet: they still have to be checked.
        assert_eq!((original.versions.settings, copy.versions.settings), (1, 0));
        let asked = |page: &domain::assessment::authoring::PaperPage| {
            let section = |section: &domain::assessment::authoring::SectionView| {
                let rules = section
                    .rules
                    .iter()
                    .map(|rule| (rule.category, rule.difficulty, rule.questions, rule.marks));
                (section.title.clone(), section.pass_percent, rules.collect::<Vec<_>>())
            };
            page.sections.iter().map(section).collect::<Vec<_>>()
        };
        assert_eq!(asked(&copy), asked(&original));
        assert_eq!(copy.named, u32::from(candidates));
    }
}

/// A draft with one section, the newest.
async fn new_draft(exam: &Exam) -> PaperId {
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft =
        create_paper(services, setter, exam.organisation, "Draft", PaperKind::Mock, None).await.unwrap();
    add_section(services, setter, draft, "Sums", None, None).await.unwrap();
    draft
}

async fn section_of(exam: &Exam) -> domain::assessment::SectionId {
    let id = sqlx::query_scalar(
        "select s.id from paper_sections s join papers p on p.id = s.paper_id order by p.id desc limit 1",
    )
    .fetch_one(&exam.world.services.db)
    .await
    .unwrap();
    domain::assessment::SectionId(id)
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_question_voided_by_mistake_can_be_restored(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.pass_percent = 100).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let sitting = exam.in_room().await;
    let mut saves = exam.answers(5, 1).await;
    saves[0].response = Some(number("1 mg"));
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let mark = async || {
        let outcome = own_result(services, &exam.learner, sitting).await.unwrap().outcome;
        (outcome.mark, outcome.passed)
    };
    assert_eq!(mark().await, (4, false));
    let item = saves[0].item;
    let correct = async |correction| exam.correct(item, "A slip", &correction, None).await;
    let nothing = problems(correct(Correction::PutBack).await);
    assert_eq!(nothing[0].problem, Problem::NothingTakenOut);
    correct(Correction::Void).await.unwrap();
    assert_eq!(mark().await, (5, true));
    correct(Correction::PutBack).await.unwrap();
    assert_eq!(mark().await, (4, false));
    let history = items_page(services, setter, exam.paper).await.unwrap();
    assert!(!history.items[0].voided);
    let kinds: Vec<_> = history.corrections.iter().map(|row| &row.kind).collect();
    assert_eq!(kinds, [&CorrectionKind::PutBack, &CorrectionKind::TakenOut]);
    assert_eq!(history.corrections[0].passes_changed, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn changes_to_a_published_papers_candidates_or_a_bank_are_audited(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    assert_eq!(audited(&exam, "assessment.candidates_changed").await, 0, "a draft's need no record yet");
    save_candidates(services, setter, exam.paper, &[], "a@x.example", None).await.unwrap();
    assert_eq!(audited(&exam, "assessment.candidates_changed").await, 1);
    let own = BANK.replace("\"grams\"", "\"own-grams\"").replace("\"safe\"", "\"own-safe\"");
    let draft = draft_bank(services, setter, exam.organisation, &own).await.unwrap();
    assert_eq!(audited(&exam, "assessment.bank_imported").await, 0);
    import_draft(services, setter, draft).await.unwrap();
    assert_eq!(audited(&exam, "assessment.bank_imported").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_empty_code_is_not_a_guess(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let candidate = exam.world.learner("candidate@north.example").await;
    for _ in 0..30 {
        let missing = problems(paper_by_code(&exam.world.services, &candidate, " - ").await);
        assert_eq!(missing, [FieldProblem::new("code", Problem::CodeMissing)]);
    }
    let unknown = problems(paper_by_code(&exam.world.services, &candidate, "none").await);
    assert_eq!(unknown, [FieldProblem::new("code", Problem::CodeUnknown)]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_draft_has_no_more_sections_and_lines_than_a_paper_can_ask(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = duplicate_paper(services, setter, exam.paper, true, None).await.unwrap();
    let section = paper_page(services, setter, draft).await.unwrap().sections[0].id;
    // Two of each are there.
    sqlx::query(
        "insert into paper_sections (id, paper_id, position, title)
        select gen_random_uuid(), $1, 100 + n, 'Part' from generate_series(1, 37) n",
    )
    .bind(draft.0)
    .execute(&services.db)
    .await
    .unwrap();
    sqlx::query(
        "insert into selection_rules (id, section_id, position, category, questions, marks)
        select gen_random_uuid(), $1, 100 + n, 'si-conversion', 1, 1 from generate_series(1, 197) n",
    )
    .bind(section.0)
    .execute(&services.db)
    .await
    .unwrap();
    let section_more = async || add_section(services, setter, draft, "One more", None, None).await;
    let source = RuleSource::Category(Category::SiConversion, None);
    let rule_more = async || add_rule(services, setter, draft, section, source, 1, 1, None).await;
    section_more().await.unwrap();
    rule_more().await.unwrap();
    let (sections, rules) = (problems(section_more().await), problems(rule_more().await));
    assert_eq!(sections, [FieldProblem::new("section_title", Problem::SectionsTooMany)]);
    assert_eq!(rules, [FieldProblem::new(format!("source-{section}"), Problem::RulesTooMany)]);
    // Removing one makes room.
    let rule = paper_page(services, setter, draft).await.unwrap().sections[0].rules[0].id;
    remove_rule(services, setter, draft, rule, None).await.unwrap();
    rule_more().await.unwrap();
}

/// The database refuses such words; should one be stored all the same, the page says that it is at fault.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_unknown_stored_word_is_an_error_and_not_guessed(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    window(&exam, "2035-01-01T09:00", "2035-01-01T10:00", "The wrong day").await.unwrap();
    window(&exam, "2025-01-01T09:00", "2036-01-01T09:00", "Back").await.unwrap();
    let sitting = exam.in_room().await;
    note_incident(services, setter, exam.paper, sitting, "Noise", None).await.unwrap();
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    let item = exam.questions().await[0].0;
    correct_item(services, setter, exam.paper, item, "A slip", &Correction::Void, None).await.unwrap();
    assert!(sitting_overview(services, setter, sitting).await.is_ok());
    assert!(paper_page(services, setter, exam.paper).await.is_ok());
    assert!(items_page(services, setter, exam.paper).await.is_ok());
    sqlx::raw_sql(
        "alter table incidents drop constraint incidents_kind_known;
        alter table paper_changes drop constraint paper_changes_what_known;
        alter table paper_corrections drop constraint paper_corrections_one_kind;
        update incidents set kind = 'seen';
        update paper_changes set what = 'shortened';
        update paper_corrections set restored = true",
    )
    .execute(&services.db)
    .await
    .unwrap();
    let failed = |error| matches!(error, Some(Error::Failed(_)));
    assert!(failed(sitting_overview(services, setter, sitting).await.err()));
    assert!(failed(paper_page(services, setter, exam.paper).await.err()));
    assert!(failed(items_page(services, setter, exam.paper).await.err()));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_stranger_is_refused_a_publication_at_once_although_all_slots_are_taken(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let draft = new_draft(&exam).await;
    let _taken = services.queues.heavy.all_places();
    let publish = async |actor: &Actor, most| {
        timeout(Duration::from_millis(most), publish_paper(services, actor, draft, true, None)).await
    };
    // Work waits for a slot for twenty seconds.
    assert!(matches!(publish(&exam.learner, 10_000).await, Ok(Err(Error::NotFound))));
    // The setter has permission, and waits.
    assert!(publish(&exam.setter, 200).await.is_err());
}
