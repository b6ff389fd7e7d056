//! The pool checks each returned connection: a batch takes one connection, and one check.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sqlx::postgres::PgPoolOptions;

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_batch_takes_one_connection_once(db: PgPool) {
    let exam = Exam::new(db.clone(), |_| {}).await;
    let sitting = exam.in_room().await;
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = taken.clone();
    let counted = PgPoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .before_acquire(move |_, _| {
            counter.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Ok(true) })
        })
        .connect_with((*db.connect_options()).clone())
        .await
        .unwrap();
    // The first connection is new, not reused.
    drop(counted.acquire().await.unwrap());
    let services = &Services { db: counted, ..exam.world.services.clone() };
    let mut before = taken.load(Ordering::Relaxed);
    let mut once = |what: &str| {
        let now = taken.load(Ordering::Relaxed);
        assert_eq!(now - before, 1, "{what}");
        before = now;
    };
    first_papers(services, &exam.setter).await.unwrap();
    once("the list of papers");
    room_news(services, &exam.learner, sitting).await.unwrap();
    once("the state of a sitting");
    begin_epoch(services, &exam.learner, sitting).await.unwrap();
    once("an epoch");
}
