//! The banks: the shared one, and an organisation's own.

pub mod api;
pub mod pages;
pub mod parts;
