use std::{
    net::SocketAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::support::{Browser, Outcome};

/// The common network of all tabs, and the requests sent through it in each second.
pub struct Line {
    pub server: SocketAddr,
    pub away: watch::Sender<bool>,
    pub over: AtomicBool,
    pub begun: Instant,
    requests: Mutex<Vec<u32>>,
    pub hearing: AtomicUsize,
    pub refused: AtomicUsize,
}

impl Line {
    pub fn to(server: SocketAddr) -> Self {
        Self {
            server,
            away: watch::Sender::new(false),
            over: AtomicBool::new(false),
            begun: Instant::now(),
            requests: Mutex::default(),
            hearing: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
        }
    }

    /// Counts a request, unless the network is down.
    pub fn take(&self) -> Outcome<()> {
        if *self.away.borrow() {
            return Err("no network".into());
        }
        let second = usize::try_from(self.begun.elapsed().as_secs())?;
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() <= second {
            requests.resize(second + 1, 0);
        }
        requests[second] += 1;
        Ok(())
    }

    /// Requests a second between two moments: the mean, and the most.
    pub fn load(&self, from: Duration, to: Duration) -> (f64, u32) {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds =
            |time: Duration| usize::try_from(time.as_secs()).unwrap_or(usize::MAX).min(requests.len());
        let then = &requests[seconds(from)..seconds(to)];
        let mean = f64::from(then.iter().sum::<u32>()) / (to - from).as_secs_f64();
        (mean, then.iter().copied().max().unwrap_or_default())
    }

    pub async fn call(&self, browser: &mut Browser, path: &str, body: &str) -> Outcome<()> {
        self.take()?;
        match browser.call(path, "application/x-www-form-urlencoded", body).await? {
            (200, _) => Ok(()),
            (status, _) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                Err(format!("status {status}").into())
            }
        }
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}
