//! The worker: claims due jobs and does them, several at a time, until it is told to stop.

use std::sync::Arc;

use sqlx::{PgConnection, PgPool, postgres::PgListener};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, interval_at, sleep},
};
use uuid::Uuid;

use super::{
    Attempt, CONCURRENCY, JobError, Outcome, POLL_EVERY, RENEW_EVERY,
    queue::{claim, fail_abandoned},
};
use crate::{Error, Result, Services, database, kit::supervisor::stopped};

/// Does the work of claimed jobs. The [`Services`] do; tests have handlers of their own.
pub trait Handler: Clone + Send + Sync + 'static {
    /// A worker claims these kinds and no others.
    fn kinds(&self) -> Vec<&'static str>;

    fn run(&self, attempt: &Attempt) -> impl Future<Output = Outcome> + Send;

    /// In the transaction that fails the job for good.
    fn failed(&self, db: &mut PgConnection, attempt: &Attempt) -> impl Future<Output = Result<()>> + Send;
}

/// Does jobs until `stopping` says so. It then claims no more and waits for the running ones. A process that is killed
/// meanwhile loses nothing: their leases end, and they are done again.
///
/// It waits while the database is down.
pub async fn run_worker<H: Handler>(services: Services, handler: H, stopping: watch::Receiver<bool>) {
    let woken = Notify::new();
    tokio::select! {
        () = listen_forever(&services.db, &woken) => {}
        () = Worker::new(&services, handler).run(&woken, stopping) => {}
    }
}

/// Does all due jobs, and those that they queue: for tests, and for tools without a server. Returns the number of
/// attempts.
///
/// # Errors
/// When the database fails.
pub async fn run_ready(services: &Services) -> Result<usize> {
    let mut worker = Worker::new(services, services.clone());
    let mut done = 0;
    loop {
        let claimed = worker.claim().await?;
        if claimed == 0 {
            return Ok(done);
        }
        done += claimed;
        while worker.ended().await {}
    }
}

struct Worker<H> {
    id: Uuid,
    services: Services,
    handler: H,
    kinds: Vec<String>,
    running: JoinSet<()>,
}

impl<H: Handler> Worker<H> {
    fn new(services: &Services, handler: H) -> Self {
        let kinds = handler.kinds().into_iter().map(ToOwned::to_owned).collect();
        Self { id: Uuid::now_v7(), services: services.clone(), handler, kinds, running: JoinSet::new() }
    }

    async fn run(mut self, woken: &Notify, mut stopping: watch::Receiver<bool>) {
        let mut polls = interval(POLL_EVERY);
        polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !*stopping.borrow() {
            if let Err(error) = self.claim().await {
                tracing::warn!(%error, "could not claim jobs; trying again");
            }
            tokio::select! {
                // As soon as one has ended there is room for another: a backlog is done as fast as the work allows.
                true = self.ended() => {}
                () = woken.notified() => {}
                _ = polls.tick() => {
                    if let Err(error) = fail_abandoned(&self.services, &self.handler, &self.kinds).await {
                        tracing::warn!(%error, "could not look for jobs whose worker was lost; trying again");
                    }
                }
                () = stopped(&mut stopping) => break,
            }
        }
        // The caller can tell by this that nothing is claimed any more.
        drop(stopping);
        while self.ended().await {}
    }

    /// Claims as many jobs as there is room for, and starts them. Returns how many.
    async fn claim(&mut self) -> Result<usize> {
        let room = CONCURRENCY.saturating_sub(self.running.len());
        if room == 0 {
            return Ok(0);
        }
        let attempts = claim(&self.services.db, &self.kinds, self.id, room).await?;
        let claimed = attempts.len();
        for attempt in attempts {
            self.running.spawn(make(self.services.clone(), self.handler.clone(), attempt));
        }
        Ok(claimed)
    }

    /// Waits until at least one has ended. `false` when none is running.
    async fn ended(&mut self) -> bool {
        let ended = self.running.join_next().await.is_some();
        while self.running.try_join_next().is_some() {}
        ended
    }
}

/// Makes one attempt, and records how it ended. If that cannot be recorded, the job is done again when its lease ends.
async fn make<H: Handler>(services: Services, handler: H, attempt: Attempt) {
    let (attempt, begun) = (Arc::new(attempt), Instant::now());
    let (job, kind) = (attempt.job(), attempt.kind());
    // A task of its own: a job that panics has failed, and the worker goes on.
    let mut doing = tokio::spawn({
        let (handler, attempt) = (handler.clone(), attempt.clone());
        async move { handler.run(&attempt).await }
    });
    let mut renewals = interval_at(begun + RENEW_EVERY, RENEW_EVERY);
    renewals.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let outcome = loop {
        tokio::select! {
            ended = &mut doing => break ended.unwrap_or_else(|_| Err(JobError::panicked())),
            _ = renewals.tick() => {
                if let Err(error) = attempt.renew(&services.db).await {
                    tracing::warn!(%job, kind, %error, "could not renew the lease of a job; trying again");
                }
            }
        }
    };
    tracing::debug!(%job, kind, attempt = attempt.number(), took = ?begun.elapsed(), "an attempt at a job has ended");
    if let Err(error) = attempt.end(&services, &handler, outcome).await {
        tracing::warn!(%job, kind, %error, "could not record how a job ended; it is done again");
    }
}

/// Wakes the worker whenever a transaction that queued a job commits.
async fn listen_forever(db: &PgPool, woken: &Notify) {
    loop {
        if let Err(error) = listen(db, woken).await {
            tracing::warn!(%error, "not listening for new jobs; trying again, and polling meanwhile");
        }
        sleep(POLL_EVERY).await;
    }
}

async fn listen(db: &PgPool, woken: &Notify) -> Result<()> {
    // A pool of its own, of one connection: see `live`.
    let own = database::pool_for_listening(db);
    let mut listener = PgListener::connect_with(&own).await?;
    listener.listen("jobs").await?;
    loop {
        // At the start too, for jobs queued before it listened.
        woken.notify_one();
        if listener.try_recv().await?.is_none() {
            return Err(Error::failed("the listening connection was closed"));
        }
    }
}
