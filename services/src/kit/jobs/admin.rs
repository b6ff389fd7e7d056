//! The alarms' and support's view of the queue: never the subject of a job.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{FAILED_KEPT_DAYS, Job, queue::notify};
use crate::{
    Error, Result, Services,
    kit::portions::{PORTION, in_portions},
};

/// The jobs of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct KindStats {
    pub kind: String,
    /// Due, and no worker has claimed them.
    pub ready: i64,
    /// Failed for good, and not removed yet.
    pub failed: i64,
    /// How long ago the oldest unfinished job was first due, whatever it waits for since. One that is due later is not late.
    pub oldest_seconds: f64,
    /// Whether this version can do them.
    pub known: bool,
}

/// Every kind that has a job.
///
/// # Errors
/// When the database fails.
pub async fn stats(services: &Services) -> Result<Vec<KindStats>> {
    let rows = sqlx::query!(
        r#"select kind, count(*) filter (where failed_at is not null) as "failed!",
            count(*) filter (where failed_at is null and run_at <= clock_timestamp()) as "ready!",
            greatest(coalesce(extract(epoch from clock_timestamp() - min(queued_at) filter (where failed_at is null)), 0), 0)::float8
                as "oldest!"
        from jobs group by kind order by kind"#
    )
    .fetch_all(&services.db)
    .await?;
    let kinds = Job::kinds();
    let stats = rows.into_iter().map(|row| KindStats {
        known: kinds.contains(&&*row.kind),
        kind: row.kind,
        ready: row.ready,
        failed: row.failed,
        oldest_seconds: row.oldest,
    });
    Ok(stats.collect())
}

/// A job as support sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedJob {
    pub id: Uuid,
    pub kind: String,
    pub attempts: i32,
    pub max_attempts: i32,
    pub last_error: Option<String>,
    /// When it may be claimed; for a running job, when its lease ends.
    pub run_at: DateTime<Utc>,
    pub running: bool,
    pub failed_at: Option<DateTime<Utc>>,
}

/// The failed first, the latest of them first, then those that are longest due.
///
/// # Errors
/// When the database fails.
pub async fn list(services: &Services, limit: i64) -> Result<Vec<QueuedJob>> {
    Ok(sqlx::query_as!(
        QueuedJob,
        r#"select id, kind, attempts, max_attempts, last_error, run_at, worker is not null as "running!", failed_at
        from jobs order by failed_at desc nulls last, run_at limit $1"#,
        limit,
    )
    .fetch_all(&services.db)
    .await?)
}

/// Starts a failed job again, with all its attempts.
///
/// # Errors
/// [`Error::NotFound`] when no failed job has this id.
pub async fn retry(services: &Services, job: Uuid) -> Result<()> {
    let mut db = services.begin().await?;
    let retried = sqlx::query!(
        "update jobs set failed_at = null, attempts = 0, run_at = clock_timestamp() where id = $1 and failed_at is not null",
        job,
    )
    .execute(&mut *db)
    .await?;
    if retried.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    notify(&mut db).await?;
    db.commit().await?;
    Ok(())
}

/// Removes jobs that failed [`FAILED_KEPT_DAYS`] ago, and jobs of kinds that have been unknown for as long. Returns how
/// many.
///
/// # Errors
/// When the database fails.
pub async fn purge(services: &Services) -> Result<u64> {
    let known: Vec<_> = Job::kinds().into_iter().map(ToOwned::to_owned).collect();
    in_portions(|| {
        sqlx::query!(
            "delete from jobs where ctid = any(array(
                select ctid from jobs
                where failed_at < clock_timestamp() - make_interval(days => $1)
                    or (kind <> all($3) and run_at < clock_timestamp() - make_interval(days => $1))
                limit $2 for update skip locked))",
            FAILED_KEPT_DAYS,
            PORTION,
            &known,
        )
        .execute(&services.db)
    })
    .await
}
