//! Support says why it looks.

pub mod api;
pub mod ask_reason;
