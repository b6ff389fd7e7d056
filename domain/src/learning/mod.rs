//! Courses, their modules and pages, the knowledge check at the end of each, and a learner's progress through them.

mod check;
mod progress;
mod slug;
mod wire;

pub use check::{Answers, Kind, MarkedCheck, MarkedQuestion, Opt, Question, mark};
pub use progress::{CheckProgress, CourseProgress, Missing, ModuleProgress, PageProgress, Status};
pub use slug::{Slug, SlugError};
pub use wire::{
    AskedQuestion, CheckPage, CheckResult, CourseCard, CoursePage, ModulePage, MyCourses, OptionView,
    QuestionView, ReadingPage, ResultAnswer, ResultQuestion, Resume,
};

crate::id!(CourseId);
crate::id!(ModuleId);
crate::id!(PageId);
crate::id!(
    /// One learner on one course.
    EnrolmentId
);
crate::id!(
    /// One taking of a knowledge check.
    AttemptId
);
