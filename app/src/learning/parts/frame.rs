use domain::learning::CourseProgress;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;

use super::wheel::Wheel;
use crate::{api::use_live, learning::api::load_progress, ui::Breadcrumbs};

/// The progress of the course that the page is about, as it is now: it turns when anything changes, here or elsewhere.
#[derive(Clone, Copy)]
struct Progress(RwSignal<CourseProgress>);

/// See [`CourseFrame`], which provides it.
pub fn use_progress() -> Signal<CourseProgress> {
    use_context::<Progress>().map_or_else(
        || Signal::stored(CourseProgress { course: String::new(), modules: Vec::new() }),
        |progress| progress.0.into(),
    )
}

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
    children: ChildrenFn,
) -> impl IntoView {
    let course = progress.course.clone();
    let current = RwSignal::new(progress);
    provide_context(Progress(current));
    let version = use_live(None);
    Effect::new(move |_| {
        if version.get() > 0 {
            let course = course.clone();
            spawn_local(async move {
                // Where the answer does not come, the next beat asks again.
                if let Ok(progress) = load_progress(course).await {
                    current.try_set(progress);
                }
            });
        }
    });
    let tab = over.as_ref().map_or_else(|| title.clone(), |over| format!("{title}: {over}"));
    view! {
        <Title text=tab />
        <div class="course-head">
            <Breadcrumbs steps />
            <div class="course-title">
                {over.map(|over| view! { <p class="over">{over}</p> })}
                <h1>{title}</h1>
            </div>
            <Wheel progress=current />
        </div>
        {children()}
    }
}
