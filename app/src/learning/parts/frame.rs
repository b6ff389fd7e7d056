use domain::learning::CourseProgress;
use leptos::prelude::*;

use super::{moment::completed_now, wheel::Wheel};
use crate::kit::{
    live::{ConnectionState, StillCurrent},
    ui::{Breadcrumbs, Heading, Title},
};

/// The surroundings of every page of a course: breadcrumbs, title, and the wheel at the top right.
#[component]
pub fn CourseFrame(
    title: String,
    /// The path down to the page, from "My courses".
    steps: Vec<(String, String)>,
    /// The current progress.
    progress: RwSignal<CourseProgress>,
    /// How that compares with the server's.
    connection: RwSignal<ConnectionState>,
    /// A word above the title, and after it in the browser's tab: "Page 2 of 4".
    #[prop(optional, into)]
    over: Option<String>,
    children: Children,
) -> impl IntoView {
    let tab = over.as_ref().map_or_else(|| title.clone(), |over| format!("{title}: {over}"));
    view! {
        <Title text=tab />
        <div class="course-head">
            <Breadcrumbs steps />
            <div class="course-title">
                {over.map(|over| view! { <p class="over">{over}</p> })}
                <Heading>{title}</Heading>
            </div>
            <Wheel progress />
        </div>
        <StillCurrent connection />
        <div class="completed-now" role="status">{move || completed_now(&progress.read())}</div>
        {children()}
    }
}
