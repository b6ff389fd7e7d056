//! News: what can change while somebody looks at it, and at what pace a tab asks for what has changed.

pub mod pace;
mod topic;

pub use topic::{Topic, UnknownTopic};
