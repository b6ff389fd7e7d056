//! Tasks that live as long as the process.

use std::time::Duration;

use tokio::{sync::watch, task::JoinSet, time::timeout};

const RESTART_AFTER: Duration = Duration::from_secs(1);

/// Returns when the process is told to stop, or when the sender of that signal is gone.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Starts a task again when it panics or returns before the process is told to stop, and waits for all of them when it is.
pub struct Supervisor {
    stopping: watch::Receiver<bool>,
    tasks: JoinSet<()>,
}

impl Supervisor {
    pub fn new(stopping: watch::Receiver<bool>) -> Self {
        Self { stopping, tasks: JoinSet::new() }
    }

    /// The task returns once the receiver says so. `name` is for the log.
    pub fn spawn<Task>(
        &mut self,
        name: &'static str,
        start: impl Fn(watch::Receiver<bool>) -> Task + Send + 'static,
    ) where
        Task: Future<Output = ()> + Send + 'static,
    {
        let mut stopping = self.stopping.clone();
        self.tasks.spawn(async move {
            loop {
                let ended = tokio::spawn(start(stopping.clone())).await;
                if *stopping.borrow() {
                    return;
                }
                let how = if ended.is_ok() { "returned" } else { "panicked" };
                tracing::error!("{name} {how}; starting it again");
                if timeout(RESTART_AFTER, stopped(&mut stopping)).await.is_ok() {
                    return;
                }
            }
        });
    }

    pub async fn finished(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_or_returns_is_started_again_and_waited_for_at_the_stop() {
        let (stop, stopping) = watch::channel(false);
        let mut supervisor = Supervisor::new(stopping);
        let (starts, ends) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (started, ended) = (starts.clone(), ends.clone());
        supervisor.spawn("a task of a test", move |mut stopping| {
            let (start, ended) = (started.fetch_add(1, Ordering::SeqCst), ended.clone());
            async move {
                match start {
                    0 => {}
                    1 => panic!("a panic"),
                    _ => {
                        stopped(&mut stopping).await;
                        // It still has work to finish.
                        tokio::time::sleep(Duration::from_secs(20)).await;
                        ended.fetch_add(1, Ordering::SeqCst);
                    }
                }
            }
        });
        while starts.load(Ordering::SeqCst) < 3 {
            tokio::time::sleep(RESTART_AFTER).await;
        }
        stop.send(true).unwrap();
        supervisor.finished().await;
        assert_eq!((starts.load(Ordering::SeqCst), ends.load(Ordering::SeqCst)), (3, 1));
    }
}
