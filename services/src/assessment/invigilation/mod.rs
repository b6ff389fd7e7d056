//! Running a paper: who sits it, one sitting, and what can be done about it.

pub(crate) mod acts;
mod overview;
mod sitting;

pub use acts::{add_time, note_incident, release_results, reopen, submit_for};
pub use overview::invigilation;
pub use sitting::sitting_overview;
