pub mod bank_draft;
pub mod browse;
pub mod example;
pub mod questions;
pub mod write;
