use domain::learning::{CoursePage, ModuleProgress};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};

use crate::{
    learning::{
        api::load_course,
        parts::{CourseFrame, WhyNotTicked, use_progress},
    },
    ui::{Loaded, StatusTag},
};

/// `/learn/{course}`: the modules as a task list.
#[component]
pub fn Course() -> impl IntoView {
    let params = use_params_map();
    let course = Resource::new(move || params.read().get("course").unwrap_or_default(), load_course);
    view! { <Loaded resource=course page=|page| view! { <CourseView page /> } /> }
}

#[component]
fn CourseView(page: CoursePage) -> impl IntoView {
    let steps = vec![("/learn".to_owned(), "My courses".to_owned())];
    let details = StoredValue::new(page.summaries.into_iter().zip(page.minutes).collect::<Vec<_>>());
    let (intro, resume) = (StoredValue::new(page.intro_html), StoredValue::new(page.resume));
    view! {
        <CourseFrame title=page.title steps progress=page.progress>
            <div class="prose" inner_html=intro.get_value()></div>
            <Onward resume />
            <h2>"Modules"</h2>
            <TaskList details />
        </CourseFrame>
    }
}

/// Where to go on: the page that was open last, or the next module.
#[component]
fn Onward(resume: StoredValue<Option<domain::learning::Resume>>) -> impl IntoView {
    let progress = use_progress();
    move || {
        let progress = progress.get();
        let course = progress.course.clone();
        let unfinished = |slug: &str| progress.module(slug).is_some_and(|module| !module.completed);
        let fresh = progress.modules.iter().all(|module| !module.entered);
        let next = progress.next().map(|next| (format!("/learn/{course}/{}", next.slug), next.title.clone()));
        match (resume.get_value().filter(|resume| unfinished(&resume.module)), next) {
            (Some(resume), _) => view! {
                <div class="onward">
                    <p>"You were reading “"{resume.title}"”."</p>
                    <A href=format!("/learn/{course}/{}/{}", resume.module, resume.page) attr:class="button">"Resume where you left"</A>
                </div>
            }.into_any(),
            (None, Some((href, title))) => view! {
                <div class="onward">
                    <p>"Next: "{title}</p>
                    <A href=href attr:class="button">{if fresh { "Start the course" } else { "Go on" }}</A>
                </div>
            }.into_any(),
            (None, None) => view! {
                <div class="confirmation"><p>"You have completed every module. Well done."</p></div>
            }.into_any(),
        }
    }
}

#[component]
fn TaskList(
    /// Summary and minutes of each module.
    details: StoredValue<Vec<(String, u16)>>,
) -> impl IntoView {
    let progress = use_progress();
    view! {
        <ol class="task-list">
            {move || {
                let progress = progress.get();
                let course = progress.course;
                let details = details.get_value().into_iter().chain(std::iter::repeat_with(Default::default));
                progress.modules.into_iter().zip(details).map(|(module, (summary, minutes))| {
                    task(&course, module, summary, minutes)
                }).collect_view()
            }}
        </ol>
    }
}

fn task(course: &str, module: ModuleProgress, summary: String, minutes: u16) -> impl IntoView + use<> {
    let status = module.status();
    let opened = module.pages_opened();
    let started = module.entered.then(|| format!("{opened} of {} pages opened. ", module.pages.len()));
    let why = (module.entered && !module.completed)
        .then(|| view! { <WhyNotTicked course=course.to_owned() module=module.clone() /> });
    view! {
        <li>
            <div class="task-text">
                <A href=format!("/learn/{course}/{}", module.slug)>{module.title}</A>
                <p>{summary}</p>
                <p class="hint">{started}"About "{minutes}" minutes."</p>
                {why}
            </div>
            <StatusTag status />
        </li>
    }
}
