use sqlx::postgres::PgPoolOptions;

use super::*;
use crate::Error;

async fn pool(like: &PgPool, connections: u32) -> PgPool {
    let options = PgPoolOptions::new().max_connections(connections);
    options.connect_with((*like.connect_options()).clone()).await.unwrap()
}

async fn process(connection: &mut PgConnection) -> i32 {
    sqlx::query_scalar("select pg_backend_pid()").fetch_one(connection).await.unwrap()
}

#[sqlx::test(migrations = false)]
async fn a_connection_is_used_again_without_the_pool(db: PgPool) {
    let own = pool(&db, 2).await;
    let batches = BatchPool::new(own.clone(), 2);
    let mut first = batches.take().await.unwrap();
    let used = process(&mut first).await;
    first.committed().await.unwrap();
    assert_eq!(own.num_idle(), 0);
    let mut again = batches.take().await.unwrap();
    assert_eq!(process(&mut again).await, used);
    again.give_back();
    drop(batches);
    own.close().await;
}

#[sqlx::test(migrations = false)]
async fn a_connection_that_died_while_it_rested_is_replaced(db: PgPool) {
    let own = pool(&db, 2).await;
    let batches = BatchPool::new(own.clone(), 2);
    let mut first = batches.take().await.unwrap();
    let used = process(&mut first).await;
    first.committed().await.unwrap();
    sqlx::query("select pg_terminate_backend($1)").bind(used).execute(&db).await.unwrap();
    batches.kept.lock().unwrap()[0].since -= RESTED;
    let mut next = batches.take().await.unwrap();
    assert_ne!(process(&mut next).await, used);
    drop((next, batches));
    own.close().await;
}

#[sqlx::test(migrations = false)]
async fn work_inside_an_earlier_callers_transaction_is_not_reported_as_committed(db: PgPool) {
    let own = pool(&db, 1).await;
    for most in [0, 1] {
        let batches = BatchPool::new(own.clone(), most);
        sqlx::raw_sql("begin").execute(&own).await.unwrap();
        let mut found = batches.take().await.unwrap();
        process(&mut found).await;
        assert!(matches!(found.committed().await, Err(Error::Unavailable(_))));
        let mut next = batches.take().await.unwrap();
        assert!(!in_transaction(&mut next).await.unwrap());
    }
    own.close().await;
}
