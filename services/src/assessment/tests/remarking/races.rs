//! What happens at the same time as a correction, and between two of its portions: each test holds a lock that makes it meet.

use super::*;
use crate::{assessment::delivery::submission::submit, kit::export::Format};

/// Five candidates who have submitted, each with one mark less by the key of before, and a correction that gives it to them.
async fn five_and_a_correction(exam: &Exam) -> (Vec<(Actor, SittingId)>, Uuid) {
    let mut submitted = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        submitted.push(submits(exam, name, Some("1234 mg")).await);
    }
    only_recorded(exam, exam.questions().await[0].0, "1234").await.unwrap();
    (submitted, correction_under_way(exam).await)
}

/// The mark of each, whether a correction changed it, and whether it is still to be marked again. `None` while a sitting is open.
async fn shown(exam: &Exam, submitted: &[(Actor, SittingId)]) -> Vec<Option<(u32, bool, bool)>> {
    let mut all = Vec::new();
    for (learner, sitting) in submitted {
        all.push(match own_result(&exam.world.services, learner, *sitting).await {
            Ok(result) => Some((result.outcome.mark, result.corrected, result.remarking)),
            Err(Error::NotFound) => None,
            Err(error) => panic!("{error}"),
        });
    }
    all
}

const BEFORE: Option<(u32, bool, bool)> = Some((4, false, true));
const AFTER: Option<(u32, bool, bool)> = Some((5, true, false));
/// Submitted again after the correction.
const ANEW: Option<(u32, bool, bool)> = Some((5, false, false));

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn two_workers_that_have_one_correction_mark_each_sitting_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let (submitted, correction) = five_and_a_correction(&exam).await;
    // Neither can write before both have begun.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from sittings for update").execute(&mut *held).await.unwrap();
    let let_go = async {
        exam.so_many_wait(2).await;
        held.commit().await.unwrap();
    };
    let (one, other, ()) =
        tokio::join!(portion(services, correction, 2), portion(services, correction, 2), let_go);
    assert!(one.unwrap() && other.unwrap());
    let (marked, marked_to): (i32, Uuid) =
        sqlx::query_as("select marked, marked_to from remarkings").fetch_one(&services.db).await.unwrap();
    assert_eq!((marked, marked_to), (4, submitted[3].1.0));
    assert_eq!(shown(&exam, &submitted).await, [AFTER, AFTER, AFTER, AFTER, BEFORE]);
    run_ready(services).await.unwrap();
    assert_eq!(shown(&exam, &submitted).await, [AFTER; 5]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sitting_that_is_reopened_while_it_is_marked_is_open_without_marks(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let (learner, sitting) = submits(&exam, "a", Some("1234 mg")).await;
    only_recorded(&exam, exam.questions().await[0].0, "1234").await.unwrap();
    let correction = correction_under_way(&exam).await;
    // The portion has read the sitting, and cannot write its marks; then somebody reopens it.
    let mut held = services.begin().await.unwrap();
    sqlx::query("select from item_marks for update").execute(&mut *held).await.unwrap();
    let reopening = async {
        exam.somebody_waits().await;
        reopen(services, &exam.setter, exam.paper, sitting, 30).await
    };
    let let_go = async {
        exam.so_many_wait(2).await;
        held.commit().await.unwrap();
    };
    let (marked, reopened, ()) = tokio::join!(portion(services, correction, 2), reopening, let_go);
    assert!(!marked.unwrap());
    reopened.unwrap();
    assert_eq!(exam.count("select count(*) from item_marks where sitting_id = $1", sitting).await, 0);
    assert_eq!(exam.count("select count(*) from mark_changes where sitting_id = $1", sitting).await, 0);
    submit_sitting(services, &learner, sitting, &[]).await.unwrap();
    assert_eq!(shown(&exam, &[(learner, sitting)]).await, [ANEW]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sitting_that_is_reopened_on_either_side_of_the_marking_is_marked_by_the_new_key_once(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let (submitted, correction) = five_and_a_correction(&exam).await;
    let mut codes = Vec::new();
    for (learner, sitting) in &submitted {
        let result = own_result(services, learner, *sitting).await.unwrap();
        codes.push(result.verification_code.unwrap());
    }
    assert!(portion(services, correction, 2).await.unwrap());
    assert_eq!(shown(&exam, &submitted).await, [AFTER, AFTER, BEFORE, BEFORE, BEFORE]);
    // The certificate of each says what is known of it, and so does the name of the file.
    for (n, ((learner, sitting), code)) in submitted.iter().zip(&codes).enumerate() {
        let waits = n >= 2;
        assert_eq!(verify(services, code).await.unwrap().remarking, waits, "{n}");
        assert_eq!(certificate_of(services, learner, *sitting).await.is_err(), waits, "{n}");
    }
    let file = async || {
        let query = ResultsQuery::default();
        results_file(services, &exam.setter, exam.paper, &query, Format::Csv).await.unwrap().of
    };
    assert_eq!(file().await, "Numeracy (being marked again)");
    // One on each side goes on and is submitted before the job comes to it, and one on each side after the job.
    let again = async |n: usize| {
        let (learner, sitting) = &submitted[n];
        submit_sitting(services, learner, *sitting, &[]).await.unwrap();
    };
    for (_, sitting) in &submitted[..4] {
        reopen(services, &exam.setter, exam.paper, *sitting, 30).await.unwrap();
    }
    for n in [0, 3] {
        again(n).await;
    }
    assert_eq!(shown(&exam, &submitted).await, [ANEW, None, None, ANEW, BEFORE]);
    run_ready(services).await.unwrap();
    for n in [1, 2] {
        again(n).await;
    }
    assert_eq!(shown(&exam, &submitted).await, [ANEW, ANEW, ANEW, ANEW, AFTER]);
    for ((_, sitting), code) in submitted.iter().zip(&codes) {
        assert_eq!(exam.count("select count(*) from item_marks where sitting_id = $1", *sitting).await, 5);
        assert!(!verify(services, code).await.unwrap().remarking);
    }
    assert_eq!(file().await, "Numeracy");
    assert_eq!(remarking(services, &exam.setter, exam.paper).await.unwrap(), None);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_correction_waits_for_submissions_that_have_begun(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let item = exam.questions().await[0].0;
    let (learner, sitting) = sits(&exam, "a", Some("1234 mg")).await;
    // Marked by the old key, and not yet committed.
    let mut held = services.begin().await.unwrap();
    assert!(submit(&mut held, sitting, SubmittedBy::Candidate).await.unwrap());
    let let_go = async {
        exam.somebody_waits().await;
        held.commit().await.unwrap();
    };
    let (recorded, ()) = tokio::join!(only_recorded(&exam, item, "1234"), let_go);
    recorded.unwrap();
    let submitted = [(learner, sitting)];
    assert_eq!(shown(&exam, &submitted).await, [BEFORE]);
    let now = remarking(services, &exam.setter, exam.paper).await.unwrap().unwrap();
    assert_eq!((now.marked, now.of), (0, 1));
    run_ready(services).await.unwrap();
    assert_eq!(shown(&exam, &submitted).await, [AFTER]);
}
