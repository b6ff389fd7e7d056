//! Pieces of the pages.
pub mod answer;
pub mod room;
