//! The connections of one batcher's statements. All requests wait for these statements, and a pool checks each
//! connection that comes back with a round trip of its own. So these leave their pool for good, and are checked only
//! when they are new and after a rest.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{PgConnection, PgPool, Postgres, pool::PoolConnection};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use crate::{
    Result,
    database::{committed, in_transaction, proven_outside},
};

#[cfg(test)]
mod tests;

/// A connection that has rested this long may be dead: it is asked first.
const RESTED: Duration = Duration::from_secs(5);
/// A connection that does not answer within this time is dead, whatever the network says of it.
const ANSWERS: Duration = Duration::from_secs(1);
/// How long a statement waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// See the module. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct BatchPool {
    pub(crate) pool: PgPool,
    /// One for each connection that may be in use.
    places: Option<Arc<Semaphore>>,
    resting: Arc<Mutex<Vec<Resting>>>,
}

struct Resting {
    connection: PgConnection,
    since: Instant,
    proven: bool,
}

impl BatchPool {
    /// Takes at most so many connections out of this pool.
    #[must_use]
    pub fn new(pool: PgPool, most: u32) -> Self {
        let places = Some(Arc::new(Semaphore::new(most as usize)));
        Self { pool, places, resting: Arc::default() }
    }

    /// # Errors
    /// [`crate::Error::Unavailable`] when no connection comes in time.
    pub(crate) async fn take(&self) -> Result<BatchConnection> {
        let Some(places) = &self.places else {
            return Ok(BatchConnection { connection: Connection::Shared(self.pool.acquire().await?) });
        };
        let place = timeout(PATIENCE, places.clone().acquire_owned()).await;
        let place = place.ok().and_then(std::result::Result::ok).ok_or(sqlx::Error::PoolTimedOut)?;
        let rested = self.resting().pop();
        if let Some(mut rested) = rested {
            if rested.since.elapsed() >= RESTED {
                rested.proven =
                    matches!(timeout(ANSWERS, in_transaction(&mut rested.connection)).await, Ok(Ok(false)));
                if !rested.proven {
                    // What has killed one has most likely killed the others.
                    self.resting().clear();
                    return self.fresh(place).await;
                }
            }
            let Resting { connection, proven, .. } = rested;
            return Ok(self.own(connection, proven, place));
        }
        self.fresh(place).await
    }

    async fn fresh(&self, place: OwnedSemaphorePermit) -> Result<BatchConnection> {
        let connection = self.pool.acquire().await?.detach();
        Ok(self.own(connection, false, place))
    }

    fn own(&self, connection: PgConnection, proven: bool, place: OwnedSemaphorePermit) -> BatchConnection {
        BatchConnection { connection: Connection::Own { connection, proven, pool: self.clone(), place } }
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A pool that others use too: each connection goes back to it, and is checked each time.
impl From<PgPool> for BatchPool {
    fn from(pool: PgPool) -> Self {
        Self { pool, places: None, resting: Arc::default() }
    }
}

/// A connection for one statement. One that is dropped, as after an error, is closed.
pub(crate) struct BatchConnection {
    connection: Connection,
}

enum Connection {
    Own {
        connection: PgConnection,
        /// The database has said that it is outside a transaction. No other code has used it since, and none of ours
        /// begins one.
        proven: bool,
        pool: BatchPool,
        place: OwnedSemaphorePermit,
    },
    Shared(PoolConnection<Postgres>),
}

impl BatchConnection {
    /// Gives the connection back when its statement has ended, and proves that the statement is committed.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] when a new connection was inside a transaction: none of its work is kept, and the next try
    /// gets another connection.
    pub(crate) async fn committed(self) -> Result<()> {
        match self.connection {
            Connection::Own { mut connection, proven, pool, place } => {
                if !proven {
                    proven_outside(&mut connection).await?;
                }
                Self { connection: Connection::Own { connection, proven: true, pool, place } }.give_back();
                Ok(())
            }
            Connection::Shared(connection) => committed(connection).await,
        }
    }

    /// The same without the proof, after a statement that only reads.
    pub(crate) fn give_back(self) {
        if let Connection::Own { connection, proven, pool, place } = self.connection {
            pool.resting().push(Resting { connection, since: Instant::now(), proven });
            // Only now: the next to have the place finds the connection.
            drop(place);
        }
    }
}

impl Deref for BatchConnection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match &self.connection {
            Connection::Own { connection, .. } => connection,
            Connection::Shared(connection) => connection,
        }
    }
}

impl DerefMut for BatchConnection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match &mut self.connection {
            Connection::Own { connection, .. } => connection,
            Connection::Shared(connection) => connection,
        }
    }
}
