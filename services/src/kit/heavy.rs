//! Work that keeps a core busy for a while: trying a bank on its seeds, making a paper's questions, a large paper's
//! item analysis.

use std::{num::NonZero, sync::Arc, thread::available_parallelism, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use crate::{Error, Result};

/// How long work waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs heavy work off the async threads, on at most half the cores: the others go on saving answers.
#[derive(Clone)]
pub struct Heavy {
    places: Arc<Semaphore>,
}

impl Default for Heavy {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Self { places: Arc::new(Semaphore::new((cores / 2).max(1))) }
    }
}

impl Heavy {
    /// Waits for a slot. Call it before a transaction begins, which must wait for nothing but the database.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when so many want a slot that none is free for long.
    pub async fn place(&self) -> Result<Place> {
        let place = timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| Error::Unavailable(sqlx::Error::PoolTimedOut))?;
        Ok(Place(place.map_err(Error::failed)?))
    }

    /// Takes a slot and works there.
    pub async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        self.place().await?.work(job).await
    }

    /// Every free slot.
    #[cfg(test)]
    pub fn all_places(&self) -> Vec<Place> {
        std::iter::from_fn(|| self.places.clone().try_acquire_owned().ok().map(Place)).collect()
    }
}

/// A slot for heavy work. It is free again when the work is done or no longer wanted.
pub struct Place(OwnedSemaphorePermit);

impl Place {
    pub async fn work<T: Send + 'static>(self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        #[expect(clippy::disallowed_methods, reason = "the only place besides password hashing")]
        let working = spawn_blocking(move || {
            // Work that has begun cannot be stopped: it keeps the slot until it ends, even if no caller waits for it.
            let _place = self.0;
            job()
        });
        working.await.map_err(Error::failed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use futures::future::join_all;

    use crate::kit::heavy::Heavy;

    #[tokio::test]
    async fn heavy_work_leaves_cores_to_others() {
        let heavy = Heavy::default();
        let places = heavy.places.available_permits();
        let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let jobs = (0..places * 8).map(|_| {
            let (inside, most) = (inside.clone(), most.clone());
            heavy.work(move || {
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis(5));
                inside.fetch_sub(1, Ordering::SeqCst);
            })
        });
        for done in join_all(jobs).await {
            done.unwrap();
        }
        assert!(most.load(Ordering::SeqCst) <= places, "{most:?} at a time on {places} places");
        assert_eq!(heavy.places.available_permits(), places);
    }
}
