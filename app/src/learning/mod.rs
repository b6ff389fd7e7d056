//! Courses: their task list, modules, pages and knowledge checks, and the wheel that shows the learner's progress.

pub mod api;
pub mod pages;
mod parts;

pub use parts::{CourseOverview, face};

crate::kit::area::area! {
    /// Most people open the reading pages first, so these are not lazy; the pages with questions are: a check, and the
    /// end of a course.
    CheckPages in check (show_check, fetch_check) {
        Check => pages::check::Check,
        End => pages::end::End,
    }
}

crate::kit::area::area! {
    /// What learners look for in a course, keep of it, and have completed.
    StudyPages in study (show_study, fetch_study) {
        Search => pages::search::Search,
        Glossary => pages::glossary::Glossary,
        Notes => pages::notes::Notes,
        Note => pages::note::NoteOfPage,
        Print => pages::print::Print,
        Record => pages::record::Record,
        Reflect => pages::reflect::Reflect,
        Offline => pages::offline::Offline,
        Reminders => pages::reminders::Reminders,
        StopReminders => pages::stop_reminders::StopOwnReminders,
        RemindersStopped => pages::stop_reminders::OwnRemindersStopped,
    }
}
