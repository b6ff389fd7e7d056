//! A setter tries a paper as a candidate: the same room, the same marks, and nothing is kept.

use domain::assessment::authoring::{Trial, TrialAsked};

use super::*;
use crate::assessment::authoring::trial;

/// A digest of everything that every table holds.
async fn everything(exam: &Exam) -> BTreeMap<String, Option<String>> {
    let db = &exam.world.services.db;
    let tables: Vec<String> = sqlx::query_scalar(
        "select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.tables
        where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(db)
    .await
    .unwrap();
    assert!(tables.len() > 40, "{tables:?}");
    let mut all = BTreeMap::new();
    for table in tables {
        let digest = format!("select md5(string_agg(t::text, '|' order by t::text)) from {table} t");
        let digest: Option<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(digest)).fetch_one(db).await.unwrap();
        all.insert(table, digest);
    }
    all
}

async fn tried(exam: &Exam, paper: PaperId, asked: TrialAsked) -> Trial {
    trial(&exam.world.services, &exam.setter, paper, asked).await.unwrap()
}

/// What the room of a try asks, without its answers.
fn asked(trial: &Trial) -> Vec<String> {
    trial.room.questions.iter().map(|question| question.asked.wording.clone()).collect()
}

/// A draft of four conversions and one choice, with hints, as [`Exam`] has them.
async fn full_draft(exam: &Exam) -> PaperId {
    duplicate_paper(&exam.world.services, &exam.setter, exam.paper, false, None).await.unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_try_of_a_draft_and_of_a_paper_writes_no_row_anywhere(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let draft = full_draft(&exam).await;
    let before = everything(&exam).await;
    for paper in [draft, exam.paper] {
        let first = tried(&exam, paper, TrialAsked::default()).await;
        assert_eq!((first.room.questions.len(), first.result), (5, None));
        let answers = vec![(0, number("5 mg")), (4, Response::Chosen(vec!["a".into()]))];
        let asked = TrialAsked { seed: Some(first.seed), answers, marked: true };
        assert!(tried(&exam, paper, asked).await.result.is_some());
    }
    assert_eq!(everything(&exam).await, before);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_who_may_set_the_paper_may_try_it(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    let draft = full_draft(&exam).await;
    for who in [&exam.learner, &colleague] {
        for paper in [draft, exam.paper] {
            assert!(not_found(trial(services, who, paper, TrialAsked::default()).await));
        }
    }
    exam.world.grant(&colleague, Role::OrganisationAdministrator(exam.organisation)).await;
    assert!(trial(services, &colleague, exam.paper, TrialAsked::default()).await.is_ok());
    // Support says why first.
    let support = exam.world.learner("support@x.example").await;
    exam.world.grant(&support, Role::Support).await;
    let refused = trial(services, &support, exam.paper, TrialAsked::default()).await;
    assert!(matches!(refused, Err(Error::ReasonNeeded(_))));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_seed_draws_the_same_paper_again_and_another_seed_another_one(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let draft = full_draft(&exam).await;
    let with = |seed| TrialAsked { seed: Some(seed), ..TrialAsked::default() };
    let first = tried(&exam, draft, with(7)).await;
    assert_eq!(first.seed, 7);
    let mut others = BTreeSet::new();
    for seed in 0..10 {
        assert_eq!(asked(&tried(&exam, draft, with(7)).await), asked(&first));
        others.insert(asked(&tried(&exam, draft, with(seed)).await));
    }
    assert!(others.len() > 1, "{others:?}");
    // A published paper has its own questions, whatever the seed.
    let own: Vec<_> = exam.questions().await.into_iter().map(|(_, question)| question.wording).collect();
    for seed in [1, 2] {
        let room = asked(&tried(&exam, exam.paper, with(seed)).await);
        assert_eq!(room.len(), own.len());
        assert!(room.iter().zip(&own).all(|(html, wording)| html.contains(wording)), "{room:?} {own:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_try_is_marked_as_a_sitting_is(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let questions = exam.questions().await;
    let right: Vec<_> = questions.iter().map(|(_, question)| right_response(question)).enumerate().collect();
    let marked = async |answers: Vec<(usize, Response)>| {
        let asked = TrialAsked { seed: Some(1), answers, marked: true };
        tried(&exam, exam.paper, asked).await.result.unwrap()
    };
    let all = marked(right.clone()).await;
    assert_eq!((all.outcome.mark, all.outcome.available, all.outcome.passed), (5, 5, true));
    let sections: Vec<_> =
        all.sections.iter().map(|section| (section.title.as_str(), section.mark)).collect();
    assert_eq!(sections, [("Sums", 4), ("Words", 1)]);
    // The second section has to be reached whole, whatever the first one has.
    let most = marked(right[..4].to_vec()).await;
    assert_eq!((most.outcome.mark, most.outcome.passed), (4, false));
    // A wrong answer, one that can be read in two ways, and none.
    let some = marked(vec![(0, number("1 mg")), (1, number("2,5 mg")), right[2].clone()]).await;
    let judged: Vec<_> = some
        .questions
        .iter()
        .map(|question| (question.marks, question.unreadable, question.verdict.is_some()))
        .collect();
    assert_eq!(
        judged,
        [(0, false, true), (0, true, false), (1, false, true), (0, false, false), (0, false, false)]
    );
    // Places that the paper does not have mark nothing.
    assert_eq!(marked(vec![(9, number("1 mg"))]).await.outcome.mark, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_try_of_a_corrected_paper_is_marked_as_it_was_corrected(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let questions = exam.questions().await;
    let marked = async || {
        let asked = TrialAsked { seed: Some(1), answers: vec![(0, number("1234\0 mg"))], marked: true };
        tried(&exam, exam.paper, asked).await.result.unwrap()
    };
    let before = marked().await;
    assert_eq!((before.outcome.mark, before.questions[0].solution.len()), (0, 1));
    let key = Correction::RightAnswer("1234".into());
    exam.correct(questions[0].0, "A slip", &key, None).await.unwrap();
    let corrected = marked().await;
    assert_eq!(corrected.outcome.mark, 1);
    // The solution that was written for the other key is no solution of this one.
    assert!(corrected.questions[0].key_corrected && corrected.questions[0].solution.is_empty());
    exam.correct(questions[1].0, "No sense", &Correction::Void, None).await.unwrap();
    let out = marked().await;
    assert_eq!((out.outcome.mark, out.questions[1].marks), (2, 1), "nobody answered it");
    assert!(out.questions[1].voided && !out.questions[1].unreadable);
    assert_eq!(out.sections.iter().map(|section| section.mark).sum::<u32>(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_room_of_a_try_has_what_the_paper_allows_and_the_answers_so_far(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.limit_minutes = 45).await;
    let answers = vec![(1, number("7 mg"))];
    let room = tried(&exam, exam.paper, TrialAsked { answers, ..TrialAsked::default() }).await.room;
    assert_eq!(
        (room.state.remaining_ms, room.calculator, room.title.as_str()),
        (45 * 60_000, true, "Numeracy")
    );
    assert_eq!(room.questions[1].response, Some(number("7 mg")));
    assert_eq!(room.questions[0].response, None);
    // Hints stand open, so that no press has to be counted.
    assert!(room.questions.iter().all(|question| question.hints.len() == question.asked.hints));
    assert_eq!(room.questions[0].hints.len(), 1);
    let exam_without =
        duplicate_paper(&exam.world.services, &exam.setter, exam.paper, false, None).await.unwrap();
    let settings = PaperSettings { hints: false, access_code: String::new(), ..settings() };
    save_settings(&exam.world.services, &exam.setter, exam_without, &settings, None).await.unwrap();
    let room = tried(&exam, exam_without, TrialAsked::default()).await.room;
    assert!(room.questions.iter().all(|question| question.hints.is_empty() && question.asked.hints == 0));
}
