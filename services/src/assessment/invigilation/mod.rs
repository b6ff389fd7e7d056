//! Running a paper: who sits it, one sitting, and what can be done about it.

pub(crate) mod acts;
mod desk;
mod overview;

pub use acts::{add_time, note_incident, release_results, reopen, submit_for};
pub use desk::sitting_desk;
pub use overview::invigilation;
