//! Courses: their task list, modules, pages and knowledge checks, and the wheel that shows how far the learner is.

pub mod api;
pub mod pages;
mod parts;

crate::kit::area::area! {
    /// Courses as they are read are what most people open first, and not lazy; a check is.
    CheckPages in check (show_check, fetch_check) {
        Check => pages::check::Check,
    }
}
