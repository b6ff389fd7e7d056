//! Pieces of the pages.

pub mod candidate_table;
pub mod invigilation;
pub mod run_head;
pub mod sitting;
