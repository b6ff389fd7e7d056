mod check_result;
mod frame;
mod keeper;
mod missing;
mod progress;
mod question;
mod wheel;

pub use check_result::ResultView;
pub use frame::CourseFrame;
pub use keeper::{CheckKeeper, SaveStatus};
pub use missing::WhyNotTicked;
pub use progress::{keep_progress, keep_progress_and};
pub use question::{QuestionField, in_summary};
pub use wheel::ring;
