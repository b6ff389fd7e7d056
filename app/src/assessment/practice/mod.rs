//! Practice: fresh questions one by one.

pub mod api;
pub mod pages;
