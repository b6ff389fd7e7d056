//! Use cases, permission and SQL. Native only; knows neither Leptos nor axum.
//!
//! Each area has its use cases, with their queries, in `mod.rs` and the files beside it. A use case takes proof of the
//! actor (an [`accounts::Actor`], or a value that only a check can make, like [`access::CohortTutor`]), does its work
//! in one transaction, and returns wire types of `domain`.

pub mod access;
pub mod accounts;
pub mod assessment;
pub mod cohorts;
pub mod database;
mod error;
pub mod home;
pub mod kit;
pub mod learning;
pub mod organisations;
pub mod support;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod testing;
pub mod zone;

use std::sync::Arc;

pub use error::{Error, Result};
pub use kit::clock::{Clock, FixedClock, SystemClock};
pub use kit::files::Files;
pub use kit::mail::Mailer;
pub use kit::moment::moment;
pub(crate) use kit::number::number;

/// Every migration, in order. Running it takes PostgreSQL's advisory lock, so that several servers may start at once.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// The queues that combine simultaneous calls: see [`kit::batcher`]; the lines of slowed addresses; and the slots for
/// heavy work.
#[derive(Clone, Default)]
pub struct Queues {
    pub(crate) turns: accounts::Turns,
    pub(crate) sessions: accounts::Sessions,
    pub(crate) saves: assessment::delivery::Saves,
    /// Work that keeps a core busy for a while waits here for its turn.
    pub(crate) heavy: kit::heavy::Heavy,
    pub(crate) files: kit::export::OneByOne,
}

/// The tools of the use cases. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    pub db: sqlx::PgPool,
    /// The connections of the queue of saves in `queues`. Nothing else uses them, so an answer saved in time never waits
    /// for candidates who start or submit: see [`database::pool_for_batches`].
    pub batch_pool: kit::batch_pool::BatchPool,
    /// The same for the queue of session look-ups, which comes before every page.
    pub session_batch_pool: kit::batch_pool::BatchPool,
    pub clock: Arc<dyn Clock>,
    pub hasher: accounts::Hasher,
    /// Whether people with a role must have a second factor.
    pub second_factor: accounts::SecondFactor,
    pub mailer: Mailer,
    /// The files that people have brought.
    pub files: Files,
    /// The queues for simultaneous calls.
    pub queues: Queues,
    /// The site's public address, without a slash at the end: links in mail begin with it.
    pub public_url: Arc<str>,
    /// Where people reach support: an e-mail address, a web address, or nothing.
    pub support_contact: Arc<str>,
    /// Where files are scanned before they are kept.
    pub scanner: kit::scanner::Scanner,
}
