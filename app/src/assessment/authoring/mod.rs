//! Writing a paper.

pub mod api;
pub mod forms;
pub mod pages;
pub mod parts;
