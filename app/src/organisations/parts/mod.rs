mod counts;
mod head;
mod matching;
mod names;
mod rows;

pub use counts::{Counts, UploadStateTag};
pub use head::{Head, use_slug};
pub use matching::MatchingForm;
pub use names::Names;
pub use rows::Rows;
