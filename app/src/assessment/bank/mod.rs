//! Banks of an organisation's own questions.

pub mod api;
pub mod pages;
pub mod parts;
