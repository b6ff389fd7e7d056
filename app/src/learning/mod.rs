//! Courses: their task list, modules, pages and knowledge checks, and the wheel that shows how far the learner is.

pub mod api;
pub mod pages;
mod parts;
