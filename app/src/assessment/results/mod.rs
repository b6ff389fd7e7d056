//! Results: a candidate's own, a paper's, its items, and the public check.

pub mod api;
pub mod forms;
pub mod pages;
pub mod parts;
