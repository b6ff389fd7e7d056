//! Components that the pages of results are made of.

pub mod being_marked;
pub mod distribution;
pub mod item_correction;
pub mod item_table;
pub mod item_view;
pub mod letter;
pub mod result_questions;
pub mod result_table;
pub mod result_view;
pub mod strip;
