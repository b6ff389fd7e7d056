//! Practice: fresh questions, one at a time.

pub mod api;
pub mod pages;
