//! Running a paper.

pub mod api;
pub mod pages;
pub mod parts;
