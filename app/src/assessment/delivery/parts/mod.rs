//! Pieces of the pages.

pub mod clock;
pub mod open_again;
