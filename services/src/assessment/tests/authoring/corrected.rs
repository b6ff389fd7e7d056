//! What is corrected of a published paper: its close, its words, its access code.

use domain::assessment::authoring::PaperShow;

use super::*;
use crate::assessment::authoring::{change_code, close_paper, correct_wording, put_away};

async fn version(exam: &Exam) -> Option<u32> {
    Some(paper_page(&exam.world.services, &exam.setter, exam.paper).await.unwrap().versions.settings)
}

async fn last_change(exam: &Exam) -> (ChangeKind, String) {
    let page = paper_page(&exam.world.services, &exam.setter, exam.paper).await.unwrap();
    let last = page.changes.into_iter().next().unwrap();
    (last.kind, last.reason)
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_that_is_closed_early_takes_no_starts_and_nothing_from_who_sits_it(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let sitting = exam.start().await;
    let before = room_state(services, &exam.learner, sitting).await.unwrap();
    let close = async |who: &Actor, why, confirmed| {
        close_paper(services, who, exam.paper, why, confirmed, version(&exam).await).await
    };
    let wrong = problems(close(setter, " ", false).await);
    let fields: Vec<_> = wrong.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["close_reason", "close_confirmed"]);
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    assert!(not_found(close(&colleague, "x", true).await));
    let page = paper_page(services, setter, exam.paper).await.unwrap();
    assert_eq!((page.state, audited(&exam, "assessment.paper_closed").await), (PaperState::Open, 0));

    // Pressed twice, it is closed once.
    let seen = version(&exam).await;
    for _ in 0..2 {
        close_paper(services, setter, exam.paper, "Enough have sat it", true, seen).await.unwrap();
    }
    assert_eq!(paper_page(services, setter, exam.paper).await.unwrap().state, PaperState::Closed);
    assert_eq!(audited(&exam, "assessment.paper_closed").await, 1);
    let (kind, why) = last_change(&exam).await;
    assert!(matches!(kind, ChangeKind::Closed { .. }) && why == "Enough have sat it", "{kind:?} {why}");
    let late = exam.world.learner("late@north.example").await;
    assert!(start_sitting(services, &late, exam.paper, "CODE2026").await.is_err());
    // The sitting has its time, and its answers count.
    let now = room_state(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(now.ends, before.ends);
    assert!(now.remaining_ms > before.remaining_ms - 60_000, "{} {}", now.remaining_ms, before.remaining_ms);
    let room = exam.room(sitting).await;
    exam.save(sitting, &exam.right_answers_in(&room).await).await;
    assert_eq!(exam.stored(sitting).await.len(), 5);
    // What is closed cannot be closed; a later close opens it again.
    let wrong = problems(close(setter, "x", true).await);
    assert_eq!(wrong, [FieldProblem::new("close_confirmed", Problem::PaperClosedNow)]);
    window(&exam, "", "2036-01-01T09:00", "More came").await.unwrap();
    assert!(start_sitting(services, &late, exam.paper, "CODE2026").await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_that_is_opened_again_for_less_time_than_at_first_takes_none_from_who_sits_it(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let sitting = exam.start().await;
    let closes = async |sitting: SittingId| -> String {
        sqlx::query_scalar(
            "select to_char(closes_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from sittings where id = $1",
        )
        .bind(sitting.0)
        .fetch_one(&services.db)
        .await
        .unwrap()
    };
    let before = room_state(services, &exam.learner, sitting).await.unwrap();
    close_paper(services, setter, exam.paper, "Too early", true, version(&exam).await).await.unwrap();
    window(&exam, "", "2035-01-01T09:00", "For those who are late").await.unwrap();
    assert_eq!(closes(sitting).await, "2036-01-01 09:00", "its own");
    let now = room_state(services, &exam.learner, sitting).await.unwrap();
    assert_eq!((now.latest_end_ms, now.ends), (before.latest_end_ms, before.ends));
    let late = exam.world.learner("late@north.example").await;
    let later = start_sitting(services, &late, exam.paper, "CODE2026").await.unwrap();
    assert_eq!(closes(later).await, "2035-01-01 09:00");
    // A later close than their own is for both.
    window(&exam, "", "2036-02-01T09:00", "For everybody").await.unwrap();
    for sitting in [sitting, later] {
        assert_eq!(closes(sitting).await, "2036-02-01 09:00");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_starts_while_the_paper_is_being_closed_gets_no_sitting_that_is_over(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let mut closing = services.begin().await.unwrap();
    sqlx::query("select id from papers where id = $1 for update")
        .bind(exam.paper.0)
        .execute(&mut *closing)
        .await
        .unwrap();
    let (started, ()) = tokio::join!(start_sitting(services, &exam.learner, exam.paper, ""), async {
        exam.somebody_waits().await;
        sqlx::query("update papers set closes_at = clock_timestamp() where id = $1")
            .bind(exam.paper.0)
            .execute(&mut *closing)
            .await
            .unwrap();
        closing.commit().await.unwrap();
    });
    assert_eq!(problems(started), [FieldProblem::new("start", Problem::PaperNotOpen)]);
    let sittings: i64 =
        sqlx::query_scalar("select count(*) from sittings").fetch_one(&services.db).await.unwrap();
    assert_eq!(sittings, 0, "no attempt is used up");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn title_and_instructions_are_corrected_with_a_reason_that_is_kept(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    exam.start().await;
    let correct = async |title: &str, instructions: &str, why: &str| {
        correct_wording(services, setter, exam.paper, title, instructions, why, version(&exam).await).await
    };
    let long = "x".repeat(4001);
    let wrong = problems(correct(" ", &long, "").await);
    let fields: Vec<_> = wrong.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["title", "instructions", "wording_reason"]);
    correct("Numeracy, autumn", "Bring a pen.", "The wrong term").await.unwrap();
    let page = paper_page(services, setter, exam.paper).await.unwrap();
    assert_eq!(
        (page.settings.title.as_str(), page.settings.instructions.as_str()),
        ("Numeracy, autumn", "Bring a pen.")
    );
    let renamed = ChangeKind::Reworded { before: "Numeracy".into(), after: "Numeracy, autumn".into() };
    assert_eq!(last_change(&exam).await, (renamed, "The wrong term".to_owned()));
    // What would leave it as it is is no correction to keep, however the lines end.
    correct("Numeracy, autumn", "Bring a pen.\nAnd paper.", "More of it").await.unwrap();
    let wrong = problems(correct(" Numeracy, autumn ", "Bring a pen.\r\nAnd paper.\r\n", "Again").await);
    assert_eq!(wrong, [FieldProblem::new("title", Problem::NothingChanged)]);
    assert_eq!(last_change(&exam).await.1, "More of it");
    assert_eq!(audited(&exam, "assessment.paper_corrected").await, 2);
    // Nothing else of it has changed, and a page that another window has overtaken corrects nothing.
    assert_eq!((page.settings.limit_minutes, page.settings.access_code.as_str()), (30, "CODE2026"));
    let late = correct_wording(services, setter, exam.paper, "Late", "", "x", Some(1)).await;
    assert!(matches!(problems(late)[0].problem, Problem::ChangedMeanwhile { .. }));
    // A draft is corrected with its settings.
    let draft = new_draft(&exam).await;
    assert!(not_found(correct_wording(services, setter, draft, "x", "", "x", None).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_code_of_a_published_paper_is_changed_and_removed(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let other = exam.world.learner("other@north.example").await;
    let change = async |code: &str, why: &str| {
        change_code(services, setter, exam.paper, code, why, version(&exam).await).await
    };
    let wrong = problems(change("no", " ").await);
    let fields: Vec<_> = wrong.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["access_code", "code_reason"]);
    change(" another26 ", "It was passed on").await.unwrap();
    assert!(paper_by_code(services, &other, "CODE2026").await.is_err());
    assert_eq!(paper_by_code(services, &other, "ANOTHER26").await.unwrap(), exam.paper);
    assert_eq!(last_change(&exam).await, (ChangeKind::CodeSet, "It was passed on".to_owned()));
    let wrong = problems(change("another26", "Again").await);
    assert_eq!(wrong, [FieldProblem::new("access_code", Problem::NothingChanged)]);
    // No row of the changes has a code.
    let told: i64 =
        sqlx::query_scalar("select count(*) from paper_changes c where c::text ilike '%another26%'")
            .fetch_one(&services.db)
            .await
            .unwrap();
    assert_eq!(told, 0);
    change("", "Nobody else may sit it").await.unwrap();
    assert!(paper_by_code(services, &other, "ANOTHER26").await.is_err());
    assert_eq!(last_change(&exam).await.0, ChangeKind::CodeRemoved);
    assert_eq!(audited(&exam, "assessment.paper_code_changed").await, 2);
    let wrong = problems(change(" ", "Again").await);
    assert_eq!(wrong, [FieldProblem::new("access_code", Problem::NothingChanged)]);
    // The code of another paper is refused, and counts as a try.
    let second = new_draft(&exam).await;
    let taken = PaperSettings { access_code: "TAKEN2026".into(), ..settings() };
    save_settings(services, setter, second, &taken, None).await.unwrap();
    let wrong = problems(change("TAKEN2026", "x").await);
    assert_eq!(wrong, [FieldProblem::new("access_code", Problem::CodeTaken)]);
    let tries: i32 = sqlx::query_scalar("select tries from code_tries where person_id = $1")
        .bind(setter.person().0)
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!(tries, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_put_away_is_in_no_list_but_its_own_until_it_is_open_again(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, paper) = (&exam.world.services, &exam.setter, exam.paper);
    let draft =
        create_paper(services, setter, exam.organisation, "Draft", PaperKind::Mock, None).await.unwrap();
    let listed = async |filters: PaperShow| {
        let query = PapersQuery { filters, ..PapersQuery::default() };
        let page = papers_page(services, setter, &query, None).await.unwrap().papers;
        assert_eq!(usize::try_from(page.in_all).unwrap(), page.rows.len());
        page.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert!(not_found(put_away(services, setter, paper, true).await), "it is open");
    close_paper(services, setter, paper, "Fire alarm", true, version(&exam).await).await.unwrap();
    assert_eq!(listed(PaperShow::All).await, [draft, paper]);
    for of in [paper, draft, paper] {
        put_away(services, setter, of, true).await.unwrap();
    }
    assert_eq!(audited(&exam, "assessment.paper_put_away").await, 2, "pressed twice");
    assert!(listed(PaperShow::All).await.is_empty());
    assert_eq!(listed(PaperShow::PutAway).await, [draft, paper]);
    put_away(services, setter, draft, false).await.unwrap();
    assert_eq!((listed(PaperShow::All).await, listed(PaperShow::PutAway).await), (vec![draft], vec![paper]));
    // It is open again, and nobody has to look for it.
    sqlx::query("update papers set closes_at = now() + interval '1 hour' where id = $1")
        .bind(paper.0)
        .execute(&services.db)
        .await
        .unwrap();
    assert_eq!(listed(PaperShow::All).await, [draft, paper]);
    let stranger = exam.world.learner("stranger@x.example").await;
    assert!(not_found(put_away(services, &stranger, draft, true).await));
}
