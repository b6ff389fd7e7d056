//! Running a paper: its candidates, one sitting, and the actions on it.

pub(crate) mod acts;
mod overview;
mod sitting;

pub use acts::{add_time, note_incident, release_results, reopen, submit_for};
pub use overview::invigilation;
pub use sitting::sitting_overview;
