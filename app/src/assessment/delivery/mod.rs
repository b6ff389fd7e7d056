//! A candidate's pages before and after a sitting, and the exam room.

pub mod api;
pub mod pages;
pub mod parts;
pub mod room;
