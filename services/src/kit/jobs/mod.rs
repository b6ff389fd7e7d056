//! Work that is done later: queued in the transaction that causes it, done by workers, at least once, until it
//! succeeds.
//!
//! | what | where |
//! |---|---|
//! | the kinds of jobs, and which function does each | `kinds.rs` |
//! | jobs that are due every hour or every night | `schedule.rs` |
//! | [`enqueue`], [`enqueue_many`], [`enqueue_paced`], and all statements that change a queued job | `queue.rs` |
//! | the worker: [`run_worker`] | `worker.rs` |
//! | the view of support and the alarms | `admin.rs` |
//!
//! `docs/jobs.md` says why the queue is our own, and what happens when a process is killed.

mod admin;
mod error;
mod kinds;
mod queue;
mod schedule;
#[cfg(test)]
mod tests;
mod worker;

use std::time::Duration;

pub use admin::{KindStats, QueuedJob, list, purge, retry, stats};
pub use error::{JobError, Outcome};
pub use kinds::Job;
pub use queue::{Attempt, enqueue, enqueue_after, enqueue_many, enqueue_paced};
pub use schedule::{Schedule, ScheduledJob, enqueue_due, run_scheduler};
pub use worker::{Handler, run_ready, run_worker};

/// How long a worker has a job. It renews the lease every [`RENEW_EVERY`] until the job is done. The job of a killed
/// worker is claimed again after at most `LEASE` and [`POLL_EVERY`].
pub const LEASE: Duration = Duration::from_secs(30);
pub const RENEW_EVERY: Duration = Duration::from_secs(10);
/// A commit wakes the workers. They also poll, for jobs that wait for their next attempt and for lost notifications.
pub const POLL_EVERY: Duration = Duration::from_secs(5);
/// How many jobs a worker does at the same time.
pub const CONCURRENCY: usize = 8;
/// The longest step of a job that reaches outside the database. A server that is told to stop waits longer than this.
pub const LONGEST_STEP: Duration = Duration::from_secs(25);
/// How long a failed job is kept.
pub const FAILED_KEPT_DAYS: i32 = 30;

/// The time from a failed attempt to the next: 15 seconds after the first, then twice as long each time, up to four hours.
pub fn backoff(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(12);
    Duration::from_secs(15).saturating_mul(2_u32.pow(doublings)).min(Duration::from_secs(4 * 3600))
}
