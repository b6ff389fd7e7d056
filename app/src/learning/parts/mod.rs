mod check_result;
mod frame;
mod missing;
mod progress;
mod question;
mod wheel;

pub use check_result::ResultView;
pub use frame::CourseFrame;
pub use missing::WhyNotTicked;
pub use progress::use_progress;
pub use question::QuestionField;
pub use wheel::ring;
