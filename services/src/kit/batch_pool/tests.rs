use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Notify,
};

use super::*;
use crate::Error;

async fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new().max_connections(2).connect_with(options).await.unwrap()
}

fn like(db: &PgPool) -> PgConnectOptions {
    (*db.connect_options()).clone()
}

async fn process(connection: &mut PgConnection) -> i32 {
    sqlx::query_scalar("select pg_backend_pid()").fetch_one(connection).await.unwrap()
}

#[sqlx::test(migrations = false)]
async fn a_connection_is_used_again_and_proven_once(db: PgPool) {
    let batches = BatchPool::new(pool(like(&db)).await, 2);
    let mut first = batches.take().await.unwrap();
    let used = process(&mut first).await;
    first.committed().await.unwrap();
    let mut again = batches.take().await.unwrap();
    assert_eq!(process(&mut again).await, used);
    assert!(matches!(again.connection, Connection::Own { proven: true, .. }));
    again.give_back();
    // One that was only read with is not taken for proven.
    let fresh = batches.take().await.unwrap();
    let other = batches.take().await.unwrap();
    other.give_back();
    assert!(matches!(batches.take().await.unwrap().connection, Connection::Own { proven: false, .. }));
    drop(fresh);
}

#[sqlx::test(migrations = false)]
async fn who_waits_gets_the_first_connection_that_is_given_back(db: PgPool) {
    let batches = BatchPool::new(pool(like(&db)).await, 1);
    let mut first = batches.take().await.unwrap();
    let used = process(&mut first).await;
    let (second, ()) = tokio::join!(batches.take(), async {
        tokio::task::yield_now().await;
        first.give_back();
    });
    assert_eq!(process(&mut second.unwrap()).await, used);
}

#[sqlx::test(migrations = false)]
async fn a_connection_that_died_while_it_rested_is_replaced(db: PgPool) {
    let batches = BatchPool::new(pool(like(&db)).await, 2);
    let mut first = batches.take().await.unwrap();
    let used = process(&mut first).await;
    first.committed().await.unwrap();
    sqlx::query("select pg_terminate_backend($1)").bind(used).execute(&db).await.unwrap();
    batches.resting()[0].since -= RESTED;
    let mut next = batches.take().await.unwrap();
    assert_ne!(process(&mut next).await, used);
}

/// Passes everything on, until it is told to keep silent towards those who are connected.
async fn between(database: PgConnectOptions, silent: Arc<Notify>) -> PgConnectOptions {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = (database.get_host().to_owned(), database.get_port());
    tokio::spawn(async move {
        loop {
            let (mut here, _) = listener.accept().await.unwrap();
            let mut there = TcpStream::connect(behind.clone()).await.unwrap();
            let silent = silent.clone();
            tokio::spawn(async move {
                tokio::select! {
                    _ = copy_bidirectional(&mut here, &mut there) => {}
                    () = silent.notified() => std::future::pending().await,
                }
            });
        }
    });
    database.host("127.0.0.1").port(port)
}

#[sqlx::test(migrations = false)]
async fn connections_that_no_longer_answer_are_replaced_within_seconds(db: PgPool) {
    let silent = Arc::new(Notify::new());
    let batches = BatchPool::new(pool(between(like(&db), silent.clone()).await).await, 2);
    let (one, other) = (batches.take().await.unwrap(), batches.take().await.unwrap());
    one.committed().await.unwrap();
    other.committed().await.unwrap();
    silent.notify_waiters();
    for resting in batches.resting().iter_mut() {
        resting.since -= RESTED;
    }
    let began = Instant::now();
    for _ in 0..2 {
        let mut next = batches.take().await.unwrap();
        process(&mut next).await;
        next.committed().await.unwrap();
    }
    assert!(began.elapsed() < ANSWERS * 3, "{:?}", began.elapsed());
}

#[sqlx::test(migrations = false)]
async fn work_inside_an_earlier_callers_transaction_is_not_reported_as_committed(db: PgPool) {
    for own in [false, true] {
        let one = PgPoolOptions::new().max_connections(1).connect_with(like(&db)).await.unwrap();
        let batches = if own { BatchPool::new(one.clone(), 1) } else { one.clone().into() };
        sqlx::raw_sql("begin").execute(&one).await.unwrap();
        let mut found = batches.take().await.unwrap();
        process(&mut found).await;
        assert!(matches!(found.committed().await, Err(Error::Unavailable(_))));
        let mut next = batches.take().await.unwrap();
        assert!(!in_transaction(&mut next).await.unwrap());
    }
}
