//! What every area uses: moments, problems of forms, counts in words, lists, topics of news, median and quartiles.

pub(crate) mod count;
pub mod list;
pub mod live;
pub(crate) mod moment;
pub(crate) mod problem;
pub(crate) mod random;
pub(crate) mod spread;
pub(crate) mod typed;
