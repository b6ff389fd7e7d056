//! Courses: their task list, modules, pages and knowledge checks, and the wheel that shows how far the learner is.

pub mod api;
mod pages;
mod parts;

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Route},
    path,
};

use pages::{check::Check, course::Course, courses::Courses, module::Module, reading::Reading};

#[component(transparent)]
pub fn LearningRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/learn") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("") view=Courses />
            <Route path=path!("/:course") view=Course />
            <Route path=path!("/:course/:module") view=Module />
            <Route path=path!("/:course/:module/check") view=Check />
            <Route path=path!("/:course/:module/:page") view=Reading />
        </ParentRoute>
    }
    .into_inner()
}
