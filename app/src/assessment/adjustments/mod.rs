//! Extra time and rest breaks.

pub mod api;
pub mod forms;
pub mod pages;
