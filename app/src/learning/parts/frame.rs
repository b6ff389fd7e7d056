use domain::learning::CourseProgress;
use leptos::prelude::*;

use super::wheel::Wheel;
use crate::{
    live::KeepCurrent,
    ui::{Breadcrumbs, Title},
};

/// What every page of a course has around it: where it stands, its title, and the wheel at the top right.
#[component]
pub fn CourseFrame(
    title: String,
    /// The way down to the page, from "My courses".
    steps: Vec<(String, String)>,
    progress: CourseProgress,
    /// A word above the title, and behind it in the browser's tab: "Page 2 of 4".
    #[prop(optional, into)]
    over: Option<String>,
    /// Where the wheel's news is looked for, on a page whose opening is recorded.
    #[prop(optional, into)]
    news_from: Option<String>,
    children: Children,
) -> impl IntoView {
    let tab = over.as_ref().map_or_else(|| title.clone(), |over| format!("{title}: {over}"));
    view! {
        <Title text=tab />
        <div class="course-head">
            <Breadcrumbs steps />
            <div class="course-title">
                {over.map(|over| view! { <p class="over">{over}</p> })}
                <h1>{title}</h1>
            </div>
            <Wheel progress />
        </div>
        {children()}
        <KeepCurrent from=news_from watched=false />
    }
}
