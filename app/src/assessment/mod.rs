//! Numeracy and literacy: what candidates sit and practise, and what those who set papers see.

pub mod api;
pub mod pages;
mod parts;

pub use parts::ask_reason::AskReason;
