//! What the people who follow a cohort see.

pub mod api;
mod pages;
mod parts;

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Route},
    path,
};

use pages::{cohort::Cohort, cohorts::Cohorts};

#[component(transparent)]
pub fn CohortRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/cohorts") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("") view=Cohorts />
            <Route path=path!("/:cohort") view=Cohort />
        </ParentRoute>
    }
    .into_inner()
}
