//! What candidates see before and after a sitting, and the exam room.

pub mod api;
pub mod pages;
pub mod parts;
pub mod room;
