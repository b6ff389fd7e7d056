//! The server's background tasks. Each may run on several servers at once.

use std::time::Duration;

use services::{
    Services, assessment,
    kit::{
        jobs::{self, Job, KindStats},
        supervisor::{Supervisor, stopped},
    },
};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};

/// How soon after its time an unsubmitted sitting is submitted.
const SWEEP: Duration = Duration::from_secs(5);
const SWEEP_WITHIN: Duration = Duration::from_secs(60);
const WATCH_EVERY: Duration = Duration::from_secs(15);

pub(crate) fn start_sweeper(supervisor: &mut Supervisor, services: &Services) {
    let services = services.clone();
    supervisor.spawn("the sweeper", move |stopping| sweep(services.clone(), stopping));
}

/// Starts the worker for jobs and mail.
pub(crate) fn start_worker(supervisor: &mut Supervisor, services: &Services) {
    let its = services.clone();
    supervisor.spawn("the worker", move |stopping| jobs::run_worker(its.clone(), its.clone(), stopping));
    let its = services.clone();
    supervisor.spawn("the scheduler", move |stopping| jobs::run_scheduler(its.clone(), stopping));
    let its = services.clone();
    supervisor.spawn("the watch on the queue", move |stopping| watch_queue(its.clone(), stopping));
}

/// Submits overdue sittings, even when no browser is left to do it.
async fn sweep(services: Services, mut stopping: watch::Receiver<bool>) {
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopped(&mut stopping) => return,
        }
        let services = services.clone();
        // A task of its own, awaited for a limited time: neither a fault in it nor a silent database ends the sweeping.
        // It is not dropped half-way, only no longer awaited.
        let sweeping = tokio::spawn(async move { assessment::delivery::sweep(&services).await });
        match timeout(SWEEP_WITHIN, sweeping).await {
            Ok(Ok(Ok(0))) => {}
            Ok(Ok(Ok(swept))) => {
                tracing::info!(swept, "submitted sittings whose time was up");
                // There may be more of them.
                if swept == assessment::delivery::SWEPT_AT_ONCE {
                    ticks.reset_immediately();
                }
            }
            Ok(Ok(Err(error))) => tracing::warn!(%error, "could not sweep; trying again"),
            Ok(Err(error)) => tracing::error!(%error, "sweeping panicked; trying again"),
            Err(_) => tracing::error!("sweeping is stuck; trying again"),
        }
    }
}

/// Measures the queue for `/metrics`, and logs an alarm whenever more of it needs attention.
async fn watch_queue(services: Services, mut stopping: watch::Receiver<bool>) {
    let mut looks = interval(WATCH_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut alarmed = 0;
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            () = stopped(&mut stopping) => return,
        }
        let stats = match jobs::stats(&services).await {
            Ok(stats) => stats,
            Err(error) => {
                tracing::warn!(%error, "could not measure the queue; trying again");
                continue;
            }
        };
        measure(&stats);
        let (unknown, failed) = alarming(&stats);
        if unknown + failed > alarmed {
            tracing::error!(
                unknown,
                failed,
                "jobs of a kind that this version does not know, or failed: `server jobs list` shows them"
            );
        }
        alarmed = unknown + failed;
    }
}

/// The label is a kind that this version knows, or `other`.
fn measure(stats: &[KindStats]) {
    for kind in Job::kinds().into_iter().chain(["other"]) {
        let (mut ready, mut failed, mut oldest) = (0, 0, 0.0_f64);
        for jobs in stats.iter().filter(|jobs| kind == if jobs.known { &*jobs.kind } else { "other" }) {
            (ready, failed) = (ready + jobs.ready, failed + jobs.failed);
            oldest = oldest.max(jobs.oldest_seconds);
        }
        metrics::gauge!("jobs_ready", "kind" => kind).set(count(ready));
        metrics::gauge!("jobs_failed", "kind" => kind).set(count(failed));
        metrics::gauge!("jobs_oldest_seconds", "kind" => kind).set(oldest);
    }
}

/// How many jobs this version does not know, and how many have failed.
fn alarming(stats: &[KindStats]) -> (i64, i64) {
    let unknown = stats.iter().filter(|jobs| !jobs.known).map(|jobs| jobs.ready).sum();
    (unknown, stats.iter().map(|jobs| jobs.failed).sum())
}

fn count(jobs: i64) -> f64 {
    f64::from(u32::try_from(jobs).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_failed_jobs_are_an_alarm() {
        let jobs = |kind: &str, known, ready, failed| KindStats {
            kind: kind.to_owned(),
            ready,
            failed,
            oldest_seconds: 0.0,
            known,
        };
        assert_eq!(alarming(&[jobs("send_mail", true, 9, 0)]), (0, 0));
        assert_eq!(alarming(&[jobs("send_mail", true, 9, 2), jobs("send_parcel", false, 3, 1)]), (3, 3));
    }
}
