//! The start page, and the list of a learner's courses: where most people arrive.

pub mod api;
mod pages;

crate::kit::area::area! {
    HomePages in home (show_home, fetch_home) {
        Home => pages::home::Home,
        Courses => crate::learning::pages::courses::Courses,
    }
}
