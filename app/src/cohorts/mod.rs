//! What the people who follow a cohort see.

pub mod api;
pub mod pages;
mod parts;
