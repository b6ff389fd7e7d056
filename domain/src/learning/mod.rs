//! Courses, their modules and pages, the knowledge check at the end of each, a learner's progress through them, and what
//! the learner is asked at the end.

mod check;
mod draw;
mod due;
mod feedback;
mod go_on;
mod kept;
mod moment;
mod news;
mod number;
mod offline;
mod own_reminders;
mod progress;
mod record;
mod slug;
mod study;
mod wire;

pub use check::{Answers, Kind, MarkedCheck, MarkedQuestion, Opt, Question, mark};
pub use draw::{draw, draw_on};
pub use due::{Due, due_in_words};
pub use feedback::{
    CommentRow, CommentSort, Comments, CommentsQuery, CourseEnd, CourseFigures, FEEDBACK, FEWEST_ANSWERS,
    FeedbackQuestion, GivenFeedback, LONGEST_COMMENT, OrganisationFeedback, QuestionFigures, Questionnaire,
    RATINGS, WISHES, Wanted, WishQuestions, Wishes, comment,
};
pub use go_on::{GoOn, ModuleAhead, Step};
pub use kept::{CheckSave, CheckSaved, Kept, KeptAnswer, NotKept, done_in_form, given, take_in};
pub use moment::Completed;
pub use news::ProgressNews;
pub use number::{as_typed, why_not_right};
pub use offline::{LateOpening, MOST_LATE_OPENINGS, MOST_PAGES_KEPT};
pub use own_reminders::{DAYS_BEFORE, OwnReminders, RemindersWanted, WEEKDAYS, WEEKLY_LOOKS_AHEAD};
pub use progress::{
    CheckProgress, CourseProgress, Missing, ModuleProgress, PageProgress, Status, StatusShown,
};
pub use record::{
    Competency, CourseCertificate, CourseVerification, CpdRecord, LONGEST_REFLECTION, RecordedCourse,
    RecordedModule, Reflection, ReflectionPage, Served, in_hours,
};
pub use slug::{Slug, SlugError};
pub use study::{
    CourseNotes, CourseSearch, ExplainedTerm, FoundPage, Glossary, Highlight, Highlights, LONGEST_NOTE,
    LONGEST_SEARCH, LONGEST_UNCLEAR, MOST_HIGHLIGHTS, MOST_PAGES_FOUND, Note, NotedPage, PageNote, PagePart,
    Passage, PrintedModule, PrintedPage, Said, SaidClear,
};
pub use wire::{
    AskedQuestion, CheckPage, CheckRecord, CheckResult, CheckTry, CheckView, CourseCard, CoursePage,
    EarlierTry, ModulePage, MyCourses, OptionView, QuestionView, ReadAgain, ReadingPage, ResultAnswer,
    ResultQuestion, Resume, TriedCheck, at_least, nth_try,
};

crate::id!(CourseId);
crate::id!(ModuleId);
crate::id!(PageId);
crate::id!(
    /// One learner on one course.
    EnrolmentId
);
crate::id!(
    /// One try at a knowledge check, from when its questions are first shown.
    AttemptId
);
