//! Support gives a reason for looking.

pub mod api;
pub mod ask_reason;
