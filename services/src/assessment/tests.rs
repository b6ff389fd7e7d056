use std::collections::BTreeMap;

use domain::{
    Problem,
    assessment::{
        Adjustment, Category, InvitedLearner, ItemId, Key, PaperId, PaperKind, PaperSettings, Question,
        Release, Response, Room, SEAT, Save, SittingId, Standing, figures,
    },
    cohorts::OrganisationId,
};
use sqlx::{PgPool, types::Json};

use super::*;
use crate::{Error, accounts::Actor, cohorts::ensure_organisation, testing::World};

const BANK: &str = r#"
[[question]]
id = "grams"
category = "si-conversion"
difficulty = 1
variables = [{ name = "g", from = 2, to = 9 }]
wording = "How many mg are {g} g?"
hints = ["A gram is 1,000 mg."]
[question.number]
value = "g * 1000"
unit = "mg"
unit-entry = "typed"
rounding = "exact"
steps = ["{g} g times 1,000 is {answer:mg}."]
errors = [{ name = "A thousand times too little", value = "g / 1000" }]

[[question]]
id = "safe"
category = "abbreviations-and-safe-writing"
difficulty = 1
wording = "Which is written safely?"
explanation = "Units are written in full."
[question.single-choice]
options = [{ text = "10 units", right = true }, { text = "10 U", error = "Abbreviated", why = "U is read as a nought." }, { text = "10 iu", why = "iu is read as iv." }]
"#;

struct Exam {
    world: World,
    organisation: OrganisationId,
    setter: Actor,
    learner: Actor,
    paper: PaperId,
}

fn settings() -> PaperSettings {
    PaperSettings {
        title: "Numeracy".into(),
        kind: PaperKind::Mock,
        instructions: String::new(),
        limit_minutes: 30,
        pass_percent: 60,
        calculator: true,
        shuffle: false,
        hints: true,
        attempts: 2,
        opens: "2020-01-01T09:00".into(),
        closes: "2099-01-01T09:00".into(),
        access_code: "CODE1".into(),
        release: Release::AtOnce,
    }
}

async fn sets_papers(world: &World, email: &str, organisation: OrganisationId) -> Actor {
    let setter = world.learner(email).await;
    let mut db = world.services.db.acquire().await.unwrap();
    ensure_setter(&world.services, &mut db, organisation, setter.person()).await.unwrap();
    setter
}

impl Exam {
    /// A published paper of four conversions and one choice, a mark each, that one learner is named for.
    async fn new(db: PgPool, change: impl FnOnce(&mut PaperSettings)) -> Self {
        let world = World::new(db);
        let services = &world.services;
        import_shared_bank(services, &[domain::assessment::Bank::read(BANK).unwrap()]).await.unwrap();
        let mut connection = services.db.acquire().await.unwrap();
        let organisation =
            ensure_organisation(services, &mut connection, "North", "university").await.unwrap();
        drop(connection);
        let setter = sets_papers(&world, "setter@north.example", organisation).await;
        let learner = world.learner("learner@north.example").await;
        let paper = create_paper(services, &setter, organisation, "Numeracy", PaperKind::Mock).await.unwrap();
        let mut settings = settings();
        change(&mut settings);
        save_settings(services, &setter, paper, &settings).await.unwrap();
        add_section(services, &setter, paper, "Sums", None).await.unwrap();
        add_section(services, &setter, paper, "Words", Some(100)).await.unwrap();
        let sections = paper_page(services, &setter, paper).await.unwrap().sections;
        for (section, category, questions) in
            [(0, Category::SiConversion, 4), (1, Category::AbbreviationsAndSafeWriting, 1)]
        {
            let source = LineSource::Category(category, None);
            add_line(services, &setter, paper, sections[section].id, source, questions, 1).await.unwrap();
        }
        save_candidates(services, &setter, paper, &[], "learner@north.example").await.unwrap();
        publish_paper(services, &setter, paper, true).await.unwrap();
        Self { world, organisation, setter, learner, paper }
    }

    async fn start(&self) -> SittingId {
        start_sitting(&self.world.services, &self.learner, self.paper, "").await.unwrap()
    }

    async fn room(&self, sitting: SittingId) -> Room {
        open_room(&self.world.services, &self.learner, sitting).await.unwrap()
    }

    async fn save(&self, sitting: SittingId, saves: &[Save]) -> domain::assessment::Saved {
        save_answers(&self.world.services, &self.learner, sitting, saves).await.unwrap()
    }

    /// What stands in the database: item, sequence, response.
    async fn stored(&self, sitting: SittingId) -> BTreeMap<uuid::Uuid, (i64, Option<Response>)> {
        let rows: Vec<(uuid::Uuid, i64, Option<Json<Response>>)> =
            sqlx::query_as("select item_id, sequence, response from answers where sitting_id = $1")
                .bind(sitting.0)
                .fetch_all(&self.world.services.db)
                .await
                .unwrap();
        rows.into_iter()
            .map(|(item, sequence, response)| (item, (sequence, response.map(|json| json.0))))
            .collect()
    }

    /// Moves the sitting into the past: the same as waiting.
    async fn wait(&self, sitting: SittingId, seconds: f64) {
        sqlx::query(
            "update sittings set started_at = started_at - make_interval(secs => $2), paused_at = paused_at - make_interval(secs => $2)
            where id = $1",
        )
        .bind(sitting.0)
        .bind(seconds)
        .execute(&self.world.services.db)
        .await
        .unwrap();
    }

    async fn questions(&self) -> Vec<(ItemId, Question)> {
        let rows: Vec<(uuid::Uuid, Json<Question>)> = sqlx::query_as(
            "select id, question from paper_items where paper_id = $1 and attempt = 1 order by position",
        )
        .bind(self.paper.0)
        .fetch_all(&self.world.services.db)
        .await
        .unwrap();
        rows.into_iter().map(|(id, question)| (ItemId(id), question.0)).collect()
    }

    /// Right answers to all, or to the first `right`.
    async fn answers(&self, right: usize, seat: i64) -> Vec<Save> {
        let questions = self.questions().await;
        let answers = questions.iter().enumerate().map(|(n, (item, question))| Save {
            item: *item,
            sequence: seat * SEAT + 1,
            response: Some(if n < right { right_response(question) } else { number("1 mg") }),
            flagged: false,
        });
        answers.collect()
    }

    async fn count(&self, query: &str, sitting: SittingId) -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned()))
            .bind(sitting.0)
            .fetch_one(&self.world.services.db)
            .await
            .unwrap()
    }
}

fn number(typed: &str) -> Response {
    Response::Number { typed: typed.into(), unit: String::new() }
}

fn right_response(question: &Question) -> Response {
    match &question.key {
        Key::Number(key) => number(&format!("{} mg", figures(key.answer).unwrap())),
        Key::SingleChoice(choices) => {
            Response::Chosen(vec![choices.iter().find(|choice| choice.right).unwrap().id.clone()])
        }
        other => panic!("not in this bank: {other:?}"),
    }
}

fn save(item: ItemId, sequence: i64, typed: &str) -> Save {
    Save { item, sequence, response: Some(number(typed)), flagged: false }
}

fn not_found<T: std::fmt::Debug>(result: crate::Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_highest_sequence_stands_whatever_the_order_of_arrival(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    for (sequence, typed) in [(2, "two"), (1, "one"), (3, "three"), (3, "again"), (2, "two")] {
        exam.save(sitting, &[save(item, SEAT + sequence, typed)]).await;
    }
    assert_eq!(exam.stored(sitting).await[&item.0], (SEAT + 3, Some(number("three"))));
    // Several of one question in one call, and an answer that is taken back.
    exam.save(sitting, &[save(item, SEAT + 5, "five"), save(item, SEAT + 4, "four")]).await;
    assert_eq!(exam.stored(sitting).await[&item.0], (SEAT + 5, Some(number("five"))));
    let too_many = vec![save(item, SEAT + 9, "nine"); 401];
    let refused = save_answers(&exam.world.services, &exam.learner, sitting, &too_many).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "what is not kept is not acknowledged");
    exam.save(sitting, &[save(item, SEAT + 6, "  ")]).await;
    assert_eq!(exam.stored(sitting).await[&item.0], (SEAT + 6, None));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn calls_that_share_a_statement_share_nothing_else(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    let other = exam.world.learner("other@north.example").await;
    let theirs = start_sitting(services, &other, exam.paper, "CODE1").await.unwrap();
    let questions = exam.room(sitting).await.questions;
    let (item, another) = (questions[0].item, questions[1].item);
    // What one call may have wrong, whatever it is.
    sqlx::raw_sql(
        "create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
        create trigger refuse before insert on answers for each row when (new.response is null) execute function refuse()",
    )
    .execute(&services.db)
    .await
    .unwrap();
    // Many at once, so that most of them wait and go together.
    let (learner, other) = (&exam.learner, &other);
    let calls = (1..=20).map(|n| async move {
        let call = async |actor, sitting, item, sequence, typed: &str| {
            save_answers(services, actor, sitting, &[save(item, sequence, typed)]).await
        };
        let (typed, pasted) = (format!("{n} mg"), format!("{n} mg\0"));
        tokio::join!(
            call(learner, sitting, item, SEAT + n, &pasted),
            call(other, sitting, item, SEAT + 99, "into another's sitting"),
            call(other, theirs, item, SEAT + n, &typed),
            call(learner, sitting, another, SEAT + n, if n == 20 { " " } else { "fine" }),
        )
    });
    let answers = futures::future::join_all(calls).await;
    for (n, (mine, strange, theirs, breaks)) in (1..).zip(answers) {
        assert!(!mine.unwrap().late && !theirs.unwrap().late);
        assert!(not_found(strange));
        assert_eq!(breaks.is_err(), n == 20, "{breaks:?}");
    }
    for sitting in [sitting, theirs] {
        assert_eq!(exam.stored(sitting).await[&item.0], (SEAT + 20, Some(number("20 mg"))));
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_later_opening_of_the_room_is_later_whatever_the_older_one_sends(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let (old, new) = (exam.room(sitting).await, exam.room(sitting).await);
    assert_eq!((old.seat, new.seat), (1, 2));
    let item = old.questions[0].item;
    exam.save(sitting, &[save(item, new.seat * SEAT + 1, "new")]).await;
    let told = exam.save(sitting, &[save(item, old.seat * SEAT + 900, "old")]).await;
    assert_eq!(exam.stored(sitting).await[&item.0].1, Some(number("new")));
    assert!(told.state.seat > old.seat, "the older page is told");
    // What only the older page answered is kept.
    let other = old.questions[1].item;
    exam.save(sitting, &[save(other, old.seat * SEAT + 901, "old")]).await;
    assert_eq!(exam.stored(sitting).await[&other.0].1, Some(number("old")));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_grace_counts_and_what_comes_later_is_kept_apart(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    exam.wait(sitting, 30.0 * 60.0 + 20.0).await;
    assert!(!exam.save(sitting, &[save(item, SEAT + 1, "within the grace")]).await.late);
    assert_eq!(sweep(&exam.world.services).await.unwrap(), 0, "not before the grace is over");
    exam.wait(sitting, 20.0).await;
    let told = exam.save(sitting, &[save(item, SEAT + 2, "too late")]).await;
    assert!(told.late && told.state.remaining_ms < 0);
    assert_eq!(exam.stored(sitting).await[&item.0], (SEAT + 1, Some(number("within the grace"))));
    // Sent twice it is kept once; what was in time and is sent again is not late.
    exam.save(sitting, &[save(item, SEAT + 2, "too late")]).await;
    assert!(!exam.save(sitting, &[save(item, SEAT + 1, "within the grace")]).await.late);
    assert_eq!(exam.count("select count(*) from late_answers where sitting_id = $1", sitting).await, 1);
    assert_eq!(sweep(&exam.world.services).await.unwrap(), 1);
    let receipt = receipt(&exam.world.services, &exam.learner, sitting).await.unwrap();
    assert!(receipt.by_server && receipt.late == 1 && receipt.answered == 1);
    assert_eq!(receipt.hash, format!("{:x}", <sha2::Sha256 as sha2::Digest>::digest(&receipt.text)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_that_was_acknowledged_is_marked_whenever_the_sitting_is_submitted(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    for attempt in 0..2 {
        let sitting = exam.start().await;
        let room = exam.room(sitting).await;
        let (services, learner) = (&exam.world.services, &exam.learner);
        // Five savers, each with a question of its own, race with one submission.
        let savers = room.questions.iter().map(|question| async move {
            let mut acknowledged = 0;
            for n in 1..60 {
                let one = save(question.item, SEAT + n, &format!("{n} mg"));
                if !save_answers(services, learner, sitting, &[one]).await.unwrap().late {
                    acknowledged = n;
                }
            }
            (question.item, acknowledged)
        });
        let submit = async {
            tokio::time::sleep(std::time::Duration::from_millis(40 + 40 * attempt)).await;
            submit_sitting(services, learner, sitting, &[]).await.unwrap();
        };
        let (acknowledged, ()) = tokio::join!(futures::future::join_all(savers), submit);
        let stored = exam.stored(sitting).await;
        for (item, sequence) in acknowledged {
            assert_eq!(
                stored.get(&item.0).map_or(0, |(stored, _)| stored - SEAT),
                sequence,
                "acknowledged and kept"
            );
        }
        let receipt = receipt(services, learner, sitting).await.unwrap();
        assert_eq!(
            receipt.hash,
            format!("{:x}", <sha2::Sha256 as sha2::Digest>::digest(&receipt.text)),
            "nothing changed after it was marked"
        );
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn extra_time_and_breaks_move_the_deadline_and_nothing_else_does(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let adjustment = Adjustment { extra_percent: 25, extra_minutes: 5, break_minutes: 10 };
    set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", adjustment)
        .await
        .unwrap();
    let sitting = exam.start().await;
    let left = async || room_state(services, &exam.learner, sitting).await.unwrap().remaining_ms / 1000;
    // 30 minutes and a quarter, and five minutes.
    let full = 30 * 75 + 300;
    assert!((full - 2..=full).contains(&left().await));
    pause(services, &exam.learner, sitting).await.unwrap();
    exam.wait(sitting, 240.0).await;
    assert!(exam.room(sitting).await.questions.is_empty(), "nobody reads on while the clock stands still");
    let state = room_state(services, &exam.learner, sitting).await.unwrap();
    assert!(state.paused && (full - 3..=full).contains(&(state.remaining_ms / 1000)), "{state:?}");
    assert!((355_000..=360_000).contains(&state.break_left_ms), "{state:?}");
    resume(services, &exam.learner, sitting).await.unwrap();
    assert!((full - 4..=full + 1).contains(&left().await));
    // Whoever does not come back loses the clock when the allowance is used up.
    pause(services, &exam.learner, sitting).await.unwrap();
    exam.wait(sitting, 600.0).await;
    let state = room_state(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(state.break_left_ms, 0);
    assert!((full - 245..=full - 235).contains(&(state.remaining_ms / 1000)), "{state:?}");
    // Added by whoever runs it.
    add_time(services, &exam.setter, exam.paper, None, 7).await.unwrap();
    assert!((full - 245 + 420..=full - 235 + 420).contains(&left().await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_close_of_the_paper_ends_a_sitting_but_for_what_was_added(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    sqlx::query("update sittings set closes_at = now() + interval '10 minutes', extra_seconds = 60")
        .execute(&exam.world.services.db)
        .await
        .unwrap();
    let state = room_state(&exam.world.services, &exam.learner, sitting).await.unwrap();
    assert!((655_000..=660_000).contains(&state.remaining_ms), "{state:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn marks_pass_marks_and_categories_come_out_right(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    // All but the last: four of five is above the pass mark, but the section of the last wants everything.
    let saves = exam.answers(4, 1).await;
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!((result.outcome.mark, result.outcome.available, result.outcome.passed), (4, 5, false));
    assert_eq!(result.sections.iter().map(|section| section.mark).collect::<Vec<_>>(), [4, 0]);
    assert_eq!(result.verification_code, None);
    let second = exam.start().await;
    assert_ne!(second, sitting);
    let room = exam.room(second).await;
    let mut saves = Vec::new();
    for (n, question) in room.questions.iter().enumerate() {
        let stored: Json<Question> = sqlx::query_scalar("select question from paper_items where id = $1")
            .bind(question.item.0)
            .fetch_one(&services.db)
            .await
            .unwrap();
        let response = right_response(&stored.0);
        saves.push(Save {
            item: question.item,
            sequence: SEAT + 1 + n as i64,
            response: Some(response),
            flagged: false,
        });
    }
    submit_sitting(services, &exam.learner, second, &saves).await.unwrap();
    let result = own_result(services, &exam.learner, second).await.unwrap();
    assert!(result.outcome.passed && result.outcome.mark == 5);
    let code = result.verification_code.unwrap();
    let found = verify(services, &code.to_lowercase().replace('-', " ")).await.unwrap();
    assert_eq!(found.initials, "L.");
    assert!(not_found(verify(services, "2222-2222-2222").await));
    assert!(certificate_of(services, &exam.learner, second).await.unwrap().starts_with(b"%PDF"));
    assert!(not_found(certificate_of(services, &exam.learner, sitting).await));
    // Both attempts are used.
    let start = start_sitting(services, &exam.learner, exam.paper, "").await;
    assert!(matches!(start, Err(Error::Invalid(fields)) if fields[0].problem == Problem::PaperNotOpen));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_could_mean_two_things_is_told_and_never_marked_wrong_unseen(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    let told = exam.save(sitting, &[save(item, SEAT + 1, "2,5 mg")]).await;
    assert_eq!(told.problems, [(item, Problem::NumberMarks)]);
    assert_eq!(exam.stored(sitting).await[&item.0].1, Some(number("2,5 mg")), "kept all the same");
    submit_sitting(&exam.world.services, &exam.learner, sitting, &[]).await.unwrap();
    let sheet = result_sheet(&exam.world.services, &exam.setter, exam.paper).await.unwrap();
    assert_eq!(sheet.rows[0].unreadable, 1, "whoever set the paper is told");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_whom_it_concerns_sees_a_paper_and_a_sitting(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    let stranger = exam.world.learner("stranger@north.example").await;
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    for other in [&stranger, &colleague] {
        assert!(not_found(paper_page(services, other, exam.paper).await));
        assert!(not_found(invigilation(services, other, exam.paper).await));
        assert!(not_found(result_sheet(services, other, exam.paper).await));
        assert!(not_found(sitting_desk(services, other, sitting).await));
        assert!(not_found(submit_for(services, other, sitting).await));
        assert!(not_found(add_time(services, other, exam.paper, Some(sitting), 5).await));
        assert!(not_found(open_room(services, other, sitting).await));
        assert!(not_found(room_state(services, other, sitting).await));
        assert!(not_found(save_answers(services, other, sitting, &[]).await));
        assert!(not_found(receipt(services, other, sitting).await));
        assert!(not_found(start_page(services, other, exam.paper, "WRONG").await));
    }
    // The setter runs the exam and does not sit in the candidate's room.
    assert!(paper_page(services, &exam.setter, exam.paper).await.is_ok());
    assert!(not_found(open_room(services, &exam.setter, sitting).await));
    assert!(not_found(paper_page(services, &exam.learner, exam.paper).await));
    // With the code anybody may sit it.
    assert!(start_page(services, &stranger, exam.paper, " code1 ").await.is_ok());
    // An administrator of the organisation sees it; support does, and that is written down.
    sqlx::query("insert into organisation_administrators values ($1, $2, now())")
        .bind(exam.organisation.0)
        .bind(colleague.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    assert!(paper_page(services, &colleague, exam.paper).await.is_ok());
    sqlx::query("update people set support = true where id = $1")
        .bind(stranger.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    assert!(paper_page(services, &stranger, exam.paper).await.is_ok());
    let seen: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'assessment.seen_by_support' and actor_id = $1",
    )
    .bind(stranger.person().0)
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(seen, 1);
    // Whoever is no setter any more does not see what they set.
    sqlx::query("delete from paper_setters where person_id = $1")
        .bind(exam.setter.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    assert!(not_found(paper_page(services, &exam.setter, exam.paper).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_waits_for_an_account(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let emails = "learner@north.example\nLate@North.example";
    save_candidates(services, &exam.setter, exam.paper, &[], emails).await.unwrap();
    let learners = paper_page(services, &exam.setter, exam.paper).await.unwrap().learners;
    assert!(learners.contains(&InvitedLearner { email: "late@north.example".into(), name: None }));
    assert_eq!(invigilation(services, &exam.setter, exam.paper).await.unwrap().waiting_for_account, 1);
    let late = exam.world.learner("late@north.example").await;
    sqlx::query("update people set full_name = 'Late Comer' where id = $1")
        .bind(late.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    // Naming an address does not tell whose it is: the name comes with the first sitting.
    let named = async || {
        let page = paper_page(services, &exam.setter, exam.paper).await.unwrap();
        let live = invigilation(services, &exam.setter, exam.paper).await.unwrap();
        let learner = page.learners.into_iter().find(|learner| learner.email.starts_with("late")).unwrap();
        let row = live.candidates.into_iter().find(|row| row.email.starts_with("late")).unwrap();
        (learner.name.unwrap(), row.name)
    };
    let address = "late@north.example".to_owned();
    assert_eq!(named().await, (address.clone(), address));
    assert_eq!(candidate_home(services, &late).await.unwrap().papers[0].standing, Standing::CanStart);
    assert!(start_sitting(services, &late, exam.paper, "").await.is_ok());
    assert_eq!(named().await, ("Late Comer".to_owned(), "Late Comer".to_owned()));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn results_are_out_when_the_setter_said(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.release = Release::ByHand).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    assert!(not_found(own_result(services, &exam.learner, sitting).await));
    assert_eq!(candidate_home(services, &exam.learner).await.unwrap().results[0].outcome, None);
    release_results(services, &exam.setter, exam.paper).await.unwrap();
    assert!(own_result(services, &exam.learner, sitting).await.is_ok());
    // At the close: not while somebody with extra time still sits.
    sqlx::query("update papers set release = 'at-close', closes_at = now() - interval '1 minute', opens_at = now() - interval '1 day'")
        .execute(&services.db)
        .await
        .unwrap();
    assert!(own_result(services, &exam.learner, sitting).await.is_ok());
    sqlx::query(
        "insert into sittings (id, paper_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at, removed_on)
        select gen_random_uuid(), id, 1, now(), 60, now(), now(), now(), '2033-01-01' from papers",
    )
    .execute(&services.db)
    .await
    .unwrap();
    assert!(not_found(own_result(services, &exam.learner, sitting).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_corrected_key_marks_everybody_again_and_says_what_changed(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    let mut saves = exam.answers(5, 1).await;
    saves[0].response = Some(number("1234 mg"));
    submit_sitting(services, &exam.learner, sitting, &saves).await.unwrap();
    let item = saves[0].item;
    let right = Correction::RightAnswer("1234".into());
    let nonsense = Correction::RightAnswer("abc".into());
    let correct =
        async |why: &str, correction| correct_item(services, &exam.setter, item, why, correction).await;
    assert!(matches!(correct("", &right).await, Err(Error::Invalid(_))));
    assert!(matches!(correct("x", &nonsense).await, Err(Error::Invalid(_))));
    correct("A slip in the template", &right).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!((result.outcome.mark, result.corrected), (5, true));
    let sheet = item_sheet(services, &exam.setter, exam.paper).await.unwrap();
    assert_eq!((sheet.corrections[0].marks_changed, sheet.corrections[0].question), (1, 1));
    // Taken out: everybody has its marks, whatever they answered.
    let other = saves[1].item;
    sqlx::query("update answers set response = null where item_id = $1")
        .bind(other.0)
        .execute(&services.db)
        .await
        .unwrap();
    correct_item(services, &exam.setter, other, "Two readings", &Correction::Void).await.unwrap();
    assert_eq!(own_result(services, &exam.learner, sitting).await.unwrap().outcome.mark, 5);
    assert!(not_found(correct_item(services, &exam.learner, item, "x", &right).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_reopened_sitting_has_the_time_that_was_left(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    exam.save(sitting, &exam.answers(2, 1).await).await;
    exam.wait(sitting, 600.0).await;
    submit_for(services, &exam.setter, sitting).await.unwrap();
    sqlx::query("update sittings set submitted_at = submitted_at - interval '5 minutes', started_at = started_at - interval '5 minutes'")
        .execute(&services.db)
        .await
        .unwrap();
    reopen(services, &exam.setter, sitting, 2).await.unwrap();
    let state = room_state(services, &exam.learner, sitting).await.unwrap();
    assert!(!state.submitted);
    assert!((1_315_000..=1_321_000).contains(&state.remaining_ms), "20 minutes and 2: {state:?}");
    assert_eq!(exam.stored(sitting).await.len(), 5, "the answers are still there");
    let desk = sitting_desk(services, &exam.setter, sitting).await.unwrap();
    assert_eq!(desk.incidents.len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn hints_are_counted_and_only_given_where_they_are_allowed(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    let item = exam.room(sitting).await.questions[0].item;
    for _ in 0..2 {
        assert_eq!(open_hint(services, &exam.learner, sitting, item).await.unwrap().len(), 1);
    }
    exam.save(sitting, &[save(item, SEAT + 1, "1 mg")]).await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    assert_eq!(own_result(services, &exam.learner, sitting).await.unwrap().questions[0].hints, 1);
    sqlx::query("update papers set hints = false").execute(&services.db).await.unwrap();
    let second = exam.start().await;
    let room = exam.room(second).await;
    assert_eq!(room.questions[0].asked.hints, 0);
    assert!(not_found(open_hint(services, &exam.learner, second, room.questions[0].item).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisations_own_questions_stay_inside_it(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let mut connection = services.db.acquire().await.unwrap();
    let south = ensure_organisation(services, &mut connection, "South", "university").await.unwrap();
    drop(connection);
    let elsewhere = sets_papers(&exam.world, "setter@south.example", south).await;
    let own = BANK.replace("\"grams\"", "\"own-grams\"").replace("\"safe\"", "\"own-safe\"");
    let draft = draft_bank(services, &exam.setter, exam.organisation, &own).await.unwrap();
    let preview = bank_draft(services, &exam.setter, draft).await.unwrap();
    assert_eq!((preview.faults.len(), preview.questions.len()), (0, 2), "{:?}", preview.faults);
    assert!(not_found(bank_draft(services, &elsewhere, draft).await));
    import_draft(services, &exam.setter, draft).await.unwrap();
    let names = async |actor, organisation| own_templates(services, actor, organisation).await.unwrap();
    assert_eq!(names(&exam.setter, exam.organisation).await.templates.len(), 2);
    let theirs = names(&elsewhere, south).await;
    assert_eq!((theirs.templates.len(), theirs.shared), (0, 2));
    assert!(not_found(own_templates(services, &elsewhere, exam.organisation).await));
    // Practice asks from the shared bank only.
    for _ in 0..6 {
        let id = ask_practice(services, &elsewhere, Some(Category::SiConversion)).await.unwrap();
        let template: String =
            sqlx::query_scalar("select question->>'template' from practice_questions where id = $1")
                .bind(id.0)
                .fetch_one(&services.db)
                .await
                .unwrap();
        assert_eq!(template, "grams");
    }
    // A faulty bank is named by line and not taken.
    let faulty =
        draft_bank(services, &exam.setter, exam.organisation, "[[question]]\nid = 5\n").await.unwrap();
    assert!(bank_draft(services, &exam.setter, faulty).await.unwrap().faults[0].starts_with("line 2"));
    assert!(matches!(import_draft(services, &exam.setter, faulty).await, Err(Error::Invalid(_))));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn practice_marks_at_once_and_puts_the_weakest_first(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let learner = &exam.learner;
    let id = ask_practice(services, learner, Some(Category::SiConversion)).await.unwrap();
    let refused = answer_practice(services, learner, id, &number("2,5")).await;
    assert!(matches!(refused, Err(Error::Invalid(fields)) if fields[0].problem == Problem::NumberMarks));
    assert!(practice_page(services, learner, id).await.unwrap().result.is_none(), "nothing was counted");
    answer_practice(services, learner, id, &number("0.001 mg")).await.unwrap();
    let result = practice_page(services, learner, id).await.unwrap().result.unwrap();
    assert!(!result.verdict.unwrap().right && !result.solution.is_empty());
    // The first answer that can be marked stands.
    answer_practice(services, learner, id, &number("9000 mg")).await.unwrap();
    assert_eq!(practice_page(services, learner, id).await.unwrap().result.unwrap().given, ["0.001 mg"]);
    let home = practice_home(services, learner).await.unwrap();
    assert_eq!(home.weakest, Some(Category::AbbreviationsAndSafeWriting), "never tried");
    assert_eq!(home.history[0].recent, [false]);
    assert!(not_found(practice_page(services, &exam.setter, id).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn results_go_after_seven_years_and_not_before(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let days = exam
        .count("select (removed_on - started_at::date)::bigint from sittings where id = $1", sitting)
        .await;
    assert!((2555..=2558).contains(&days), "{days} days");
    assert_eq!(remove_old_sittings(services).await.unwrap(), 0);
    sqlx::query("update sittings set removed_on = current_date - 1").execute(&services.db).await.unwrap();
    assert_eq!(remove_old_sittings(services).await.unwrap(), 1);
    assert_eq!(exam.count("select count(*) from item_marks where sitting_id = $1", sitting).await, 0);
}
