//! Actions that reveal answers or cannot be undone: releasing, publishing another setter's changes, a mistyped year, a
//! form sent twice.

use domain::{
    FieldProblem,
    assessment::{PaperState, authoring::PaperPage},
};

use super::*;

fn refused<T: std::fmt::Debug>(result: crate::Result<T>) -> Vec<FieldProblem> {
    match result {
        Err(Error::Invalid(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

impl Exam {
    async fn page(&self) -> PaperPage {
        paper_page(&self.world.services, &self.setter, self.paper).await.unwrap()
    }

    async fn audited(&self, action: &str) -> i64 {
        sqlx::query_scalar("select count(*) from audit_events where action = $1")
            .bind(action)
            .fetch_one(&self.world.services.db)
            .await
            .unwrap()
    }
}

const RELEASED: &str = "assessment.results_released";

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn releasing_a_draft_has_no_effect(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::ByHand).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let seen = Some(exam.page().await.versions.settings);
    withdraw_paper(services, setter, exam.paper, "The wrong day", true, seen).await.unwrap();
    assert_eq!(
        results_page(services, setter, exam.paper, &ResultsQuery::default()).await.unwrap().state,
        PaperState::Draft
    );
    for confirmed in [false, true] {
        assert!(not_found(release_results(services, setter, exam.paper, confirmed).await));
    }
    assert_eq!(exam.audited(RELEASED).await, 0);
    // The release of a draft is gone when it is published.
    exam.run("update papers set released_at = now()").await;
    publish_paper(services, setter, exam.paper, true, None).await.unwrap();
    assert!(!exam.page().await.released);
    let sitting = exam.start().await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    assert!(not_found(own_result(services, &exam.learner, sitting).await));
    // And a release before publication does not count, wherever it came from.
    exam.run("update papers set released_at = published_at - interval '1 second'").await;
    assert!(not_found(own_result(services, &exam.learner, sitting).await));
    assert!(!results_page(services, setter, exam.paper, &ResultsQuery::default()).await.unwrap().released);
    assert!(!exam.page().await.released);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn releasing_results_while_a_candidate_may_sit_needs_confirmation(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::ByHand).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let release = async |confirmed| release_results(services, setter, exam.paper, confirmed).await;
    let unconfirmed = [FieldProblem::new("confirmed", Problem::ConfirmationMissing)];
    let first = exam.start().await;
    submit_sitting(services, &exam.learner, first, &[]).await.unwrap();
    // No candidate sits it, but it is open; a candidate sits it, although it has closed.
    assert_eq!(refused(release(false).await), unconfirmed);
    exam.start().await;
    exam.run(
        "update papers set opens_at = now() - interval '1 day', closes_at = now() - interval '1 minute'",
    )
    .await;
    assert_eq!(refused(release(false).await), unconfirmed);
    assert!(not_found(own_result(services, &exam.learner, first).await));
    let page = results_page(services, setter, exam.paper, &ResultsQuery::default()).await.unwrap();
    assert_eq!((page.state, page.sitting, page.released), (PaperState::Closed, 1, false));
    assert_eq!(page.sitting_names, ["learner@north.example"], "the setter sees who");
    assert_eq!(exam.audited(RELEASED).await, 0, "a refused release is not audited");
    release(true).await.unwrap();
    assert!(own_result(services, &exam.learner, first).await.is_ok());
    release(true).await.unwrap();
    assert_eq!(exam.audited(RELEASED).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn results_of_a_closed_paper_need_no_confirmation(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::ByHand).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    exam.run(
        "update papers set opens_at = now() - interval '1 day', closes_at = now() - interval '1 minute'",
    )
    .await;
    release_results(services, &exam.setter, exam.paper, false).await.unwrap();
    assert!(own_result(services, &exam.learner, sitting).await.is_ok());
}

/// Mistyped years: two digits, one digit wrong, a key held down, a sign.
const SLIPS: [&str; 6] = [
    "0026-12-22T10:00",
    "2206-12-22T10:00",
    "9999-12-22T10:00",
    "+250000-12-22T10:00",
    "-9999-12-22T10:00",
    "22/12/26 10:00",
];

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_mistyped_year_is_refused_and_changes_nothing(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft =
        create_paper(services, setter, exam.organisation, "Draft", PaperKind::Mock, None).await.unwrap();
    let stood = paper_page(services, setter, draft).await.unwrap().settings;
    let published = exam.page().await.settings;
    let far = |problems: Vec<FieldProblem>, slip: &str| {
        let [FieldProblem { problem: Problem::YearFarAway { years }, .. }] = problems.as_slice() else {
            panic!("{slip}: {problems:?}")
        };
        // The clock of the tests is in 2026.
        assert_eq!((years.first, years.last), (2025, 2036));
        assert!(problems[0].problem.message().contains("from 2025 to 2036"));
        problems[0].field.clone()
    };
    for slip in SLIPS {
        let opens = PaperSettings { opens: slip.into(), ..stood.clone() };
        let closes = PaperSettings { closes: slip.into(), ..stood.clone() };
        for (settings, field) in [(opens, "opens"), (closes, "closes")] {
            assert_eq!(settings_problems(services, &settings).len(), 1, "{slip}");
            assert_eq!(
                far(refused(save_settings(services, setter, draft, &settings, None).await), slip),
                field
            );
        }
        let seen = Some(exam.page().await.versions.settings);
        let moved = change_window(services, setter, exam.paper, (slip, &published.closes), "x", seen).await;
        assert_eq!(far(refused(moved), slip), "opens");
        let moved = change_window(services, setter, exam.paper, (&published.opens, slip), "x", seen).await;
        assert_eq!(far(refused(moved), slip), "closes");
        // And the named learner opens their pages.
        assert_eq!(candidate_home(services, &exam.learner).await.unwrap().papers.len(), 1);
        assert_eq!(first_papers(services, setter).await.unwrap().papers.rows.len(), 2);
        start_page(services, &exam.learner, exam.paper, "").await.unwrap();
    }
    assert_eq!(paper_page(services, setter, draft).await.unwrap().settings, stood);
    assert_eq!(exam.page().await.settings, published);
    // Once a candidate has started, a mistyped close is refused too.
    exam.start().await;
    for slip in SLIPS {
        let seen = Some(exam.page().await.versions.settings);
        let extended = change_window(services, setter, exam.paper, ("", slip), "x", seen).await;
        assert_eq!(far(refused(extended), slip), "closes");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_faulty_paper_hides_no_other_in_a_list(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, learner) = (&exam.world.services, &exam.setter, &exam.learner);
    let sound = duplicate_paper(services, setter, exam.paper, true, None).await.unwrap();
    publish_paper(services, setter, sound, true, None).await.unwrap();
    let lists = async || {
        let (home, papers) = (candidate_home(services, learner).await, first_papers(services, setter).await);
        let (home, papers) = (home.unwrap(), papers.unwrap());
        ((home.papers.len(), home.not_shown), (papers.papers.rows.len(), papers.not_shown))
    };
    // A year stored before years were checked.
    let mut windows =
        vec![("2206-01-01", "2207-01-01"), ("2026-01-01", "9999-01-01"), ("2026-01-01", "250000-01-01")];
    windows.extend([
        ("0026-01-01", "2036-01-01"),
        ("4000-01-01 BC", "2036-01-01"),
        ("4000-01-01 BC", "250000-01-01"),
    ]);
    for (opens, closes) in windows {
        let window = format!("opens_at = '{opens}', closes_at = '{closes}'");
        exam.run(&format!("update papers set {window} where id = '{}'", exam.paper)).await;
        assert_eq!(lists().await, ((2, 0), (2, 0)), "{window}");
        start_page(services, learner, exam.paper, "").await.unwrap();
        exam.page().await;
    }
    exam.run(&format!(
        "alter table papers drop constraint papers_kind_known; update papers set kind = 'quiz' where id = '{}'",
        exam.paper
    ))
    .await;
    assert_eq!(lists().await, ((1, 1), (1, 1)));
    assert_eq!(candidate_home(services, learner).await.unwrap().papers[0].id, sound);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_the_checked_version_is_published(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = duplicate_paper(services, setter, exam.paper, true, None).await.unwrap();
    let page = async || paper_page(services, setter, draft).await.unwrap();
    let publish = async |seen| publish_paper(services, setter, draft, true, Some(seen)).await;
    for part in ["settings", "questions", "candidates"] {
        let seen = page().await;
        match part {
            "settings" => {
                let settings = PaperSettings { pass_percent: 1, ..seen.settings };
                save_settings(services, setter, draft, &settings, None).await.unwrap();
            }
            "questions" => {
                let (section, source) =
                    (seen.sections[0].id, RuleSource::Category(Category::SiConversion, None));
                add_rule(services, setter, draft, section, source, 1, 1, None).await.unwrap();
            }
            _ => save_candidates(services, setter, draft, &[], "other@north.example", None).await.unwrap(),
        }
        let problems = refused(publish(seen.versions).await);
        let [FieldProblem { field, problem: Problem::ChangedMeanwhile { .. } }] = problems.as_slice() else {
            panic!("{part}: {problems:?}")
        };
        assert_eq!((field.as_str(), page().await.state), ("changed", PaperState::Draft));
    }
    // A save at this moment happens before publication, or finds a published paper.
    let seen = page().await.versions;
    let mut held = services.begin().await.unwrap();
    sqlx::query(
        "update paper_versions set version = version + 1 where paper_id = $1 and part = 'candidates'",
    )
    .bind(draft.0)
    .execute(&mut *held)
    .await
    .unwrap();
    let save = async {
        exam.somebody_waits().await;
        held.commit().await.unwrap();
    };
    let (published, ()) = tokio::join!(publish(seen), save);
    assert_eq!(refused(published)[0].field, "changed");
    publish(page().await.versions).await.unwrap();
    assert_ne!(page().await.state, PaperState::Draft);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_form_sent_twice_acts_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let sitting = exam.start().await;
    let form = Some(exam.page().await.form);
    assert_ne!(Some(exam.page().await.form), form, "a newly drawn form is another form");
    let extra =
        async || exam.count("select extra_seconds::bigint / 60 from sittings where id = $1", sitting).await;
    // A double press, for one candidate and for all.
    for whom in [Some(sitting), None] {
        let before = extra().await;
        let add = || add_time(services, setter, exam.paper, whom, 5, form);
        let (one, other) = tokio::join!(add(), add());
        let mut added = [one.unwrap(), other.unwrap(), add().await.unwrap()];
        added.sort_unstable();
        assert_eq!((added, extra().await - before), ([None, None, Some(1)], 5));
    }
    // With other values it is another form, and so is another person's.
    add_time(services, setter, exam.paper, Some(sitting), 6, form).await.unwrap();
    assert_eq!(extra().await, 16);

    let copies = (0..10).map(|_| duplicate_paper(services, setter, exam.paper, true, form));
    let copies = futures::future::join_all(copies).await;
    let copies: Vec<_> = copies.into_iter().map(|copy| copy.unwrap()).collect();
    assert!(copies.iter().all(|copy| *copy == copies[0]), "{copies:?}");
    assert_eq!(first_papers(services, setter).await.unwrap().papers.rows.len(), 2);
    let again = duplicate_paper(services, setter, exam.paper, true, Some(exam.page().await.form)).await;
    assert_ne!(again.unwrap(), copies[0]);

    let mine = || first_papers(services, setter);
    let form = Some(mine().await.unwrap().form);
    assert_ne!(Some(mine().await.unwrap().form), form);
    let before = mine().await.unwrap().papers.rows.len();
    let create =
        |title, form| create_paper(services, setter, exam.organisation, title, PaperKind::Mock, form);
    let (one, other) = tokio::join!(create("New", form), create("New", form));
    let drafts = [one.unwrap(), other.unwrap(), create("New", form).await.unwrap()];
    assert!(drafts.iter().all(|draft| *draft == drafts[0]), "{drafts:?}");
    assert_eq!(mine().await.unwrap().papers.rows.len(), before + 1);
    assert_ne!(create("Newer", form).await.unwrap(), drafts[0]);

    let form = Some(sitting_overview(services, setter, sitting).await.unwrap().form);
    let noted = async || exam.count("select count(*) from incidents where sitting_id = $1", sitting).await;
    let before = noted().await;
    let note = |text| note_incident(services, setter, exam.paper, sitting, text, form);
    let (one, other) = tokio::join!(note("Noise"), note("Noise"));
    for noted in [one, other, note("Noise").await] {
        noted.unwrap();
    }
    assert_eq!(noted().await, before + 1);
    note("Noise again").await.unwrap();
    assert_eq!(noted().await, before + 2);

    let form = Some(paper_page(services, setter, copies[0]).await.unwrap().form);
    let remove = || remove_draft(services, setter, copies[0], form);
    let (one, other) = tokio::join!(remove(), remove());
    for removed in [one, other, remove().await] {
        removed.unwrap();
    }
    assert_eq!(exam.audited("assessment.draft_removed").await, 1);
    // A token does not help a person who may not see the paper.
    let stranger = exam.world.learner("stranger@north.example").await;
    for _ in 0..2 {
        assert!(not_found(remove_draft(services, &stranger, exam.paper, form).await));
        assert!(not_found(note_incident(services, &stranger, exam.paper, sitting, "Noise", form).await));
        assert!(not_found(duplicate_paper(services, &stranger, exam.paper, true, form).await));
        assert!(not_found(add_time(services, &stranger, exam.paper, Some(sitting), 5, form).await));
    }
    assert_eq!(crate::kit::once::forget_done_forms(services).await.unwrap(), 0);
    exam.world.clock.advance(chrono::Duration::days(2));
    assert_eq!(crate::kit::once::forget_done_forms(services).await.unwrap(), 10);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn removing_a_missing_thing_is_refused_and_not_audited(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = duplicate_paper(services, setter, exam.paper, false, None).await.unwrap();
    let seen = paper_page(services, setter, draft).await.unwrap();
    // Of another paper of the same setter.
    let elsewhere = exam.page().await.sections;
    for version in [None, Some(seen.versions.questions)] {
        assert!(not_found(remove_section(services, setter, draft, elsewhere[0].id, version).await));
        assert!(not_found(remove_rule(services, setter, draft, elsewhere[0].rules[0].id, version).await));
    }
    let stands = paper_page(services, setter, draft).await.unwrap();
    assert_eq!((stands.versions, &stands.sections), (seen.versions, &seen.sections));
    assert_eq!(exam.page().await.sections, elsewhere);
    // No candidate sits it: none was given time.
    assert!(add_time(services, setter, exam.paper, None, 5, None).await.is_err());
    assert_eq!(exam.audited("assessment.time_added").await, 0);
    // Its results are out at once: nothing waits for a release.
    release_results(services, setter, exam.paper, true).await.unwrap();
    assert_eq!(exam.audited(RELEASED).await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn another_papers_code_cannot_be_found_by_setting_codes(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let others = exam.world.learner("others@north.example").await;
    let draft =
        create_paper(services, setter, exam.organisation, "Draft", PaperKind::Mock, None).await.unwrap();
    let stood = paper_page(services, setter, draft).await.unwrap().settings;
    let set = async |code: &str| {
        let settings = PaperSettings { access_code: code.into(), ..stood.clone() };
        save_settings(services, setter, draft, &settings, None).await
    };
    exam.run(
        "insert into papers select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'access_code', 'TAKEN' || n))).*
        from papers p, generate_series(10, 19) n where p.access_code = 'CODE2026'",
    )
    .await;
    // A free code is not a try, nor is the paper's own, however often it is saved; a code that another paper has is
    // one.
    for _ in 0..20 {
        set("FREE2026").await.unwrap();
    }
    for n in 10..20 {
        for _ in 0..2 {
            let taken = [FieldProblem::new("access_code", Problem::CodeTaken)];
            assert_eq!(refused(set(&format!("taken{n}")).await), taken);
        }
        if n < 19 {
            set("OTHER2026").await.unwrap();
        }
    }
    for code in ["CODE2026", "FREE2027"] {
        let problems = refused(set(code).await);
        let [FieldProblem { field, problem: Problem::CodeWait { .. } }] = problems.as_slice() else {
            panic!("{code}: {problems:?}")
        };
        assert_eq!(field, "access_code");
    }
    // It is this person's count alone; settings without a code can be saved.
    assert!(matches!(
        refused(paper_by_code(services, setter, "CODE2026").await)[0].problem,
        Problem::CodeWait { .. }
    ));
    paper_by_code(services, &others, "CODE2026").await.unwrap();
    set("OTHER2026").await.unwrap();
    set("").await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn repeating_a_code_is_not_a_new_try(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let guesser = exam.world.learner("guesser@north.example").await;
    // A bookmark with an old code, loaded again and again, and requested with HEAD, which is not even a look.
    for _ in 0..30 {
        assert!(not_found(start_page(services, &guesser, exam.paper, "OLD2025").await));
    }
    for n in 0..30 {
        let asking = guesser.clone().only_asking();
        for code in [format!("WRONG{n}"), "CODE2026".to_owned()] {
            assert!(not_found(start_page(services, &asking, exam.paper, &code).await), "it reveals nothing");
        }
    }
    for n in 0..9 {
        assert!(not_found(start_page(services, &guesser, exam.paper, &format!("WRONG{n}")).await));
    }
    // The tenth was admitted, and the first may still be loaded again; one more is refused unchecked.
    assert!(not_found(start_page(services, &guesser, exam.paper, "old 2025").await));
    assert_eq!(exam.audited("assessment.code_wait").await, 1);
    let waits = refused(start_page(services, &guesser, exam.paper, "CODE2026").await);
    assert!(matches!(waits[0].problem, Problem::CodeWait { .. }), "{waits:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn invisible_characters_are_dropped_from_titles_and_reasons(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let create =
        async |title| create_paper(services, setter, exam.organisation, title, PaperKind::Mock, None).await;
    assert_eq!(
        refused(create("\u{200b}\u{202e} ").await),
        [FieldProblem::new("title", Problem::TitleMissing)]
    );
    let draft = create("Num\u{200b}eracy \u{202e}mock").await.unwrap();
    let page = async || paper_page(services, setter, draft).await.unwrap();
    assert_eq!(page().await.settings.title, "Numeracy mock");
    let settings = PaperSettings { title: "A\u{2066} B".into(), ..page().await.settings };
    save_settings(services, setter, draft, &settings, None).await.unwrap();
    add_section(services, setter, draft, "Su\u{200d}ms", None, None).await.unwrap();
    let stands = page().await;
    assert_eq!((stands.settings.title.as_str(), stands.sections[0].title.as_str()), ("A B", "Sums"));
    let seen = Some(exam.page().await.versions.settings);
    let why = "A\u{202e} fire\nalarm";
    withdraw_paper(services, setter, exam.paper, why, true, seen).await.unwrap();
    assert_eq!(exam.page().await.changes[0].reason, "A fire\nalarm");
    assert_eq!(certificate::latin_name("Sam\u{202e} \u{200b}Taylor").as_deref(), Some("Sam Taylor"));
    assert!(certificate::can_show("Sam\u{202e} Taylor"));
}
