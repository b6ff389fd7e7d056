//! The promises of the queue. Those of schedules are in `schedule.rs`.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgPool;
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use uuid::Uuid;

use super::{
    queue::{NewJob, claim, fail_abandoned, insert},
    *,
};
use crate::{Result, Services, testing::World};

/// Longer than any step here takes on any machine.
const LONG: Duration = Duration::from_secs(60);

/// Does jobs of a test, as each kind's name says.
#[derive(Clone, Default)]
struct TestHandler {
    done: Arc<Mutex<Vec<Uuid>>>,
    begun: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
    /// A `held` job ends at this notification.
    open: Arc<Notify>,
}

const KINDS: [&str; 4] = ["quick", "held", "failing", "panicking"];

impl Handler for TestHandler {
    fn kinds(&self) -> Vec<&'static str> {
        KINDS.to_vec()
    }

    async fn run(&self, attempt: &Attempt) -> Outcome {
        self.begun.fetch_add(1, Ordering::SeqCst);
        match attempt.kind() {
            "quick" => tokio::time::sleep(Duration::from_millis(1)).await,
            "held" => self.open.notified().await,
            "failing" => return Err(crate::Error::failed("a fault").into()),
            _ => panic!("a job that panics"),
        }
        self.done.lock().unwrap().push(attempt.job());
        Ok(())
    }

    async fn failed(&self, _: &mut sqlx::PgConnection, _: &Attempt) -> Result<()> {
        self.failed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

fn new(kind: &'static str) -> NewJob {
    NewJob { kind, payload: json!({}), key: None, max_attempts: 3, run_at: None }
}

fn keyed(key: impl ToString) -> NewJob {
    NewJob { key: Some(key.to_string()), ..new("quick") }
}

async fn queue(services: &Services, jobs: Vec<NewJob>) {
    let mut db = services.begin().await.unwrap();
    insert(&mut db, jobs).await.unwrap();
    db.commit().await.unwrap();
}

async fn count(db: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from jobs").fetch_one(db).await.unwrap()
}

fn kinds() -> Vec<String> {
    KINDS.map(str::to_owned).to_vec()
}

/// Claims for a worker that never returns.
async fn claimed(db: &PgPool) -> Vec<Attempt> {
    claim(db, &kinds(), Uuid::now_v7(), 100).await.unwrap()
}

/// Ends every lease and every backoff.
async fn time_passes(db: &PgPool) {
    sqlx::query("update jobs set run_at = clock_timestamp() - interval '1 second' where failed_at is null")
        .execute(db)
        .await
        .unwrap();
}

async fn until(what: impl Fn() -> bool) {
    let waiting = async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, waiting).await.unwrap();
}

/// Rule 51.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_rolled_back_transaction_leaves_no_job_and_a_duplicate_aborts_no_caller(db: PgPool) {
    let world = World::new(db.clone());
    let job = Job::Scheduled(ScheduledJob::ForgetDoneForms);
    let mut transaction = world.services.begin().await.unwrap();
    enqueue(&mut transaction, job).await.unwrap();
    transaction.rollback().await.unwrap();
    assert_eq!(count(&db).await, 0);

    let mut transaction = world.services.begin().await.unwrap();
    enqueue(&mut transaction, job).await.unwrap();
    enqueue(&mut transaction, job).await.unwrap();
    enqueue_many(&mut transaction, &[job, Job::Scheduled(ScheduledJob::ForgetCodeTries), job]).await.unwrap();
    assert_eq!(count(&db).await, 0, "they are invisible before the commit");
    transaction.commit().await.unwrap();
    assert_eq!(count(&db).await, 2);
}

/// Rule 51: nothing bypasses those two functions.
#[test]
fn only_one_statement_inserts_jobs() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && path.file_name().is_some_and(|name| name != "tests.rs")
                && std::fs::read_to_string(&path).unwrap().contains("insert into jobs")
            {
                found.push(path);
            }
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("kit/jobs/queue.rs"));
}

/// Rule 51: a job sees the changes of the transaction that queued it a second time.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_job_waits_for_the_transaction_that_queues_it_again_and_is_done_again_if_queued_meanwhile(
    db: PgPool,
) {
    let world = World::new(db.clone());
    queue(&world.services, vec![keyed("a")]).await;
    let mut second = world.services.begin().await.unwrap();
    insert(&mut second, vec![keyed("a")]).await.unwrap();
    assert_eq!(claimed(&db).await.len(), 0, "the second has not ended");
    second.commit().await.unwrap();
    assert_eq!(claimed(&db).await.len(), 1);
    queue(&world.services, vec![keyed("a")]).await;
    assert_eq!((count(&db).await, claimed(&db).await.len()), (2, 1), "the first run may miss later changes");
}

/// Rule 52.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_job_whose_worker_was_killed_is_done_again_and_fails_after_its_last_attempt(db: PgPool) {
    let world = World::new(db.clone());
    let handler = TestHandler::default();
    queue(&world.services, vec![new("held")]).await;
    for attempt in 1..=3 {
        let killed = claimed(&db).await;
        assert_eq!(killed[0].number(), attempt, "the run counts");
        assert_eq!(claimed(&db).await.len(), 0, "no other worker has it while the lease lasts");
        let lasts: f64 =
            sqlx::query_scalar("select extract(epoch from run_at - clock_timestamp())::float8 from jobs")
                .fetch_one(&db)
                .await
                .unwrap();
        assert!(lasts > 0.0 && lasts <= LEASE.as_secs_f64(), "it lasts {lasts}");
        // It holds up no other job.
        queue(&world.services, vec![new("quick")]).await;
        let other = claimed(&db).await;
        assert!(other[0].complete_in(&mut db.acquire().await.unwrap()).await.unwrap());
        time_passes(&db).await;
    }
    assert_eq!(claimed(&db).await.len(), 0, "there were three attempts in all");
    assert_eq!(fail_abandoned(&world.services, &handler, &kinds()).await.unwrap(), 1);
    let (error, failed): (String, bool) =
        sqlx::query_as("select last_error, failed_at is not null from jobs").fetch_one(&db).await.unwrap();
    assert_eq!((&*error, failed, handler.failed.load(Ordering::SeqCst)), ("worker_lost", true, 1));
    assert_eq!(fail_abandoned(&world.services, &handler, &kinds()).await.unwrap(), 0);
}

/// Rule 52.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_worker_whose_lease_has_ended_changes_nothing(db: PgPool) {
    let world = World::new(db.clone());
    let handler = TestHandler::default();
    queue(&world.services, vec![new("quick")]).await;
    let late = claimed(&db).await.remove(0);
    time_passes(&db).await;
    let now = claimed(&db).await.remove(0);
    assert_eq!(late.job(), now.job());
    let run_at: DateTime<Utc> = sqlx::query_scalar("select run_at from jobs").fetch_one(&db).await.unwrap();
    assert!(!late.complete_in(&mut db.acquire().await.unwrap()).await.unwrap());
    late.end(&world.services, &handler, Ok(())).await.unwrap();
    late.end(&world.services, &handler, Err(JobError::panicked())).await.unwrap();
    late.renew(&db).await.unwrap();
    let untouched: bool =
        sqlx::query_scalar("select worker is not null and last_error is null and run_at = $1 from jobs")
            .bind(run_at)
            .fetch_one(&db)
            .await
            .unwrap();
    assert!(untouched);
    assert!(now.complete_in(&mut db.acquire().await.unwrap()).await.unwrap());
    assert_eq!(count(&db).await, 0);
}

/// Rule 52: a job that takes longer than a lease stays with its worker.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_worker_renews_the_lease_of_a_job_until_it_is_done(db: PgPool) {
    let world = World::new(db.clone());
    let handler = TestHandler::default();
    let (stop, stopping) = watch::channel(false);
    queue(&world.services, vec![new("held")]).await;
    let working = tokio::spawn(run_worker(world.services.clone(), handler.clone(), stopping));
    until(|| handler.begun.load(Ordering::SeqCst) == 1).await;
    let lease = async || -> f64 {
        sqlx::query_scalar("select extract(epoch from run_at - clock_timestamp())::float8 from jobs")
            .fetch_one(&db)
            .await
            .unwrap()
    };
    let mut before = lease().await;
    let renewed = async {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = lease().await;
            if now > before {
                return now;
            }
            before = now;
        }
    };
    let after = timeout(LONG, renewed).await.unwrap();
    assert!(before > 0.0 && after > LEASE.as_secs_f64() - 1.0, "{after} seconds, after {before}");
    handler.open.notify_one();
    stop.send(true).unwrap();
    timeout(LONG, working).await.unwrap().unwrap();
    assert_eq!((handler.begun.load(Ordering::SeqCst), count(&db).await), (1, 0));
}

/// Rule 53, with `a_task_that_panics_or_returns_is_started_again_and_waited_for_at_the_stop` in `kit/supervisor.rs` and
/// `a_worker_that_is_told_to_stop_finishes_the_mail_that_it_is_sending` in `server/tests/killed.rs`.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn stopping_waits_for_running_jobs_and_claims_no_more(db: PgPool) {
    let world = World::new(db.clone());
    let handler = TestHandler::default();
    let (stop, stopping) = watch::channel(false);
    queue(&world.services, vec![new("held")]).await;
    let working = tokio::spawn(run_worker(world.services.clone(), handler.clone(), stopping));
    until(|| handler.begun.load(Ordering::SeqCst) == 1).await;
    stop.send(true).unwrap();
    // A claim may be under way.
    until(|| stop.is_closed()).await;
    queue(&world.services, vec![new("quick")]).await;
    assert!(!working.is_finished());
    handler.open.notify_one();
    timeout(LONG, working).await.unwrap().unwrap();
    assert_eq!(handler.done.lock().unwrap().len(), 1);
    let attempts: Vec<i32> = sqlx::query_scalar("select attempts from jobs").fetch_all(&db).await.unwrap();
    assert_eq!(attempts, [0], "the other one waits for the next worker");
}

/// Rule 54. By polling alone they would take ten minutes, one a wake-up.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_thousand_ready_jobs_are_done_within_ten_seconds(db: PgPool) {
    let world = World::new(db.clone());
    let handler = TestHandler::default();
    let (stop, stopping) = watch::channel(false);
    queue(&world.services, (0..1000).map(|_| new("quick")).collect()).await;
    let workers =
        [0, 1].map(|_| tokio::spawn(run_worker(world.services.clone(), handler.clone(), stopping.clone())));
    let all = async {
        while handler.done.lock().unwrap().len() < 1000 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), all).await.expect("1,000 jobs within ten seconds");
    stop.send(true).unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    let mut done = handler.done.lock().unwrap().clone();
    done.sort();
    done.dedup();
    assert_eq!(
        (done.len(), handler.begun.load(Ordering::SeqCst), count(&db).await),
        (1000, 1000, 0),
        "each once"
    );
}

/// Rule 54: a worker without work hears of a job when its transaction commits, and not at its next poll.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_commit_wakes_the_worker(db: PgPool) {
    let world = World::new(db.clone());
    let handler = TestHandler::default();
    let (stop, stopping) = watch::channel(false);
    let working = tokio::spawn(run_worker(world.services.clone(), handler.clone(), stopping));
    // More commits, one after the other, than polls in that time.
    let one_after_the_other = async {
        for n in 1..=20 {
            queue(&world.services, vec![new("quick")]).await;
            while handler.done.lock().unwrap().len() < n {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    };
    timeout(POLL_EVERY * 10, one_after_the_other)
        .await
        .expect("twenty commits, each noticed before the next poll");
    stop.send(true).unwrap();
    working.await.unwrap();
}

/// Rule 55.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_payload_is_ids_and_an_error_is_a_code(db: PgPool) {
    let put_raw = async |payload: &str, error: Option<&str>| {
        sqlx::query(
            "insert into jobs (id, kind, payload, max_attempts, last_error) values (gen_random_uuid(), 'x', $1::jsonb, 1, $2)",
        )
        .bind(payload)
        .bind(error)
        .execute(&db)
        .await
    };
    let id = Uuid::now_v7();
    assert!(put_raw(&json!({ "mail": id }).to_string(), Some("mail_deferred")).await.is_ok());
    for payload in [
        json!({ "address": "sam@uni.example" }),
        json!({ "mail": id, "count": 7 }),
        json!({ "mail": { "to": "sam" } }),
        json!({ "mail": format!("{id} sam") }),
        json!(["sam"]),
        json!("sam"),
    ] {
        assert!(put_raw(&payload.to_string(), None).await.is_err(), "{payload}");
    }
    assert!(put_raw("{}", Some("550 sam@uni.example is unknown")).await.is_err());
}

/// Rule 57.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn five_thousand_jobs_are_one_statement(db: PgPool) {
    let world = World::new(db.clone());
    sqlx::raw_sql(
        "create table statements (n bigint);
        create function counted() returns trigger language plpgsql as $$ begin
            insert into statements select count(*) from put;
            return null;
        end $$;
        create trigger counted after insert on jobs referencing new table as put for each statement execute function counted()",
    )
    .execute(&db)
    .await
    .unwrap();
    let mails: Vec<_> = (0..5000).map(|_| Job::SendMail { mail: Uuid::now_v7() }).collect();
    let mut transaction = world.services.begin().await.unwrap();
    enqueue_many(&mut transaction, &mails).await.unwrap();
    transaction.commit().await.unwrap();
    let statements: Vec<i64> = sqlx::query_scalar("select n from statements").fetch_all(&db).await.unwrap();
    assert_eq!(statements, [5000]);
}

/// Rule 57: they may name the keys in any order.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn transactions_that_queue_the_same_keys_do_not_deadlock(db: PgPool) {
    let world = World::new(db.clone());
    let mut queued = tokio::task::JoinSet::new();
    for n in 0..40 {
        let services = world.services.clone();
        queued.spawn(async move {
            let mut keys: Vec<_> = (0..200).map(keyed).collect();
            if n % 2 == 0 {
                keys.reverse();
            }
            let mut db = services.begin().await?;
            insert(&mut db, keys).await?;
            db.commit().await?;
            Ok::<_, crate::Error>(())
        });
    }
    while let Some(queued) = queued.join_next().await {
        queued.unwrap().unwrap();
    }
    assert_eq!(count(&db).await, 200);
}

/// Rules 52 and 57: an error and a panic are tried again; then both are shown, and the other jobs go on.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_failed_job_is_shown_can_be_retried_and_is_removed_after_30_days(db: PgPool) {
    let world = World::new(db.clone());
    let handler = TestHandler::default();
    queue(&world.services, vec![new("failing"), new("panicking"), new("quick")]).await;
    let (stop, stopping) = watch::channel(false);
    let working = tokio::spawn(run_worker(world.services.clone(), handler.clone(), stopping));
    let waiting = async |attempts: i32| {
        let settled = async {
            loop {
                let settled: i64 = sqlx::query_scalar(
                    // The quick job has gone too, or the end of its lease would let it begin once more.
                    "select count(*) from jobs where attempts = $1 and worker is null and last_error is not null
                        and (select count(*) from jobs) = 2",
                )
                .bind(attempts)
                .fetch_one(&db)
                .await
                .unwrap();
                if settled == 2 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(LONG, settled).await.unwrap();
    };
    for attempt in 1..=3 {
        waiting(attempt).await;
        time_passes(&db).await;
        sqlx::query("select pg_notify('jobs', '')").execute(&db).await.unwrap();
    }
    stop.send(true).unwrap();
    working.await.unwrap();
    assert_eq!((handler.begun.load(Ordering::SeqCst), handler.failed.load(Ordering::SeqCst)), (7, 2));
    let mut failed = list(&world.services, 10).await.unwrap();
    failed.sort_by(|one, other| one.kind.cmp(&other.kind));
    let shown: Vec<_> =
        failed.iter().map(|job| (&*job.kind, job.attempts, job.last_error.as_deref())).collect();
    assert_eq!(shown, [("failing", 3, Some("failed")), ("panicking", 3, Some("panicked"))]);
    assert!(failed.iter().all(|job| job.failed_at.is_some()));

    retry(&world.services, failed[0].id).await.unwrap();
    assert_eq!(claimed(&db).await.len(), 1);
    assert!(matches!(retry(&world.services, failed[0].id).await, Err(crate::Error::NotFound)));

    assert_eq!(purge(&world.services).await.unwrap(), 0);
    sqlx::query("update jobs set failed_at = failed_at - make_interval(days => $1, secs => 1) where failed_at is not null")
        .bind(FAILED_KEPT_DAYS)
        .execute(&db)
        .await
        .unwrap();
    assert_eq!(purge(&world.services).await.unwrap(), 1);
}

/// Rule 57: no worker claims it, and the alarm sees it.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_job_of_an_unknown_kind_waits_shows_in_the_stats_and_is_removed_after_30_days(db: PgPool) {
    let world = World::new(db.clone());
    queue(&world.services, vec![new("quick")]).await;
    assert_eq!(run_ready(&world.services).await.unwrap(), 0, "the services do not know jobs of tests");
    let seen = stats(&world.services).await.unwrap();
    assert_eq!((seen.len(), &*seen[0].kind, seen[0].known, seen[0].ready), (1, "quick", false, 1));

    // A job of a known kind waits however long no server runs.
    let mut known = world.services.begin().await.unwrap();
    enqueue(&mut known, Job::SendMail { mail: Uuid::now_v7() }).await.unwrap();
    known.commit().await.unwrap();
    assert_eq!(purge(&world.services).await.unwrap(), 0);
    sqlx::query("update jobs set run_at = run_at - make_interval(days => $1, secs => 1)")
        .bind(FAILED_KEPT_DAYS)
        .execute(&db)
        .await
        .unwrap();
    assert_eq!(purge(&world.services).await.unwrap(), 1);
    let left: Vec<String> = sqlx::query_scalar("select kind from jobs").fetch_all(&db).await.unwrap();
    assert_eq!(left, ["send_mail"]);
}

/// Rule 57: the alarm counts from when it was first due.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_job_that_is_queued_before_its_time_is_late_only_after_it(db: PgPool) {
    let world = World::new(db.clone());
    let mut transaction = world.services.begin().await.unwrap();
    let hour = chrono::Duration::hours(1);
    enqueue_after(&mut transaction, Job::EndLook { look: Uuid::now_v7() }, hour).await.unwrap();
    transaction.commit().await.unwrap();
    let late_after = async |minutes: i32| {
        sqlx::query("update jobs set queued_at = queued_at - make_interval(mins => $1), run_at = run_at - make_interval(mins => $1)")
            .bind(minutes)
            .execute(&db)
            .await
            .unwrap();
        let seen = stats(&world.services).await.unwrap();
        (seen[0].ready, (seen[0].oldest_seconds / 60.0).round())
    };
    assert_eq!(late_after(50).await, (0, 0.0));
    assert_eq!(late_after(20).await, (1, 10.0));
    // A failed attempt does not make it younger.
    let mut attempt = claim(&db, &["end_look".to_owned()], Uuid::now_v7(), 1).await.unwrap();
    attempt.remove(0).end(&world.services, &TestHandler::default(), Err(JobError::panicked())).await.unwrap();
    assert_eq!(late_after(0).await, (0, 10.0));
}

#[test]
fn the_backoff_grows_to_four_hours() {
    let seconds: Vec<_> = [1, 2, 3, 9, 10, 11, 12, i32::MAX].map(|n| backoff(n).as_secs()).to_vec();
    assert_eq!(seconds, [15, 30, 60, 3840, 7680, 14_400, 14_400, 14_400]);
}
