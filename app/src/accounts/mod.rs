//! Signing in and out, forgotten passwords, and a person's own account.

pub mod api;
pub mod pages;
