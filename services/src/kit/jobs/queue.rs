//! Every statement that queues, claims and ends jobs.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use super::{Handler, Job, JobError, LEASE, Outcome, backoff};
use crate::{Result, Services};

/// Queues a job in the transaction that causes it: the job exists when, and only when, that commits. This, [`enqueue_after`],
/// [`enqueue_many`] and [`enqueue_paced`] are the only entries to the queue.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(db: &mut Transaction<'_, Postgres>, job: Job) -> Result<()> {
    enqueue_many(db, &[job]).await
}

/// Queues a job as [`enqueue`] does, which is due so much later.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_after(
    db: &mut Transaction<'_, Postgres>,
    job: Job,
    later: chrono::Duration,
) -> Result<()> {
    let due = sqlx::query_scalar!(
        r#"select clock_timestamp() + make_interval(secs => $1) as "due!""#,
        later.as_seconds_f64(),
    )
    .fetch_one(&mut **db)
    .await?;
    let mut new = NewJob::of(&job);
    new.run_at = Some(due);
    insert(db, vec![new]).await
}

/// Queues many jobs in one statement. A job whose key is already waiting is not queued twice, and that is not an error.
/// Call it once with all jobs: it takes their keys in one order, so that two transactions do not wait for each other.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_many(db: &mut Transaction<'_, Postgres>, jobs: &[Job]) -> Result<()> {
    insert(db, jobs.iter().map(NewJob::of).collect()).await
}

/// How many of many jobs are due at once.
const AT_ONCE: usize = 20;
/// How far apart the others are due.
const APART: chrono::Duration = chrono::Duration::milliseconds(50);

/// Queues many jobs as [`enqueue_many`] does, all of one kind, so that they do not keep others from their turn: a few are due at once, the
/// others one after the other, after those that were queued like this before. What is queued later and due at once is claimed before them.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_paced(db: &mut Transaction<'_, Postgres>, jobs: &[Job]) -> Result<()> {
    let mut new: Vec<_> = jobs.iter().map(NewJob::of).collect();
    if let Some(first) = jobs.get(AT_ONCE) {
        let mut due = sqlx::query_scalar!(
            r#"select greatest(clock_timestamp(), max(run_at)) as "due!" from jobs
            where kind = $1 and failed_at is null and attempts = 0"#,
            first.kind(),
        )
        .fetch_one(&mut **db)
        .await?;
        for job in new.iter_mut().skip(AT_ONCE) {
            due += APART;
            job.run_at = Some(due);
        }
    }
    insert(db, new).await
}

pub(super) struct NewJob {
    pub kind: &'static str,
    pub payload: Value,
    pub key: Option<String>,
    pub max_attempts: i32,
    /// When it is due; without it, at once.
    pub run_at: Option<DateTime<Utc>>,
}

impl NewJob {
    fn of(job: &Job) -> Self {
        Self {
            kind: job.kind(),
            payload: job.payload(),
            key: job.key(),
            max_attempts: job.max_attempts(),
            run_at: None,
        }
    }
}

/// If a job waits under the same key, `do update` locks it, which `do nothing` would not: no worker claims it before
/// this transaction ends, so the job sees what this transaction has changed.
pub(super) async fn insert(db: &mut PgConnection, mut new: Vec<NewJob>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    new.sort_by(|one, other| (one.kind, &one.key).cmp(&(other.kind, &other.key)));
    new.dedup_by(|one, other| one.key.is_some() && (one.kind, &one.key) == (other.kind, &other.key));
    let ids: Vec<_> = new.iter().map(|_| Uuid::now_v7()).collect();
    let kinds: Vec<_> = new.iter().map(|job| job.kind.to_owned()).collect();
    let keys: Vec<_> = new.iter().map(|job| job.key.clone()).collect();
    let attempts: Vec<_> = new.iter().map(|job| job.max_attempts).collect();
    let due: Vec<_> = new.iter().map(|job| job.run_at).collect();
    let payloads: Vec<_> = new.into_iter().map(|job| job.payload).collect();
    sqlx::query!(
        "insert into jobs (id, kind, payload, key, max_attempts, queued_at, run_at)
        select n.id, n.kind, n.payload, n.key, n.max_attempts, coalesce(n.due, clock_timestamp()), coalesce(n.due, clock_timestamp())
        from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::text[], $5::int[], $6::timestamptz[])
            as n (id, kind, payload, key, max_attempts, due)
        on conflict (kind, key) do update
            set run_at = least(jobs.run_at, excluded.run_at), queued_at = least(jobs.queued_at, excluded.queued_at)",
        &ids,
        &kinds,
        &payloads,
        &keys as &[Option<String>],
        &attempts,
        &due as &[Option<DateTime<Utc>>],
    )
    .execute(&mut *db)
    .await?;
    notify(db).await
}

/// Wakes the workers when the transaction commits.
pub(super) async fn notify(db: &mut PgConnection) -> Result<()> {
    sqlx::query!("select pg_notify('jobs', '')").execute(db).await?;
    Ok(())
}

/// One attempt of a worker at a job. None of its statements touches a job that another worker now has.
pub struct Attempt {
    job: Uuid,
    kind: String,
    payload: Value,
    number: i32,
    max_attempts: i32,
    worker: Uuid,
}

impl Attempt {
    pub fn job(&self) -> Uuid {
        self.job
    }

    pub fn kind(&self) -> &str {
        &self.kind
    }

    pub fn payload(&self) -> &Value {
        &self.payload
    }

    /// From 1.
    pub fn number(&self) -> i32 {
        self.number
    }

    /// Removes the job in the transaction that does its work, so that both happen or neither. `false` when another
    /// worker now has the job: then the work must not be committed, unless it is right all the same.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn complete_in(&self, db: &mut PgConnection) -> Result<bool> {
        let gone = sqlx::query!(
            "delete from jobs where id = $1 and worker = $2 and attempts = $3",
            self.job,
            self.worker,
            self.number,
        )
        .execute(db)
        .await?;
        Ok(gone.rows_affected() > 0)
    }

    pub(super) async fn renew(&self, db: &PgPool) -> Result<()> {
        sqlx::query!(
            "update jobs set run_at = clock_timestamp() + make_interval(secs => $4)
            where id = $1 and worker = $2 and attempts = $3",
            self.job,
            self.worker,
            self.number,
            LEASE.as_secs_f64(),
        )
        .execute(db)
        .await?;
        Ok(())
    }

    async fn retry_later(&self, db: &PgPool, code: &str) -> Result<()> {
        sqlx::query!(
            "update jobs set worker = null, last_error = $4, run_at = clock_timestamp() + make_interval(secs => $5)
            where id = $1 and worker = $2 and attempts = $3",
            self.job,
            self.worker,
            self.number,
            code,
            backoff(self.number).as_secs_f64(),
        )
        .execute(db)
        .await?;
        Ok(())
    }

    async fn fail<H: Handler>(&self, services: &Services, handler: &H, code: &str) -> Result<()> {
        let mut db = services.begin().await?;
        let failed = sqlx::query!(
            "update jobs set worker = null, last_error = $4, failed_at = clock_timestamp()
            where id = $1 and worker = $2 and attempts = $3",
            self.job,
            self.worker,
            self.number,
            code,
        )
        .execute(&mut *db)
        .await?;
        if failed.rows_affected() > 0 {
            handler.failed(&mut db, self).await?;
        }
        db.commit().await?;
        Ok(())
    }

    /// Records how the attempt ended.
    pub(super) async fn end<H: Handler>(
        &self,
        services: &Services,
        handler: &H,
        outcome: Outcome,
    ) -> Result<()> {
        let Err(JobError { code, detail, permanent }) = outcome else {
            self.complete_in(&mut *services.db.acquire().await?).await?;
            return Ok(());
        };
        let (job, kind, attempt) = (self.job, &*self.kind, self.number);
        if permanent || attempt >= self.max_attempts {
            tracing::error!(%job, kind, attempt, code, detail, "a job failed for good");
            self.fail(services, handler, code).await
        } else {
            tracing::warn!(%job, kind, attempt, code, detail, "an attempt at a job failed; it is tried again");
            self.retry_later(&services.db, code).await
        }
    }
}

/// Claims up to this number of due jobs, the longest due first. Several workers claim different ones. A job whose lease
/// has ended is due again.
pub(super) async fn claim(db: &PgPool, kinds: &[String], worker: Uuid, limit: usize) -> Result<Vec<Attempt>> {
    Ok(sqlx::query_as!(
        Attempt,
        r#"update jobs set attempts = attempts + 1, worker = $1, key = null,
            run_at = clock_timestamp() + make_interval(secs => $2)
        where id = any(array(
            select id from jobs
            where failed_at is null and run_at <= now() and attempts < max_attempts and kind = any($3)
            order by run_at limit $4 for update skip locked))
        returning id as job, kind, payload, attempts as number, max_attempts, worker as "worker!""#,
        worker,
        LEASE.as_secs_f64(),
        kinds,
        i64::try_from(limit).unwrap_or(i64::MAX),
    )
    .fetch_all(db)
    .await?)
}

/// Fails jobs whose worker was lost at the last attempt. Returns how many.
pub(super) async fn fail_abandoned<H: Handler>(
    services: &Services,
    handler: &H,
    kinds: &[String],
) -> Result<usize> {
    let abandoned = sqlx::query_as!(
        Attempt,
        r#"select id as job, kind, payload, attempts as number, max_attempts, worker as "worker!" from jobs
        where failed_at is null and run_at <= now() and attempts >= max_attempts and worker is not null
            and kind = any($1)
        order by run_at limit 100"#,
        kinds,
    )
    .fetch_all(&services.db)
    .await?;
    for attempt in &abandoned {
        let Attempt { job, kind, number, .. } = attempt;
        tracing::error!(%job, kind, attempt = number, code = "worker_lost", "a job failed for good");
        attempt.fail(services, handler, "worker_lost").await?;
    }
    Ok(abandoned.len())
}
