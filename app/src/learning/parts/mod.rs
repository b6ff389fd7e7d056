mod card;
mod check_result;
#[cfg(feature = "ssr")]
mod contents;
mod frame;
mod keeper;
mod missing;
mod moment;
mod progress;
mod question;
mod wheel;

pub use card::CourseOverview;
pub use check_result::ResultView;
#[cfg(feature = "ssr")]
pub use contents::contents;
pub use frame::CourseFrame;
pub use keeper::{CheckKeeper, SaveStatus};
pub use missing::WhyNotTicked;
pub use progress::{keep_progress, keep_progress_and};
pub use question::{QuestionField, in_summary};
pub use wheel::face;
