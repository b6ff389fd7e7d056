//! Work that keeps a core busy for a while: trying a bank on its seeds, making the questions of a paper, counting how the questions
//! of a large one did.

use std::{num::NonZero, sync::Arc, thread::available_parallelism, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use crate::{Error, Result};

/// How long work waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs heavy work off the async threads, on half the cores at most: on the others answers are saved meanwhile.
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
    /// Waits for a place. Before a transaction begins, which must not wait for anything but the database.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when so many want one that none is free for long.
    pub async fn place(&self) -> Result<Place> {
        let place = timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| Error::Unavailable(sqlx::Error::PoolTimedOut))?;
        Ok(Place(place.map_err(Error::failed)?))
    }

    /// The same, and works there.
    pub async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        self.place().await?.work(job).await
    }
}

/// A place that heavy work can be done in. Free again when it is done, or not wanted any more.
pub struct Place(OwnedSemaphorePermit);

impl Place {
    pub async fn work<T: Send + 'static>(self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        #[expect(clippy::disallowed_methods, reason = "the one place, besides that of passwords")]
        let working = spawn_blocking(move || {
            // Nobody stops it once it has begun: the place is taken as long as it works, whoever still waits for it.
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
