//! A page that learners, tutors and candidates open costs at most three queries, the session's among them; a setter's some more.
//! Counted as they are sent.

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sqlx::PgPool;
use support::Site;
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt},
    util::SubscriberInitExt,
};

/// Counts what sqlx logs: one event for each statement that it has run. What begins a transaction is not among them, and what ends one
/// asks for nothing either.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut passed_over = false;
            event.record(&mut |_: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                let value = format!("{value:?}");
                // The server's own heartbeat runs beside the requests.
                passed_over |= value.contains("pg_notify") || value.trim_matches('"') == "COMMIT";
            });
            if !passed_over {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_page_costs_at_most_three_queries(db: PgPool) {
    let site = Site::with_demo(db).await;
    let (student, tutor) =
        (site.sign_in("student@demo.example").await, site.sign_in("tutor@demo.example").await);
    let cohort: uuid::Uuid = sqlx::query_scalar("select cohort_id from cohort_administrators")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    let learner = site.sign_in("learner@demo.example").await;
    let paper: uuid::Uuid = sqlx::query_scalar("select id from papers where access_code is not null")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    site.call("/api/assessment/start_sitting", &format!("paper={paper}"), Some(&learner)).await;
    let sitting: uuid::Uuid = sqlx::query_scalar("select id from sittings where submitted_at is null")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    site.call("/api/assessment/ask_practice", "category=si-conversion", Some(&learner)).await;
    let (candidate, setter) =
        (site.sign_in("student000@demo.example").await, site.sign_in("setter@demo.example").await);
    let support = site.sign_in("support@demo.example").await;
    let of = async |what: &str| -> String {
        let query = sqlx::AssertSqlSafe(format!("select ({what})::text"));
        sqlx::query_scalar(query).fetch_one(&site.services.db).await.unwrap()
    };
    let sat =
        of("select s.id from sittings s join people p on p.id = s.learner_id where p.email = 'student000@demo.example'").await;
    let code = of("select verification_code from sittings where verification_code is not null limit 1").await;
    let practice = of("select id from practice_questions").await;
    let organisation = of("select organisation_id from papers limit 1").await;
    let seen = of("select paper_id from sittings where submitted_at is not null limit 1").await;
    for about in [format!("paper/{seen}"), format!("adjustments/{organisation}")] {
        site.call("/api/assessment/give_reason", &format!("about={about}&reason=Asked"), Some(&support))
            .await;
    }
    let draft = long_draft(&site).await.unwrap();
    site.call("/api/assessment/give_reason", &format!("about=paper/{draft}&reason=Asked"), Some(&support))
        .await;
    let counter = Counter::default();
    tracing_subscriber::registry().with(counter.clone()).init();

    let cohort = format!("/cohorts/{cohort}");
    let room = format!("/assessments/sittings/{sitting}");
    let (receipt, result) =
        (format!("/assessments/sittings/{sat}/receipt"), format!("/assessments/sittings/{sat}/result"));
    let (start, verify) = (format!("/assessments/start/{paper}"), format!("/verify/{code}"));
    let practice = format!("/assessments/practice/{practice}");
    let of_candidates_and_others = [
        ("/", Some(&student), 1),
        ("/sign-in", None, 0),
        ("/account", Some(&student), 3),
        ("/learn", Some(&student), 2),
        ("/learn/nmp", Some(&student), 2),
        ("/learn/nmp/consultation", Some(&student), 3),
        // The first opening records more than the second, in the same statement.
        ("/learn/nmp/consultation/structure", Some(&student), 3),
        ("/learn/nmp/consultation/structure", Some(&student), 3),
        ("/learn/nmp/consultation/check", Some(&student), 3),
        ("/cohorts", Some(&tutor), 2),
        (&cohort, Some(&tutor), 3),
        ("/assessments", Some(&learner), 3),
        ("/assessments/practice", Some(&learner), 2),
        (&start, Some(&learner), 2),
        (&room, Some(&learner), 3),
        (&practice, Some(&learner), 2),
        (&receipt, Some(&candidate), 3),
        (&result, Some(&candidate), 3),
        (&verify, None, 1),
    ];
    let (seen, desk) =
        (format!("/assessments/papers/{seen}"), format!("/assessments/papers/{seen}/sittings/{sat}"));
    let (results, items, candidates) =
        (format!("{seen}/results"), format!("{seen}/items"), format!("{seen}/candidates"));
    let (preview, change) = (format!("{seen}/preview"), format!("{seen}/change"));
    let (bank, adjustments) = (
        format!("/assessments/questions/{organisation}"),
        format!("/assessments/adjustments/{organisation}"),
    );
    let draft_pages = ["", "/settings", "/questions", "/candidates", "/preview", "/publish"];
    let draft_pages = draft_pages.map(|part| format!("/assessments/papers/{draft}{part}"));
    let of_papers = [
        "/assessments/papers",
        &seen,
        &desk,
        &results,
        &items,
        &candidates,
        &preview,
        &change,
        &bank,
        &adjustments,
    ];
    let of_papers = of_papers.into_iter().chain(draft_pages.iter().map(String::as_str));
    let setters = of_papers.clone().map(|path| (path, Some(&setter), 7));
    // Of support it is asked too whether it gave a reason.
    let supports = of_papers.map(|path| (path, Some(&support), 9));
    let mut wrong = Vec::new();
    for (path, session, most) in of_candidates_and_others.into_iter().chain(setters).chain(supports) {
        counter.0.store(0, Ordering::SeqCst);
        let page = site.get(path, session.map(String::as_str)).await;
        assert_eq!(page.status, 200, "{path}");
        let asked = counter.0.load(Ordering::SeqCst);
        if asked > most || asked < usize::from(session.is_some()) {
            wrong.push(format!("{path} costs {asked} queries, not {most}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // It checks and writes besides; that it has two hundred lines costs nothing.
    counter.0.store(0, Ordering::SeqCst);
    let form =
        format!("paper={draft}&confirmed=true&settings_version=0&questions_version=0&candidates_version=0");
    let published = site.post("/api/assessment/publish_paper", &form, Some(&setter)).await;
    assert_eq!(published.header("location"), format!("/assessments/papers/{draft}"));
    let asked = counter.0.load(Ordering::SeqCst);
    assert!(asked <= 15, "publishing costs {asked} queries");
}

/// A draft of the setter's of two hundred lines, some with a chosen template.
async fn long_draft(site: &Site) -> Result<uuid::Uuid, sqlx::Error> {
    let draft = sqlx::query_scalar(
        "with paper as (
            insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints,
                attempts, opens_at, closes_at, access_code, release, created_at)
            select gen_random_uuid(), r.organisation_id, h.id, 'examination', 'Long', 60, 60, true, false, false, 1,
                now() + interval '1 day', now() + interval '2 days', 'LONG2026', 'at-close', now()
            from people h join paper_setters r on r.person_id = h.id where h.email = 'setter@demo.example' limit 1 returning id
        ), sections as (
            insert into paper_sections (id, paper_id, position, title)
            select gen_random_uuid(), id, n, 'Section ' || n from paper, generate_series(1, 10) n returning id
        ), lines as (
            insert into paper_lines (id, section_id, position, category, difficulty, template_id, questions, marks)
            select gen_random_uuid(), s.id, n, case when n > 1 then 'si-conversion' end, case when n > 15 then 1 end,
                case when n = 1 then (select id from question_templates where category = 'si-conversion' order by name limit 1) end, 1, 1
            from sections s, generate_series(1, 20) n
        )
        select id from paper",
    );
    draft.fetch_one(&site.services.db).await
}
