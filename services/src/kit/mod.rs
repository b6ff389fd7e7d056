//! The tools that every area uses.

pub(crate) mod audit;
pub mod batch_pool;
pub(crate) mod batcher;
pub(crate) mod clock;
pub mod export;
pub mod files;
pub(crate) mod heavy;
pub(crate) mod ical;
pub mod jobs;
pub(crate) mod list;
pub mod live;
pub mod mail;
pub(crate) mod markdown;
pub(crate) mod moment;
pub(crate) mod number;
pub mod once;
pub(crate) mod pdf;
pub(crate) mod pictures;
pub(crate) mod portions;
pub mod random;
pub(crate) mod rate;
pub(crate) mod reason;
pub mod scanner;
pub mod supervisor;
pub(crate) mod verification;
pub(crate) mod waiting;

pub use list::ROWS_A_PAGE;
