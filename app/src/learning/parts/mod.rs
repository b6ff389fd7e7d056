mod check_result;
mod frame;
mod missing;
mod question;
mod wheel;

pub use check_result::ResultView;
pub use frame::CourseFrame;
pub use missing::WhyNotTicked;
pub use question::QuestionField;
pub use wheel::ring;
