mod counts;
mod head;
mod matching;
mod rows;

pub use counts::{Counts, UploadStateTag};
pub use head::{Head, use_slug};
pub use matching::MatchingForm;
pub use rows::Rows;
