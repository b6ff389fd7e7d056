pub mod bank_draft;
pub mod questions;
