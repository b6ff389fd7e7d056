//! Pieces of the pages.
pub mod answer;
pub mod ask_reason;
pub mod bars;
pub mod candidate_table;
pub mod clock;
pub mod desk;
pub mod invigilation;
pub mod item_correction;
pub mod item_view;
pub mod result_questions;
pub mod result_view;
pub mod room;
pub mod run_head;
pub mod setting;
pub mod sheet;
pub mod sheet_table;
pub mod tasks;
