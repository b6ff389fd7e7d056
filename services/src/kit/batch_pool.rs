//! The connections of one batcher's statements. A statement that all requests wait for must not wait for a connection,
//! and a pool checks each connection that comes back with a round trip of its own. So these stay out of their pool
//! between statements, and are checked when they are new and after a rest.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{PgConnection, PgPool, Postgres, pool::PoolConnection};
use tokio::time::Instant;

use crate::{
    Result,
    database::{committed_by, in_transaction},
};

#[cfg(test)]
mod tests;

/// A connection that has rested this long may have been closed by the other side: it is asked first.
const RESTED: Duration = Duration::from_secs(5);

/// See the module. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct BatchPool {
    pub(crate) pool: PgPool,
    kept: Arc<Mutex<Vec<Kept>>>,
    most: usize,
}

struct Kept {
    connection: PoolConnection<Postgres>,
    since: Instant,
}

impl BatchPool {
    /// Keeps at most so many connections of this pool for itself.
    #[must_use]
    pub fn new(pool: PgPool, most: u32) -> Self {
        Self { pool, kept: Arc::default(), most: most as usize }
    }

    pub(crate) async fn take(&self) -> Result<BatchConnection> {
        loop {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(Kept { mut connection, since }) = kept else { break };
            // What has failed, or is somehow inside a transaction, is closed.
            if since.elapsed() < RESTED || matches!(in_transaction(&mut connection).await, Ok(false)) {
                return Ok(BatchConnection { connection, own: true, pool: self.clone() });
            }
            drop(connection.close().await);
        }
        let connection = self.pool.acquire().await?;
        Ok(BatchConnection { connection, own: false, pool: self.clone() })
    }
}

/// A pool that others use too: it keeps no connection, and checks each.
impl From<PgPool> for BatchPool {
    fn from(pool: PgPool) -> Self {
        Self::new(pool, 0)
    }
}

/// A connection for one statement. Dropped, as after an error, it goes back to the pool, which tests it.
pub(crate) struct BatchConnection {
    connection: PoolConnection<Postgres>,
    /// No other code has used it since it was checked, and none of ours begins a transaction.
    own: bool,
    pool: BatchPool,
}

impl BatchConnection {
    /// Gives the connection back when its statement has ended, and proves that the statement is committed.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] when a new connection was inside a transaction: none of its work is kept, and the
    /// next try gets another connection.
    pub(crate) async fn committed(self) -> Result<()> {
        let Self { connection, own, pool } = self;
        let connection = if own { connection } else { committed_by(connection).await? };
        Self { connection, own, pool }.give_back();
        Ok(())
    }

    /// The same without the proof, after a statement that only reads.
    pub(crate) fn give_back(self) {
        let mut kept = self.pool.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < self.pool.most {
            kept.push(Kept { connection: self.connection, since: Instant::now() });
        }
    }
}

impl Deref for BatchConnection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for BatchConnection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
