//! What every area uses: moments, problems of forms, counts in words, lists, topics of news.

pub(crate) mod count;
pub mod list;
pub mod live;
pub(crate) mod moment;
pub(crate) mod problem;
pub(crate) mod random;
pub(crate) mod typed;
