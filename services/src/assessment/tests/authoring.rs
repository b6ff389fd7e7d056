//! Setting papers: candidates, two windows at once, changes after publishing.

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
    for twice in ["a@x.example\nb@x.example\na@x.example", "a@x.example b@x.example A@X.EXAMPLE"] {
        save(twice).await.unwrap();
        assert_eq!(named().await, ["a@x.example", "b@x.example"], "{twice}");
    }
    save("Sam Jones <c@x.example>; Tom Baker <d@x.example>").await.unwrap();
    assert_eq!(named().await, ["c@x.example", "d@x.example"]);
    // One mistake among many: its line is named, and nothing changes.
    let mut lines: Vec<_> = (1..30).map(|n| format!("learner{n}@x.example")).collect();
    lines.push("c@x".to_owned());
    let wrong = problems(save(&lines.join("\n")).await);
    assert_eq!(wrong, [FieldProblem::new("emails", Problem::AddressInvalid { line: 30, entry: 0 })]);
    assert!(wrong[0].problem.message().contains("line 30"));
    assert_eq!(named().await, ["c@x.example", "d@x.example"]);
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
    assert_eq!(emails, ["a@x.example", "b@x.example"]);
    let seen = Some(page(exam.paper).await.versions.candidates);
    save("a@x.example\nb@x.example\nc@x.example", seen).await.unwrap();

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
async fn a_paper_can_be_moved_and_withdrawn_until_a_candidate_starts(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    // All problems are reported at once, and nothing changes.
    let wrong = problems(window(&exam, "soon", "2025-01-01T10:00", " ").await);
    let fields: Vec<_> = wrong.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["opens", "reason"]);
    let wrong = problems(window(&exam, "2025-01-01T09:00", "2025-01-02T09:00", "x").await);
    assert_eq!(wrong, [FieldProblem::new("closes", Problem::ClosesInThePast)]);

    // The candidate's pages follow.
    window(&exam, "2035-01-01T09:00", "2035-01-01T10:00", "The wrong day").await.unwrap();
    let start = start_page(services, &exam.learner, exam.paper, "").await.unwrap();
    assert_eq!(
        (start.opens.london.as_str(), start.standing),
        ("1 January 2035 at 9am", PaperAvailability::NotOpenYet)
    );
    assert!(start_sitting(services, &exam.learner, exam.paper, "").await.is_err());
    let change = paper_page(services, setter, exam.paper).await.unwrap().changes.remove(0);
    let opens = match &change.kind {
        ChangeKind::Moved { after, .. } => after.opens.london.as_str(),
        other => panic!("{other:?}"),
    };
    assert_eq!((opens, change.reason.as_str()), ("1 January 2035 at 9am", "The wrong day"));

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
    assert!(not_found(window(&exam, "2035-01-01T09:00", "2035-01-02T09:00", "x").await));
    for action in ["assessment.paper_moved", "assessment.paper_withdrawn"] {
        assert_eq!(audited(&exam, action).await, 1, "{action}");
    }
    // It can be published again, with questions of its own.
    let settings = PaperSettings { opens: "2025-01-01T09:00".into(), ..page.settings };
    save_settings(services, setter, exam.paper, &settings, Some(page.versions.settings)).await.unwrap();
    publish_paper(services, setter, exam.paper, true, None).await.unwrap();
    let sitting = exam.start().await;
    assert_eq!(exam.room(sitting).await.questions.len(), 5);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_started_paper_can_only_be_extended(db: PgPool) {
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
    let wrong = problems(window(&exam, "2025-02-01T09:00", "2035-01-01T09:00", "x").await);
    assert_eq!(wrong, [FieldProblem::new("opens", Problem::SomebodyStarted)]);
    let wrong = problems(window(&exam, "", "2025-01-02T09:00", "x").await);
    assert_eq!(wrong, [FieldProblem::new("closes", Problem::ClosesEarlier)]);
    let seen = paper_page(services, setter, exam.paper).await.unwrap().versions.settings;
    let wrong = problems(withdraw_paper(services, setter, exam.paper, "x", true, Some(seen)).await);
    assert_eq!(wrong, [FieldProblem::new("confirmed", Problem::SomebodyStarted)]);
    assert!(left().await < 10, "nothing was changed");
    window(&exam, "", "2035-01-01T09:00", "The room was locked").await.unwrap();
    assert_eq!(left().await, 29);
    assert_eq!(audited(&exam, "assessment.paper_extended").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn released_results_stay_released_when_a_paper_is_extended(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::AtClose).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    sqlx::query("update papers set closes_at = now() - interval '1 minute'")
        .execute(&services.db)
        .await
        .unwrap();
    assert!(paper_page(services, &exam.setter, exam.paper).await.unwrap().results_out);
    window(&exam, "", "2035-01-01T09:00", "One came late").await.unwrap();
    assert!(own_result(services, &exam.learner, sitting).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_submission_during_an_extension_waits_and_blocks_nothing(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    // An extension that has the paper, and wants the sittings next.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from papers for update").execute(&mut *held).await.unwrap();
    let submit = submit_sitting(services, &exam.learner, sitting, &[]);
    let extend = async {
        exam.somebody_waits().await;
        sqlx::query("update sittings set closes_at = closes_at").execute(&mut *held).await.unwrap();
        held.commit().await.unwrap();
    };
    let (submitted, ()) = tokio::join!(submit, extend);
    submitted.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_start_during_a_withdrawal_waits_and_finds_the_paper_gone(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    // The withdrawal goes as far as its end, where it is written down.
    let mut held = services.begin().await.unwrap();
    sqlx::query("lock table audit_events in exclusive mode").execute(&mut *held).await.unwrap();
    let withdraw = withdraw_paper(services, &exam.setter, exam.paper, "A wrong date", true, None);
    let start = async {
        exam.so_many_wait(1).await;
        start_sitting(services, &exam.learner, exam.paper, "").await
    };
    let release = async {
        exam.so_many_wait(2).await;
        held.rollback().await.unwrap();
    };
    let (withdrawn, started, ()) = tokio::join!(withdraw, start, release);
    withdrawn.unwrap();
    assert!(started.is_err(), "{started:?}");
    let sittings: i64 =
        sqlx::query_scalar("select count(*) from sittings").fetch_one(&services.db).await.unwrap();
    assert_eq!(sittings, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_withdrawal_during_a_start_waits_and_is_refused(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    // The start has found its paper, and waits before its row is written.
    sqlx::raw_sql(
        "create function wait_here() returns trigger language plpgsql as
            'begin perform pg_advisory_xact_lock(1); return new; end';
        create trigger held before insert on sittings for each row execute function wait_here()",
    )
    .execute(&services.db)
    .await
    .unwrap();
    let mut held = services.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(1)").execute(&mut *held).await.unwrap();
    let start = start_sitting(services, &exam.learner, exam.paper, "");
    let withdraw = async {
        exam.so_many_wait(1).await;
        withdraw_paper(services, &exam.setter, exam.paper, "A wrong date", true, None).await
    };
    let release = async {
        exam.so_many_wait(2).await;
        held.rollback().await.unwrap();
    };
    let (started, withdrawn, ()) = tokio::join!(start, withdraw, release);
    let Err(Error::Invalid(problems)) = withdrawn else { panic!("{withdrawn:?}") };
    assert_eq!(problems, [FieldProblem::new("confirmed", Problem::SomebodyStarted)]);
    // The candidate who started finds the questions there.
    assert_eq!(exam.room(started.unwrap()).await.questions.len(), 5);
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

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_retired_template_is_not_drawn_and_can_be_restored(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let own = BANK.replace("\"grams\"", "\"own-grams\"").replace("\"safe\"", "\"own-safe\"");
    let import = async || {
        let draft = draft_bank(services, setter, exam.organisation, &own).await.unwrap();
        import_draft(services, setter, draft).await.unwrap();
    };
    import().await;
    let bank = async || first_templates(services, setter, exam.organisation).await.unwrap().templates.rows;
    let grams = bank().await.into_iter().find(|card| card.name == "own-grams").unwrap().id;
    let paper =
        create_paper(services, setter, exam.organisation, "Own", PaperKind::Mock, None).await.unwrap();
    add_section(services, setter, paper, "Sums", None, None).await.unwrap();
    let section = paper_page(services, setter, paper).await.unwrap().sections[0].id;
    add_rule(services, setter, paper, section, RuleSource::Template(grams), 1, 1, None).await.unwrap();
    save_candidates(services, setter, paper, &[], "learner@north.example", None).await.unwrap();
    publish_paper(services, setter, paper, true, None).await.unwrap();

    let retire = async |retired| retire_template(services, setter, exam.organisation, grams, retired).await;
    retire(true).await.unwrap();
    let retired = async || -> Vec<bool> { bank().await.iter().map(|template| template.retired).collect() };
    // In the order of the categories.
    assert_eq!(retired().await, [true, false]);
    // Importing the same text again does not bring it back.
    import().await;
    assert_eq!(retired().await, [true, false]);
    // Without the shared one its category is empty.
    sqlx::query("update question_templates set retired = true where name = 'grams'")
        .execute(&services.db)
        .await
        .unwrap();
    let rule = async |source| {
        add_rule(services, setter, new_draft(&exam).await, section_of(&exam).await, source, 1, 1, None).await
    };
    for source in [RuleSource::Category(Category::SiConversion, None), RuleSource::Template(grams)] {
        let wrong = problems(rule(source).await);
        assert_eq!(wrong[0].problem, Problem::TemplatesMissing);
    }
    // The published paper keeps it.
    let (_, questions) = preview_paper(services, setter, paper).await.unwrap();
    assert_eq!(questions[0].name, "own-grams");
    retire(false).await.unwrap();
    assert_eq!(retired().await, [false, false]);
    rule(RuleSource::Template(grams)).await.unwrap();
    // No organisation can retire a template of the shared bank.
    let shared: uuid::Uuid = sqlx::query_scalar("select id from question_templates where name = 'safe'")
        .fetch_one(&services.db)
        .await
        .unwrap();
    let shared = domain::assessment::bank::TemplateId(shared);
    assert!(not_found(retire_template(services, setter, exam.organisation, shared, true).await));
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
async fn nights_when_the_clocks_change_are_explained(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = new_draft(&exam).await;
    let save = async |opens: &str, closes: &str| {
        let settings = PaperSettings {
            opens: opens.into(),
            closes: closes.into(),
            access_code: String::new(),
            ..settings()
        };
        save_settings(services, setter, draft, &settings, None).await
    };
    let wrong = problems(save("2027-03-28T01:30", "2027-03-28T02:30").await);
    assert_eq!(wrong, [FieldProblem::new("opens", Problem::TimeSkipped)]);
    assert!(wrong[0].problem.message().contains("does not exist"));
    save("2027-10-31T01:30", "2027-10-31T09:00").await.unwrap();
    let page = paper_page(services, setter, draft).await.unwrap();
    assert_eq!(page.opens.utc, "2027-10-31T00:30:00Z", "the earlier");
    assert_eq!(page.time_notes.len(), 1);
    assert!(
        page.time_notes[0].contains("opens comes twice") && page.time_notes[0].contains("first"),
        "{:?}",
        page.time_notes
    );
    save("2027-10-31T03:30", "2027-10-31T09:00").await.unwrap();
    assert!(paper_page(services, setter, draft).await.unwrap().time_notes.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_published_paper_keeps_its_hours_when_moved_or_extended_over_a_clock_change(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let stands = async || {
        let page = paper_page(services, setter, exam.paper).await.unwrap();
        (page.opens.utc, page.closes.utc, page.time_notes)
    };
    let skipped = |field| [FieldProblem::new(field, Problem::TimeSkipped)];
    window(&exam, "2035-03-24T09:00", "2035-03-24T17:00", "Booked").await.unwrap();
    // No candidate has started: the whole window is moved. The clocks go forward in the night to 25 March.
    window(&exam, "2035-03-24T09:00", "2035-03-25T17:00", "Two days").await.unwrap();
    let over = ("2035-03-24T09:00:00Z".to_owned(), "2035-03-25T16:00:00Z".to_owned(), Vec::new());
    assert_eq!(stands().await, over, "nine o'clock stays nine o'clock, and five five");
    let wrong = window(&exam, "2035-03-25T01:30", "2035-03-25T17:00", "x").await;
    assert_eq!(problems(wrong), skipped("opens"));
    let wrong = window(&exam, "2035-03-24T09:00", "2035-03-25T01:30", "x").await;
    assert_eq!(problems(wrong), skipped("closes"));
    assert_eq!(stands().await, over, "nothing was changed");

    // A candidate has started: only the close, and only later.
    window(&exam, "2025-01-01T09:00", "2035-03-24T17:00", "Today").await.unwrap();
    let sitting = exam.start().await;
    let extend = async |closes| window(&exam, "", closes, "Snow").await;
    let of_sitting = async || -> chrono::DateTime<chrono::Utc> {
        let query = sqlx::query_scalar("select closes_at from sittings where id = $1").bind(sitting.0);
        query.fetch_one(&services.db).await.unwrap()
    };
    assert_eq!(problems(extend("2035-03-25T01:30").await), skipped("closes"));
    // The clocks go back in the night to 28 October: half past one occurs twice, and the first counts.
    for (closes, utc, told) in [
        ("2035-03-25T17:00", "2035-03-25T16:00:00Z", None),
        ("2035-10-28T01:30", "2035-10-28T00:30:00Z", Some("closes comes twice")),
        ("2035-10-28T02:30", "2035-10-28T02:30:00Z", None),
        ("2035-10-28T17:00", "2035-10-28T17:00:00Z", None),
    ] {
        extend(closes).await.unwrap();
        let (opens, closed, notes) = stands().await;
        assert_eq!((&*opens, &*closed), ("2025-01-01T09:00:00Z", utc));
        assert_eq!(of_sitting().await, utc.parse::<chrono::DateTime<chrono::Utc>>().unwrap());
        match told {
            Some(told) => assert!(notes[0].contains(told) && notes[0].contains("The first"), "{notes:?}"),
            None => assert!(notes.is_empty(), "{notes:?}"),
        }
        // The form shows the stored time, whichever of the two it is.
        assert_eq!(problems(extend(closes).await), [FieldProblem::new("closes", Problem::ClosesEarlier)]);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_new_paper_is_open_from_nine_to_five_by_the_clock_on_the_wall(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    // Even in the weeks of a clock change.
    for (now, opens, closes) in [
        ("2027-03-27T12:00:00Z", "2027-03-28T08:00:00Z", "2027-04-04T16:00:00Z"),
        ("2027-10-30T12:00:00Z", "2027-10-31T09:00:00Z", "2027-11-07T17:00:00Z"),
        ("2027-06-10T12:00:00Z", "2027-06-11T08:00:00Z", "2027-06-18T16:00:00Z"),
        // In London it is the next day already.
        ("2027-06-10T23:30:00Z", "2027-06-12T08:00:00Z", "2027-06-19T16:00:00Z"),
    ] {
        let moment: chrono::DateTime<chrono::Utc> = now.parse().unwrap();
        exam.world.clock.advance(moment - services.clock.now());
        let new =
            create_paper(services, setter, exam.organisation, "New", PaperKind::Mock, None).await.unwrap();
        let copy = duplicate_paper(services, setter, exam.paper, false, None).await.unwrap();
        for (how, draft) in [("created", new), ("copied", copy)] {
            let page = paper_page(services, setter, draft).await.unwrap();
            assert_eq!((&*page.opens.utc, &*page.closes.utc), (opens, closes), "{how} at {now}");
        }
    }
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
async fn a_long_paper_fills_every_place_and_repeats_no_template_while_there_are_others(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let text: String = (0..7)
        .map(|n| {
            let own = BANK
                .replace("A bag holds", &format!("Bag {n} holds"))
                .replace("Which is", &format!("{n}: which is"));
            own.replace("\"grams\"", &format!("\"grams{n}\"")).replace("\"safe\"", &format!("\"safe{n}\""))
        })
        .collect();
    let draft = draft_bank(services, setter, exam.organisation, &text).await.unwrap();
    import_draft(services, setter, draft).await.unwrap();
    let draft = new_draft(&exam).await;
    let section = section_of(&exam).await;
    // Eight templates of the category: five, and three and seventeen more.
    for questions in [5, 20] {
        let source = RuleSource::Category(Category::SiConversion, None);
        add_rule(services, setter, draft, section, source, questions, 1, None).await.unwrap();
    }
    let (_, previewed) = preview_paper(services, setter, draft).await.unwrap();
    assert_eq!(previewed.len(), 25);
    let settings = PaperSettings { attempts: 3, access_code: "LONG2026".into(), ..settings() };
    save_settings(services, setter, draft, &settings, None).await.unwrap();
    publish_paper(services, setter, draft, true, None).await.unwrap();
    let rows: Vec<(i16, i16, String, String, i16)> = sqlx::query_as(
        "select attempt, position, question->>'template', question->>'wording', marks from paper_items where paper_id = $1
        order by attempt, position",
    )
    .bind(draft.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    assert_eq!(rows.len(), 75);
    for (n, (attempt, position, _, _, marks)) in rows.iter().enumerate() {
        assert_eq!(
            (usize::from(attempt.unsigned_abs()), usize::from(position.unsigned_abs()), *marks),
            (n / 25 + 1, n % 25 + 1, 1)
        );
    }
    for attempt in rows.chunks(25) {
        let different = |rows: &[(i16, i16, String, String, i16)], wordings: bool| {
            rows.iter()
                .map(|row| if wordings { row.3.clone() } else { row.2.clone() })
                .collect::<BTreeSet<_>>()
                .len()
        };
        assert_eq!((different(&attempt[..8], false), different(attempt, true)), (8, 25));
    }
}

/// A number of templates of a kind that the shared bank does not have, which draw nothing.
async fn readings(exam: &Exam, number: usize) {
    let text: String = (0..number)
        .map(|n| {
            format!(
                "[[question]]\nid = \"reading-{n}\"\ncategory = \"comprehension\"\ndifficulty = 1\n\
                wording = \"Which of these {n}?\"\nexplanation = \"The first.\"\n[question.single-choice]\n\
                options = [{{ text = \"one\", right = true }}, {{ text = \"two\", error = \"Two\", why = \"No.\" }}, {{ text = \"three\", error = \"Three\", why = \"No.\" }}]\n"
            )
        })
        .collect();
    let services = &exam.world.services;
    let draft = draft_bank(services, &exam.setter, exam.organisation, &text).await.unwrap();
    import_draft(services, &exam.setter, draft).await.unwrap();
}

/// A draft that asks a number of them at each of a number of attempts.
async fn reading_paper(exam: &Exam, questions: u16, attempts: u8) -> PaperId {
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = new_draft(exam).await;
    let source = RuleSource::Category(Category::Comprehension, None);
    add_rule(services, setter, draft, section_of(exam).await, source, questions, 1, None).await.unwrap();
    let settings = PaperSettings { attempts, access_code: String::new(), ..settings() };
    save_settings(services, setter, draft, &settings, None).await.unwrap();
    save_candidates(services, setter, draft, &[], "learner@north.example", None).await.unwrap();
    draft
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_attempt_avoids_the_templates_of_earlier_attempts_while_there_are_others(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    readings(&exam, 7).await;
    let services = &exam.world.services;
    let draft = reading_paper(&exam, 3, 3).await;
    let said = sections_page(services, &exam.setter, draft).await.unwrap().asked_again;
    assert!(said.len() == 1 && said[0].starts_with("The attempts share 2 of 3 questions"), "{said:?}");
    publish_paper(services, &exam.setter, draft, true, None).await.unwrap();
    let asked: Vec<String> = sqlx::query_scalar(
        "select question->>'template' from paper_items where paper_id = $1 order by attempt, position",
    )
    .bind(draft.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    let different = |asked: &[String]| asked.iter().collect::<BTreeSet<_>>().len();
    assert_eq!((different(&asked[..6]), different(&asked[6..]), different(&asked)), (6, 3, 7), "{asked:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_whose_attempt_would_repeat_a_question_is_not_published(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    readings(&exam, 3).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = reading_paper(&exam, 4, 1).await;
    assert_eq!(preview_paper(services, setter, draft).await.unwrap().1.len(), 4);
    let wrong = problems(publish_paper(services, setter, draft, true, None).await);
    assert_eq!(wrong, [FieldProblem::new("questions", Problem::QuestionsTwice)]);
    // A template that draws one of two numbers is asked twice, and drawn until the questions differ.
    let pair = BANK.replace("from = 2, to = 9", "from = 2, to = 3").replace("\"grams\"", "\"pair\"");
    let own = pair.split("[[question]]\nid = \"safe\"").next().unwrap();
    let bank = draft_bank(services, setter, exam.organisation, own).await.unwrap();
    import_draft(services, setter, bank).await.unwrap();
    let bank = first_templates(services, setter, exam.organisation).await.unwrap();
    let pair = bank.templates.rows.iter().find(|card| card.name == "pair").unwrap().id;
    let draft = new_draft(&exam).await;
    let section = section_of(&exam).await;
    add_rule(services, setter, draft, section, RuleSource::Template(pair), 2, 1, None).await.unwrap();
    for _ in 0..16 {
        let (_, asked) = preview_paper(services, setter, draft).await.unwrap();
        assert_ne!(asked[0].question.wording, asked[1].question.wording);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn different_questions_in_one_place_are_counted_and_voided_apart(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    readings(&exam, 2).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let paper = reading_paper(&exam, 1, 2).await;
    publish_paper(services, setter, paper, true, None).await.unwrap();
    for _ in 0..2 {
        let sitting = start_sitting(services, &exam.learner, paper, "").await.unwrap();
        submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    }
    let page = items_page(services, setter, paper).await.unwrap();
    let rows: Vec<_> = page
        .items
        .iter()
        .map(|item| (item.number, item.every_attempt, item.candidates, item.variants[0].attempt))
        .collect();
    assert_eq!((rows, page.analysis.candidates), (vec![(1, false, 1, 1), (1, false, 1, 2)], 2));
    assert_ne!(page.items[0].template, page.items[1].template);
    assert!(
        page.items
            .iter()
            .all(|item| item.tally.iter().any(|tally| tally.answer == "Not answered" && tally.count == 1))
    );
    correct_item(services, setter, paper, page.items[0].item, "Unclear", &Correction::Void, None)
        .await
        .unwrap();
    let voided: Vec<_> =
        items_page(services, setter, paper).await.unwrap().items.iter().map(|item| item.voided).collect();
    assert_eq!(voided, [true, false]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_item_shows_the_wording_and_stimulus_of_each_attempt(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let own =
        BANK.split("[[question]]\nid = \"safe\"").next().unwrap().replace("\"grams\"", "\"bag\"").replace(
            "wording = \"A bag holds {g} g. How much is in it?\"",
            "stimulus = \"A bag holds **{g} g**.\"\nwording = \"How much is in it?\"",
        );
    let bank = draft_bank(services, setter, exam.organisation, &own).await.unwrap();
    import_draft(services, setter, bank).await.unwrap();
    let bank = first_templates(services, setter, exam.organisation).await.unwrap();
    let bag = bank.templates.rows.iter().find(|card| card.name == "bag").unwrap().id;
    let paper = new_draft(&exam).await;
    let section = section_of(&exam).await;
    add_rule(services, setter, paper, section, RuleSource::Template(bag), 1, 1, None).await.unwrap();
    let settings = PaperSettings { access_code: String::new(), ..settings() };
    save_settings(services, setter, paper, &settings, None).await.unwrap();
    save_candidates(services, setter, paper, &[], "learner@north.example", None).await.unwrap();
    publish_paper(services, setter, paper, true, None).await.unwrap();
    let page = items_page(services, setter, paper).await.unwrap();
    let [item] = page.items.as_slice() else { panic!("{:?}", page.items) };
    let [first, second] = item.variants.as_slice() else { panic!("{item:?}") };
    assert!(item.stimulus.as_deref().is_some_and(|html| html.contains("<strong>")), "{item:?}");
    assert_eq!((&item.stimulus, &item.wording), (&first.stimulus, &first.wording));
    assert!(second.stimulus.is_some() && second.stimulus != first.stimulus, "{item:?}");
    assert_eq!(second.wording, first.wording);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn rounding_and_precision_are_stated_in_the_room_and_in_practice(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, learner) = (&exam.world.services, &exam.setter, &exam.learner);
    let told_in_practice = async || {
        let id = ask_practice(services, learner, Some(Category::SiConversion)).await.unwrap();
        practice_page(services, learner, id).await.unwrap().asked.rules
    };
    let told_in_room = async |sitting| {
        let questions = open_room(services, learner, sitting).await.unwrap().questions;
        questions.into_iter().map(|question| question.asked.rules).collect::<Vec<_>>()
    };
    assert_eq!(told_in_practice().await, None, "only the number is judged");
    assert_eq!(told_in_room(exam.in_room().await).await, [None, None, None, None, None]);
    let ruled = BANK.replace("rounding = \"exact\"", "rounding = \"whole\"\nprecision = \"whole\"");
    import_shared_bank(services, &[domain::assessment::bank::Bank::read(&ruled).unwrap()]).await.unwrap();
    let rules = Some(
        "Round your answer to the nearest whole number. Write a whole number, without a decimal point."
            .to_owned(),
    );
    assert_eq!(told_in_practice().await, rules);
    let paper = duplicate_paper(services, setter, exam.paper, true, None).await.unwrap();
    let settings = PaperSettings { access_code: String::new(), ..settings() };
    save_settings(services, setter, paper, &settings, None).await.unwrap();
    publish_paper(services, setter, paper, true, None).await.unwrap();
    let sitting = start_sitting(services, learner, paper, "").await.unwrap();
    let mut expected = vec![rules; 4];
    expected.push(None);
    assert_eq!(told_in_room(sitting).await, expected);
}

#[expect(clippy::disallowed_methods, reason = "it takes the one thread of a runtime of its own")]
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn making_the_questions_of_a_paper_blocks_no_other_request(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (setter, paper) = (exam.setter, exam.paper);
    let draft = duplicate_paper(&exam.world.services, &setter, paper, true, None).await.unwrap();
    let settings = PaperSettings { access_code: String::new(), ..settings() };
    save_settings(&exam.world.services, &setter, draft, &settings, None).await.unwrap();
    let (services, address) =
        (exam.world.services.clone(), exam.world.services.db.connect_options().as_ref().clone());
    // A runtime whose only thread for long work is busy until released: the questions are made there, so no paper is
    // published or shown before. All other requests go on meanwhile.
    let alone = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let db = sqlx::postgres::PgPoolOptions::new().connect_with(address).await.unwrap();
            let services = Services { batch_pool: db.clone().into(), session_batch_pool: db.clone().into(), db, ..services };
            for what in ["shown", "published"] {
                let (free, busy) = std::sync::mpsc::channel::<()>();
                let busy = tokio::task::spawn_blocking(move || busy.recv());
                let making = async {
                    match what {
                        "shown" => preview_paper(&services, &setter, draft).await.map(|_| ()),
                        _ => publish_paper(&services, &setter, draft, true, None).await,
                    }
                };
                let mut making = std::pin::pin!(making);
                let others = async {
                    // Far more than its own requests to the database.
                    for _ in 0..300 {
                        sqlx::query("select 1").execute(&services.db).await.unwrap();
                    }
                };
                tokio::select! {
                    _ = &mut making => panic!("the questions are made where pages are served, before it is {what}"),
                    () = others => {}
                }
                free.send(()).unwrap();
                busy.await.unwrap().unwrap();
                making.await.unwrap();
            }
        });
    });
    tokio::task::spawn_blocking(|| alone.join()).await.unwrap().unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn two_starts_at_once_make_one_sitting(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    // Both have looked, and neither has started, when they are released.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from papers for update").execute(&mut *held).await.unwrap();
    let start = || start_sitting(services, &exam.learner, exam.paper, "");
    let let_go = async {
        exam.so_many_wait(2).await;
        held.commit().await.unwrap();
    };
    let (one, two, ()) = tokio::join!(start(), start(), let_go);
    assert_eq!(one.unwrap(), two.unwrap());
    let sittings: i64 =
        sqlx::query_scalar("select count(*) from sittings").fetch_one(&services.db).await.unwrap();
    assert_eq!(sittings, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_latest_end_moves_with_added_time_and_not_with_breaks(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, learner) = (&exam.world.services, &exam.setter, &exam.learner);
    let adjustment = Adjustment { break_minutes: 10, ..Adjustment::default() };
    set_adjustment(services, setter, exam.organisation, "learner@north.example", adjustment).await.unwrap();
    let sitting = exam.in_room().await;
    let state = async || room_state(services, learner, sitting).await.unwrap();
    // The paper closes while they sit.
    sqlx::raw_sql(
        "update sittings set closes_at = started_at + interval '20 minutes'; update papers set closes_at = (select closes_at from sittings)",
    )
    .execute(&services.db)
    .await
    .unwrap();
    let begun = state().await;
    pause(services, learner, sitting).await.unwrap();
    exam.wait(sitting, 120.0).await;
    let resting = state().await;
    resume(services, learner, sitting).await.unwrap();
    let back = state().await;
    assert!(resting.paused && back.break_left_ms < 600_000, "{resting:?} {back:?}");
    assert_eq!([resting.latest_end_ms, back.latest_end_ms], [begun.latest_end_ms; 2]);
    assert_eq!(back.more_time_than(&resting), None);
    add_time(services, setter, exam.paper, Some(sitting), 5, None).await.unwrap();
    let added = state().await;
    assert!(added.more_time_than(&back).unwrap().starts_with("5 minutes were added."));
    window(&exam, "", "2036-06-01T09:00", "The lights went out").await.unwrap();
    let extended = state().await;
    assert!(extended.more_time_than(&added).unwrap().starts_with("The end was moved: it is at "));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_drafted_bank_is_tried_once_and_few_drafts_are_kept(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    let own = BANK.replace("\"grams\"", "\"own-grams\"").replace("\"safe\"", "\"own-safe\"");
    let others = draft_bank(services, &colleague, exam.organisation, &own).await.unwrap();
    let mut drafts = Vec::new();
    for _ in 0..14 {
        drafts.push(draft_bank(services, setter, exam.organisation, &own).await.unwrap());
        exam.world.clock.advance(chrono::Duration::milliseconds(1));
    }
    for draft in &drafts[..4] {
        assert!(not_found(bank_draft(services, setter, *draft).await));
    }
    let first = bank_draft(services, setter, drafts[4]).await.unwrap();
    assert_eq!((first.faults.len(), first.questions.len()), (0, 2));
    assert_eq!(bank_draft(services, setter, drafts[4]).await.unwrap(), first);
    // From then on the stored findings count.
    sqlx::query(
        "update bank_drafts set tried = '{\"faults\": [\"Found\"], \"questions\": []}' where id = $1",
    )
    .bind(drafts[4].0)
    .execute(&services.db)
    .await
    .unwrap();
    assert_eq!(bank_draft(services, setter, drafts[4]).await.unwrap().faults, ["Found"]);
    assert!(matches!(import_draft(services, setter, drafts[4]).await, Err(Error::Invalid(_))));
    import_draft(services, setter, drafts[13]).await.unwrap();
    import_draft(services, &colleague, others).await.unwrap();
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
