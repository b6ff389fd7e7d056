mod answers;
mod authoring;
mod connections;
mod dangerous;
mod delivery;
mod figures;
mod lists;
mod plans;
mod pressed_again;
mod receipts;
mod remarking;
mod results;
mod running;
mod scale;
mod told;
mod twice;
mod waiting;

use std::collections::BTreeMap;

use domain::{
    Problem,
    access::Role,
    assessment::{
        Category, ItemId, PaperId, PaperKind, Release,
        adjustments::{
            AdjustedPeople, AdjustedPerson, Adjustment, AdjustmentChange, AdjustmentId, AdjustmentsQuery,
            AdjustmentsSeen,
        },
        authoring::{CandidatesQuery, MyPapers, PaperSettings, PapersQuery},
        bank::{OwnTemplates, TemplatesQuery},
        delivery::{EPOCH_SPAN, EpochBegun, PaperAvailability, Room, Save, SittingId, SubmittedBy},
        invigilation::{IncidentKind, Invigilation, InvigilationQuery, SittingTime},
        question::{Key, Question, Response, figures},
        results::ResultsQuery,
    },
    kit::list::Page,
    organisations::OrganisationId,
};
use sqlx::{PgPool, types::Json};

use super::*;
use crate::{
    Error,
    access::{LookedAt, NewGrant, give_reason, take_back},
    accounts::{Actor, account_page},
    assessment::{
        adjustments::{adjusted_people, set_adjustment, set_adjustments, take_back_adjustment},
        authoring::{
            RuleSource, add_rule, add_section, candidates_page, change_window, create_paper, duplicate_paper,
            paper_page, papers_page, preview_paper, publish_paper, remove_candidates, remove_draft,
            remove_rule, remove_section, save_candidates, save_settings, sections_page, settings_problems,
            withdraw_paper,
        },
        bank::{
            ImportedBank, bank_draft, draft_bank, import_draft, import_shared_bank, own_templates,
            retire_template,
        },
        delivery::{
            PlainAnswer, SWEPT_AT_ONCE, begin_epoch, candidate_home, open_hint, open_room, paper_by_code,
            pause, receipt, remove_old_sittings, report_window, resume, room_news, room_state, save_answers,
            save_plain, start_page, start_sitting, submit_if_over, submit_sitting, sweep,
        },
        invigilation::{
            add_time, invigilation, note_incident, release_results, reopen, sitting_overview, submit_for,
        },
        practice::{answer_practice, ask_practice, practice_home, practice_page},
        results::{
            Correction, certificate_of, correct_item, items_page, name_certificate, own_result, results_file,
            results_page, verify,
        },
    },
    kit::{jobs::run_ready, pdf::certificate},
    organisations::{ensure_member, ensure_organisation},
    testing::World,
};

const BANK: &str = r#"
[[question]]
id = "grams"
category = "si-conversion"
difficulty = 1
variables = [{ name = "g", from = 2, to = 9 }]
wording = "A bag holds {g} g. How much is in it?"
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
options = [{ text = "10 **units**", right = true }, { text = "10 U", error = "Abbreviated", why = "U is read as a nought." }, { text = "10 iu", why = "iu is read as iv." }]
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
        opens: "2025-01-01T09:00".into(),
        closes: "2036-01-01T09:00".into(),
        access_code: "CODE2026".into(),
        release: Release::AtOnce,
    }
}

async fn sets_papers(world: &World, email: &str, organisation: OrganisationId) -> Actor {
    let setter = world.learner(email).await;
    world.grant(&setter, Role::PaperSetter(organisation)).await;
    setter
}

impl Exam {
    /// A published paper of four conversions and one choice, a mark each, with one named learner.
    async fn new(db: PgPool, change: impl FnOnce(&mut PaperSettings)) -> Self {
        let world = World::new(db);
        let services = &world.services;
        import_shared_bank(services, &[domain::assessment::bank::Bank::read(BANK).unwrap()]).await.unwrap();
        let mut connection = services.db.acquire().await.unwrap();
        let organisation =
            ensure_organisation(services, &mut connection, "North", "university").await.unwrap();
        drop(connection);
        let setter = sets_papers(&world, "setter@north.example", organisation).await;
        let learner = world.learner("learner@north.example").await;
        let paper =
            create_paper(services, &setter, organisation, "Numeracy", PaperKind::Mock, None).await.unwrap();
        let mut settings = settings();
        change(&mut settings);
        save_settings(services, &setter, paper, &settings, None).await.unwrap();
        add_section(services, &setter, paper, "Sums", None, None).await.unwrap();
        add_section(services, &setter, paper, "Words", Some(100), None).await.unwrap();
        let sections = paper_page(services, &setter, paper).await.unwrap().sections;
        for (section, category, questions) in
            [(0, Category::SiConversion, 4), (1, Category::AbbreviationsAndSafeWriting, 1)]
        {
            let source = RuleSource::Category(category, None);
            add_rule(services, &setter, paper, sections[section].id, source, questions, 1, None)
                .await
                .unwrap();
        }
        save_candidates(services, &setter, paper, &[], "learner@north.example", None).await.unwrap();
        publish_paper(services, &setter, paper, true, None).await.unwrap();
        Self { world, organisation, setter, learner, paper }
    }

    /// Corrects a question, and marks everybody again.
    async fn correct(
        &self,
        item: ItemId,
        why: &str,
        correction: &Correction,
        seen: Option<u32>,
    ) -> crate::Result<()> {
        let services = &self.world.services;
        correct_item(services, &self.setter, self.paper, item, why, correction, seen).await?;
        run_ready(services).await.unwrap();
        Ok(())
    }

    async fn start(&self) -> SittingId {
        start_sitting(&self.world.services, &self.learner, self.paper, "").await.unwrap()
    }

    /// A second paper of the same setter, with the same sections, and with candidates, a submitted sitting, and one that goes on. Nothing of
    /// it belongs into the lists of the first paper.
    async fn another_paper(&self) -> PaperId {
        let (services, setter) = (&self.world.services, &self.setter);
        let paper = duplicate_paper(services, setter, self.paper, false, None).await.unwrap();
        let settings = PaperSettings { access_code: String::new(), ..settings() };
        save_settings(services, setter, paper, &settings, None).await.unwrap();
        let learner = self.world.learner("other@north.example").await;
        let emails = "someone01@x.example\nsomeone02@x.example\nother@north.example";
        save_candidates(services, setter, paper, &[], emails, None).await.unwrap();
        publish_paper(services, setter, paper, true, None).await.unwrap();
        let sitting = start_sitting(services, &learner, paper, "").await.unwrap();
        submit_sitting(services, &learner, sitting, &[]).await.unwrap();
        start_sitting(services, &learner, paper, "").await.unwrap();
        paper
    }

    /// With a page of the room open.
    async fn in_room(&self) -> SittingId {
        let sitting = self.start().await;
        begin_epoch(&self.world.services, &self.learner, sitting).await.unwrap();
        sitting
    }

    /// The room as a running page has it: with an epoch.
    async fn room(&self, sitting: SittingId) -> Room {
        let EpochBegun { epoch, state } =
            begin_epoch(&self.world.services, &self.learner, sitting).await.unwrap();
        let room = open_room(&self.world.services, &self.learner, sitting).await.unwrap();
        Room { epoch, state, ..room }
    }

    async fn save(&self, sitting: SittingId, saves: &[Save]) -> domain::assessment::delivery::Saved {
        save_answers(&self.world.services, &self.learner, sitting, saves).await.unwrap()
    }

    /// The stored answers: item, sequence, response.
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

    /// Moves the sitting into the past, in place of waiting.
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
    async fn answers(&self, right: usize, epoch: i64) -> Vec<Save> {
        let questions = self.questions().await;
        let answers = questions.iter().enumerate().map(|(n, (item, question))| Save {
            item: *item,
            sequence: epoch * EPOCH_SPAN + 1,
            response: Some(if n < right { right_response(question) } else { number("1 mg") }),
            flagged: false,
            only_flag: false,
            flag_sequence: None,
        });
        answers.collect()
    }

    /// Right answers to a sitting's questions, whichever attempt it is.
    async fn right_answers(&self, sitting: SittingId) -> Vec<Save> {
        self.right_answers_in(&self.room(sitting).await).await
    }

    async fn right_answers_in(&self, room: &Room) -> Vec<Save> {
        let mut saves = Vec::new();
        for (n, question) in room.questions.iter().enumerate() {
            let stored: Json<Question> = sqlx::query_scalar("select question from paper_items where id = $1")
                .bind(question.item.0)
                .fetch_one(&self.world.services.db)
                .await
                .unwrap();
            saves.push(Save {
                item: question.item,
                sequence: EPOCH_SPAN + 1 + n as i64,
                response: Some(right_response(&stored.0)),
                flagged: false,
                only_flag: false,
                flag_sequence: None,
            });
        }
        saves
    }

    /// Returns when a statement of this test's database waits for a lock that another one holds.
    async fn somebody_waits(&self) {
        self.so_many_wait(1).await;
    }

    async fn so_many_wait(&self, many: i64) {
        for _ in 0..4_000 {
            let waiting: i64 = sqlx::query_scalar(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
            )
            .fetch_one(&self.world.services.db)
            .await
            .unwrap();
            if waiting >= many {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("nobody waits");
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
    Save {
        item,
        sequence,
        response: Some(number(typed)),
        flagged: false,
        only_flag: false,
        flag_sequence: None,
    }
}

/// The first page of the people to whom the organisation gives extra time.
async fn first_adjusted(
    services: &Services,
    who: &Actor,
    organisation: OrganisationId,
) -> Page<AdjustedPerson> {
    adjusted_people(services, who, organisation, &AdjustmentsQuery::default()).await.unwrap().people
}

/// The first page of the organisation's own templates.
async fn first_templates(
    services: &Services,
    who: &Actor,
    organisation: OrganisationId,
) -> crate::Result<OwnTemplates> {
    own_templates(services, who, organisation, &TemplatesQuery::default()).await
}

/// The first page of their papers.
async fn first_papers(services: &Services, who: &Actor) -> crate::Result<MyPapers> {
    papers_page(services, who, &PapersQuery::default(), None).await
}

/// The first page of the candidates of a paper that is sat.
async fn everybody_now(services: &Services, who: &Actor, paper: PaperId) -> crate::Result<Invigilation> {
    invigilation(services, who, paper, &InvigilationQuery::default()).await
}

fn not_found<T: std::fmt::Debug>(result: crate::Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_permitted_people_see_a_paper_and_a_sitting(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    let stranger = exam.world.learner("stranger@north.example").await;
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    for other in [&stranger, &colleague] {
        assert!(not_found(paper_page(services, other, exam.paper).await));
        assert!(not_found(everybody_now(services, other, exam.paper).await));
        assert!(not_found(results_page(services, other, exam.paper, &ResultsQuery::default()).await));
        assert!(not_found(sitting_overview(services, other, sitting).await));
        assert!(not_found(submit_for(services, other, exam.paper, sitting).await));
        assert!(not_found(add_time(services, other, exam.paper, Some(sitting), 5, None).await));
        assert!(not_found(open_room(services, other, sitting).await));
        assert!(not_found(begin_epoch(services, other, sitting).await));
        assert!(not_found(room_state(services, other, sitting).await));
        assert!(not_found(room_news(services, other, sitting).await));
        assert!(not_found(save_answers(services, other, sitting, &[]).await));
        assert!(not_found(receipt(services, other, sitting).await));
        assert!(not_found(start_page(services, other, exam.paper, "WRONG").await));
    }
    // The setter runs the exam and does not sit in the candidate's room.
    assert!(paper_page(services, &exam.setter, exam.paper).await.is_ok());
    assert!(not_found(open_room(services, &exam.setter, sitting).await));
    assert!(not_found(paper_page(services, &exam.learner, exam.paper).await));
    // With the code any signed-in person may sit it.
    assert!(start_page(services, &stranger, exam.paper, " code2026 ").await.is_ok());
    // An administrator of the organisation sees it; so does support, and that is recorded.
    exam.world.grant(&colleague, Role::OrganisationAdministrator(exam.organisation)).await;
    assert!(paper_page(services, &colleague, exam.paper).await.is_ok());
    exam.world.grant(&stranger, Role::Support).await;
    // The setter's name is data about a person: a list asks for no reason, so it does not show it.
    let set_by = async |who: &Actor| {
        let listed = first_papers(services, who).await.unwrap().papers.rows;
        listed.into_iter().find(|card| card.id == exam.paper).map(|card| card.set_by)
    };
    assert_eq!(set_by(&stranger).await.as_deref(), Some(""));
    assert!(set_by(&colleague).await.is_some_and(|name| !name.is_empty()));
    let look = async || paper_page(services, &stranger, exam.paper).await;
    assert!(matches!(look().await, Err(Error::ReasonNeeded(_))));
    let why = async |reason| give_reason(services, &stranger, LookedAt::Paper(exam.paper), reason).await;
    assert!(matches!(why(" ").await, Err(Error::Invalid(_))));
    why("The setter asked").await.unwrap();
    assert!(look().await.is_ok());
    assert!(not_found(give_reason(services, &colleague, LookedAt::Paper(exam.paper), "Curious").await));
    let seen: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'assessment.seen_by_support' and actor_id = $1",
    )
    .bind(stranger.person().0)
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(seen, 1);
    // P6: the candidate reads of it in their account, and nobody else.
    let looks = async |who: &Actor| account_page(services, who).await.unwrap().looks.len();
    assert_eq!((looks(&exam.learner).await, looks(&colleague).await), (1, 0));
    // A former setter no longer sees their papers.
    let held = NewGrant {
        person: exam.setter.person(),
        role: Role::PaperSetter(exam.organisation),
        by: None,
        reason: "Left the university",
    };
    assert!(take_back(services, &mut services.db.acquire().await.unwrap(), held).await.unwrap());
    assert!(not_found(paper_page(services, &exam.setter, exam.paper).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_candidate_who_has_not_sat_reads_that_support_looked_at_the_paper(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let named = exam.world.learner("named@north.example").await;
    let emails = "learner@north.example\nnamed@north.example";
    save_candidates(services, &exam.setter, exam.paper, &[], emails, None).await.unwrap();
    let support = exam.world.learner("support@coop.example").await;
    exam.world.grant(&support, Role::Support).await;
    let about = LookedAt::Paper(exam.paper);
    give_reason(services, &support, about, "Named cannot start").await.unwrap();
    // It stays with a person who is no candidate any more. The reason may tell of one of them.
    let gone = ["named@north.example".to_owned()];
    remove_candidates(services, &exam.setter, exam.paper, &gone, true, None).await.unwrap();
    for candidate in [&named, &exam.learner] {
        let looks = account_page(services, candidate).await.unwrap().looks;
        let looks: Vec<_> = looks.into_iter().map(|look| (look.what, look.reason)).collect();
        assert_eq!(looks, [("Looked at a paper and its candidates, you among them".to_owned(), None)]);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn each_kind_of_look_is_kept_and_told_in_words_of_its_own(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, person) = (&exam.world.services, exam.learner.person());
    let mut connection = services.db.acquire().await.unwrap();
    ensure_member(services, &mut connection, exam.organisation, person).await.unwrap();
    drop(connection);
    let adjustment = Adjustment { extra_percent: 25, extra_minutes: 5, break_minutes: 10 };
    set_adjustment(services, &exam.setter, exam.organisation, "learner@north.example", adjustment)
        .await
        .unwrap();
    let support = exam.world.learner("support@coop.example").await;
    exam.world.grant(&support, Role::Support).await;
    for about in LookedAt::all(exam.paper, exam.organisation, person) {
        exam.world.clock.advance(chrono::Duration::seconds(1));
        give_reason(services, &support, about, "Asked by telephone").await.unwrap();
    }
    let looks = account_page(services, &exam.learner).await.unwrap().looks;
    let read: Vec<_> = looks.iter().map(|look| (look.what.as_str(), look.reason.as_deref())).collect();
    // The audit shows nobody.
    assert_eq!(
        read,
        [
            ("Looked at your account", Some("Asked by telephone")),
            ("Looked at the people of an organisation, you among them", None),
            ("Looked at the people to whom an organisation gives extra time, you among them", None),
            ("Looked at a paper and its candidates, you among them", None),
        ]
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_joins_while_a_look_of_any_kind_is_open_reads_of_it_when_it_is_over(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, paper, organisation) = (&exam.world.services, exam.paper, exam.organisation);
    let support = exam.world.learner("support@coop.example").await;
    exam.world.grant(&support, Role::Support).await;
    let late = exam.world.learner("late@north.example").await;
    for about in LookedAt::all(paper, organisation, exam.learner.person()) {
        exam.world.clock.advance(chrono::Duration::seconds(1));
        give_reason(services, &support, about, "Asked by telephone").await.unwrap();
    }
    let emails = "learner@north.example\nlate@north.example";
    save_candidates(services, &exam.setter, paper, &[], emails, None).await.unwrap();
    let adjustment = Adjustment { extra_percent: 25, extra_minutes: 5, break_minutes: 10 };
    set_adjustment(services, &exam.setter, organisation, "late@north.example", adjustment).await.unwrap();
    let mut connection = services.db.acquire().await.unwrap();
    ensure_member(services, &mut connection, organisation, late.person()).await.unwrap();
    drop(connection);
    let looks = async || {
        let looks = account_page(services, &late).await.unwrap().looks;
        looks.into_iter().map(|look| look.what).collect::<Vec<_>>()
    };
    assert!(looks().await.is_empty());
    sqlx::query("update jobs set run_at = clock_timestamp() - interval '1 second' where kind = 'end_look'")
        .execute(&services.db)
        .await
        .unwrap();
    run_ready(services).await.unwrap();
    assert_eq!(
        looks().await,
        [
            "Looked at the people of an organisation, you among them",
            "Looked at the people to whom an organisation gives extra time, you among them",
            "Looked at a paper and its candidates, you among them",
        ]
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_added_and_taken_off_while_a_look_is_open_reads_of_it(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, paper, organisation) = (&exam.world.services, exam.paper, exam.organisation);
    let support = exam.world.learner("support@coop.example").await;
    exam.world.grant(&support, Role::Support).await;
    let late = exam.world.learner("late@north.example").await;
    for about in [LookedAt::Paper(paper), LookedAt::Adjustments(organisation)] {
        exam.world.clock.advance(chrono::Duration::seconds(1));
        give_reason(services, &support, about, "Asked by telephone").await.unwrap();
    }
    let (setter, address) = (&exam.setter, "late@north.example");
    let emails = format!("learner@north.example\n{address}");
    save_candidates(services, setter, paper, &[], &emails, None).await.unwrap();
    let given = Adjustment { extra_percent: 25, extra_minutes: 5, break_minutes: 10 };
    set_adjustment(services, setter, organisation, address, given).await.unwrap();
    set_adjustment(services, setter, organisation, address, Adjustment::default()).await.unwrap();
    remove_candidates(services, setter, paper, &[address.to_owned()], true, None).await.unwrap();
    // A draft that is removed has had candidates too.
    let draft = create_paper(services, setter, organisation, "Draft", PaperKind::Mock, None).await.unwrap();
    exam.world.clock.advance(chrono::Duration::seconds(1));
    give_reason(services, &support, LookedAt::Paper(draft), "Asked by telephone").await.unwrap();
    save_candidates(services, setter, draft, &[], address, None).await.unwrap();
    remove_draft(services, setter, draft, None).await.unwrap();
    let looks = account_page(services, &late).await.unwrap().looks;
    assert_eq!(
        looks.into_iter().map(|look| look.what).collect::<Vec<_>>(),
        [
            "Looked at a paper and its candidates, you among them",
            "Looked at the people to whom an organisation gives extra time, you among them",
            "Looked at a paper and its candidates, you among them",
        ]
    );
}

/// At the end of the look, the paper has the cohort no more.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whose_cohort_is_ticked_and_ticked_off_while_a_look_is_open_reads_of_it(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, paper) = (&exam.world.services, &exam.setter, exam.paper);
    let support = exam.world.learner("support@coop.example").await;
    exam.world.grant(&support, Role::Support).await;
    let late = exam.world.learner("late@north.example").await;
    let cohort = exam.world.cohort("North", "Autumn").await;
    exam.world.enrol(&late, &cohort).await;
    give_reason(services, &support, LookedAt::Paper(paper), "Asked by telephone").await.unwrap();
    let emails = "learner@north.example";
    save_candidates(services, setter, paper, &[cohort.id], emails, None).await.unwrap();
    let looks = async || account_page(services, &late).await.unwrap().looks.len();
    assert_eq!(looks().await, 0);
    save_candidates(services, setter, paper, &[], emails, None).await.unwrap();
    assert_eq!(looks().await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_audit_says_what_kind_of_correction_it_was(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let sitting = exam.in_room().await;
    submit_sitting(&exam.world.services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let page = items_page(&exam.world.services, &exam.setter, exam.paper).await.unwrap();
    let item = page.items[0].variants[0].item;
    for correction in [Correction::RightAnswer("1234".into()), Correction::Void, Correction::PutBack] {
        exam.correct(item, "A slip", &correction, None).await.unwrap();
    }
    let kinds: Vec<String> = sqlx::query_scalar(
        "select detail->>'kind' from audit_events where action = 'assessment.key_corrected' order by id",
    )
    .fetch_all(&exam.world.services.db)
    .await
    .unwrap();
    assert_eq!(kinds, ["right-answer", "taken-out", "put-back"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_waits_for_an_account(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let late_address = "late@north.example";
    let emails = "learner@north.example\nLate@North.example";
    save_candidates(services, &exam.setter, exam.paper, &[], emails, None).await.unwrap();
    // Naming an address does not reveal its owner: the name comes with the first sitting.
    let named = async || {
        let page =
            candidates_page(services, &exam.setter, exam.paper, &CandidatesQuery::default()).await.unwrap();
        let live = everybody_now(services, &exam.setter, exam.paper).await.unwrap();
        let learner =
            page.learners.rows.into_iter().find(|learner| learner.email.starts_with("late")).unwrap();
        let row = live.candidates.rows.into_iter().find(|row| row.email.starts_with("late")).unwrap();
        (learner.name, row.name, row.adjustment)
    };
    let given = |extra_percent| Adjustment { extra_percent, ..Adjustment::default() };
    assert_eq!(named().await, (None, late_address.to_owned(), given(0)));
    // Extra time waits too, and no other organisation sees it.
    set_adjustment(services, &exam.setter, exam.organisation, late_address, given(25)).await.unwrap();
    assert_eq!(named().await, (None, late_address.to_owned(), given(25)));
    let late = exam.world.learner(late_address).await;
    sqlx::query("update people set full_name = 'Late Comer' where id = $1")
        .bind(late.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    let mut db = services.db.acquire().await.unwrap();
    let south = ensure_organisation(services, &mut db, "South", "university").await.unwrap();
    drop(db);
    let other = sets_papers(&exam.world, "setter@south.example", south).await;
    let draft = create_paper(services, &other, south, "Curious", PaperKind::Mock, None).await.unwrap();
    save_candidates(services, &other, draft, &[], late_address, None).await.unwrap();
    assert_eq!(first_adjusted(services, &other, south).await.in_all, 0);
    for percent in [10, 0] {
        set_adjustment(services, &other, south, late_address, given(percent)).await.unwrap();
        assert_eq!(candidate_home(services, &late).await.unwrap().papers[0].adjustment, given(25));
    }
    assert_eq!(named().await, (None, late_address.to_owned(), given(25)));
    // The waiting time is changed, and not given twice.
    set_adjustment(services, &exam.setter, exam.organisation, late_address, given(50)).await.unwrap();
    let people = first_adjusted(services, &exam.setter, exam.organisation).await;
    assert_eq!((people.in_all, people.rows[0].adjustment), (1, given(50)));
    let home = candidate_home(services, &late).await.unwrap();
    assert_eq!((home.papers[0].standing, home.papers[0].minutes), (PaperAvailability::CanStart, 45));
    assert!(start_sitting(services, &late, exam.paper, "").await.is_ok());
    let (known, called, _) = named().await;
    assert_eq!((known.as_deref(), called.as_str()), (Some("Late Comer"), "Late Comer"));
    let people = first_adjusted(services, &exam.setter, exam.organisation).await;
    assert_eq!(people.rows[0].name, "Late Comer");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn time_that_waited_for_an_account_applies_to_its_first_sitting(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let late_address = "late@north.example";
    save_candidates(services, &exam.setter, exam.paper, &[], late_address, None).await.unwrap();
    let given = Adjustment { extra_percent: 25, extra_minutes: 5, break_minutes: 10 };
    set_adjustment(services, &exam.setter, exam.organisation, late_address, given).await.unwrap();
    let page = paper_page(services, &exam.setter, exam.paper).await.unwrap();
    assert_eq!((page.named, page.longest_minutes), (2, 53), "37.5 minutes, 5 more and 10 of breaks");
    let late = exam.world.learner(late_address).await;
    let sitting = start_sitting(services, &late, exam.paper, "").await.unwrap();
    let time = sitting_overview(services, &exam.setter, sitting).await.unwrap().row.time;
    assert_eq!(time, SittingTime { allowed_seconds: 2250, extra_seconds: 300, break_seconds: 600 });
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_address_looks_the_same_with_an_account_and_without(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, organisation) = (&exam.world.services, &exam.setter, exam.organisation);
    let somebody = exam.world.learner("somebody@else.example").await;
    sqlx::query("update people set full_name = 'Hidden Name' where id = $1")
        .bind(somebody.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    let seen = async |address: &str| {
        let time = Adjustment { extra_percent: 25, ..Adjustment::default() };
        let unnamed = set_adjustment(services, setter, organisation, address, time).await;
        save_candidates(services, setter, exam.paper, &[], address, None).await.unwrap();
        let mut page =
            candidates_page(services, setter, exam.paper, &CandidatesQuery::default()).await.unwrap();
        page.paper.versions = Default::default();
        let nothing = everybody_now(services, setter, exam.paper).await.unwrap();
        set_adjustment(services, setter, organisation, address, time).await.unwrap();
        let mut given = first_adjusted(services, setter, organisation).await;
        let id = std::mem::replace(&mut given.rows[0].id, AdjustmentId(uuid::Uuid::nil()));
        let hidden = AdjustmentsQuery { search: "hidden".into(), ..AdjustmentsQuery::default() };
        let by_name = adjusted_people(services, setter, organisation, &hidden).await.unwrap().people;
        let live = everybody_now(services, setter, exam.paper).await.unwrap();
        let warned = paper_page(services, setter, exam.paper).await.unwrap().longest_minutes;
        take_back_adjustment(services, setter, organisation, id).await.unwrap();
        remove_candidates(services, setter, exam.paper, &[address.to_owned()], true, None).await.unwrap();
        let mut all = serde_json::json!([
            page,
            nothing.candidates,
            nothing.not_started,
            given,
            by_name,
            live.candidates,
            live.not_started,
            warned
        ]);
        // Every form has a token of its own.
        all[0]["paper"]["form"].take();
        format!("{unnamed:?} {all}").replace(address, "ADDRESS")
    };
    let with = seen("somebody@else.example").await;
    assert_eq!(with, seen("nobody@else.example").await);
    assert!(!with.contains("Hidden") && with.contains("PersonUnknown"), "{with}");
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
    let names = async |actor, organisation| first_templates(services, actor, organisation).await.unwrap();
    assert_eq!(names(&exam.setter, exam.organisation).await.templates.rows.len(), 2);
    let theirs = names(&elsewhere, south).await;
    assert_eq!((theirs.templates.in_all, theirs.shared), (0, 2));
    assert!(not_found(first_templates(services, &elsewhere, exam.organisation).await));
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
    // The faults of a bank are named by line, and it is refused.
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
    // The first answer that can be marked counts.
    answer_practice(services, learner, id, &number("9000 mg")).await.unwrap();
    assert_eq!(practice_page(services, learner, id).await.unwrap().result.unwrap().given, ["0.001 mg"]);
    let home = practice_home(services, learner).await.unwrap();
    assert_eq!(home.weakest, Some(Category::AbbreviationsAndSafeWriting), "never tried");
    assert_eq!(home.history[0].recent, [false]);
    assert!(not_found(practice_page(services, &exam.setter, id).await));
    // Options are Markdown; an answer that is read back has its words alone.
    let id = ask_practice(services, learner, Some(Category::AbbreviationsAndSafeWriting)).await.unwrap();
    answer_practice(services, learner, id, &Response::Chosen(vec!["a".into()])).await.unwrap();
    let result = practice_page(services, learner, id).await.unwrap().result.unwrap();
    assert_eq!(result.right_answer, ["10 units"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn practice_counts_rounds_of_ten_over_all_categories_and_answers_by_level(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let learner = &exam.learner;
    let first = ask_practice(services, learner, Some(Category::SiConversion)).await.unwrap();
    answer_practice(services, learner, first, &number("0.001 mg")).await.unwrap();
    // Somebody else's question is in a round of their own.
    let theirs = ask_practice(services, &exam.setter, Some(Category::SiConversion)).await.unwrap();
    let second = ask_practice(services, learner, Some(Category::AbbreviationsAndSafeWriting)).await.unwrap();
    answer_practice(services, learner, second, &Response::Chosen(vec!["a".into()])).await.unwrap();
    let (first, second, theirs) = (
        practice_page(services, learner, first).await.unwrap(),
        practice_page(services, learner, second).await.unwrap(),
        practice_page(services, &exam.setter, theirs).await.unwrap(),
    );
    let right = u32::from(second.result.unwrap().verdict.unwrap().right);
    assert_eq!((first.round.number, second.round.number, theirs.round.number), (1, 2, 1));
    assert_eq!((first.round.right, second.round.right), (0, right));
    let home = practice_home(services, learner).await.unwrap();
    let of = |category| home.history.iter().find(|row| row.category == category).unwrap().levels.clone();
    let counted =
        |category| of(category).iter().map(|of| (of.level, of.answered, of.right)).collect::<Vec<_>>();
    assert_eq!(counted(Category::SiConversion), [(first.difficulty, 1, 0)]);
    assert_eq!(counted(Category::AbbreviationsAndSafeWriting), [(second.difficulty, 1, right)]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn practice_is_limited_for_each_person(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let learner = &exam.learner;
    let category = Some(Category::SiConversion);
    let first = ask_practice(services, learner, category).await.unwrap();
    let more = async |count: i32, ago: &str| {
        sqlx::query(
            "insert into practice_questions (id, learner_id, category, question, asked_at)
            select gen_random_uuid(), learner_id, category, question, now() - $2::text::interval
            from practice_questions, generate_series(1, $3) where id = $1",
        )
        .bind(first.0)
        .bind(ago)
        .bind(count)
        .execute(&services.db)
        .await
        .unwrap();
    };
    let kept = async || -> i64 {
        sqlx::query_scalar("select count(*) from practice_questions").fetch_one(&services.db).await.unwrap()
    };
    // After 2,005 questions the oldest are removed, five of them with the next question.
    more(2004, "2 hours").await;
    ask_practice(services, learner, category).await.unwrap();
    assert_eq!(kept().await, 2000);
    assert!(practice_page(services, learner, first).await.is_ok(), "not the newer ones");
    more(118, "59 minutes").await;
    let refused = ask_practice(services, learner, category).await;
    assert!(matches!(refused, Err(Error::Invalid(fields)) if fields[0].problem == Problem::PracticeEnough));
    // Another person has an hour of their own.
    ask_practice(services, &exam.setter, category).await.unwrap();
    // A stored answer is no longer than can be marked.
    let page = practice_page(services, learner, first).await.unwrap();
    let typed = format!("{}0.001 mg", " ".repeat(5000));
    answer_practice(services, learner, first, &number(&typed)).await.unwrap();
    assert!(page.result.is_none());
    assert_eq!(practice_page(services, learner, first).await.unwrap().response, Some(number("0.001 mg")));
}
