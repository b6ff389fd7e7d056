//! A page costs at most three queries, the session's among them. Counted as they are sent.

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

/// Counts what sqlx logs: one event for each statement that it has run.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut beat = false;
            event.record(&mut |_: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                beat |= format!("{value:?}").contains("pg_notify");
            });
            // The server's own heartbeat runs beside the requests.
            if !beat {
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
    let counter = Counter::default();
    tracing_subscriber::registry().with(counter.clone()).init();

    let cohort = format!("/cohorts/{cohort}");
    let room = format!("/assessments/sittings/{sitting}");
    for (path, session, most) in [
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
        (&room, Some(&learner), 3),
    ] {
        counter.0.store(0, Ordering::SeqCst);
        let page = site.get(path, session.map(String::as_str)).await;
        assert_eq!(page.status, 200, "{path}");
        let asked = counter.0.load(Ordering::SeqCst);
        assert!(asked <= most, "{path} costs {asked} queries, not {most}");
        assert!(asked >= usize::from(session.is_some()), "{path}: nothing was counted");
    }
}
