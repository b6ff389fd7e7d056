//! News: the topics that can change while a page shows them, and the pace at which a tab asks for changes.

pub mod pace;
mod topic;

pub use topic::{Topic, UnknownTopic};
