use domain::learning::{CoursePage, CourseProgress, ModuleProgress, Resume};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    learning::{
        api::load_course,
        parts::{CourseFrame, WhyNotTicked},
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
    let details = page.summaries.into_iter().zip(page.minutes);
    let onward = onward(&page.progress, page.resume);
    let tasks: Vec<_> = page
        .progress
        .modules
        .iter()
        .zip(details)
        .map(|(module, (summary, minutes))| task(&page.progress.course, module.clone(), summary, minutes))
        .collect();
    view! {
        <CourseFrame title=page.title steps progress=page.progress>
            <div class="prose" inner_html=page.intro_html></div>
            <div id="modules" data-live>
                {onward}
                <h2>"Modules"</h2>
                <ol class="task-list">{tasks}</ol>
            </div>
        </CourseFrame>
    }
}

/// Where to go on: the page that was open last, or the next module.
fn onward(progress: &CourseProgress, resume: Option<Resume>) -> AnyView {
    let course = progress.course.clone();
    let fresh = progress.modules.iter().all(|module| !module.entered);
    let unfinished = |slug: &str| progress.module(slug).is_some_and(|module| !module.completed);
    let next = progress.next().map(|next| (format!("/learn/{course}/{}", next.slug), next.title.clone()));
    match (resume.filter(|resume| unfinished(&resume.module)), next) {
        (Some(resume), _) => view! {
            <div class="onward">
                <p>"You were reading “"{resume.title}"”."</p>
                <a href=format!("/learn/{course}/{}/{}", resume.module, resume.page) class="button">"Resume where you left"</a>
            </div>
        }
        .into_any(),
        (None, Some((href, title))) => view! {
            <div class="onward">
                <p>"Next: "{title}</p>
                <a href=href class="button">{if fresh { "Start the course" } else { "Go on" }}</a>
            </div>
        }
        .into_any(),
        (None, None) => view! {
            <div class="confirmation"><p>"You have completed every module. Well done."</p></div>
        }
        .into_any(),
    }
}

fn task(course: &str, module: ModuleProgress, summary: String, minutes: u16) -> impl IntoView + use<> {
    let status = module.status();
    let opened = module.pages_opened();
    let started =
        module.entered.then(|| format!("{opened} of {} opened. ", domain::count(module.pages.len(), "page")));
    let why = (module.entered && !module.completed)
        .then(|| view! { <WhyNotTicked course=course.to_owned() module=module.clone() /> });
    view! {
        <li>
            <div class="task-text">
                <a href=format!("/learn/{course}/{}", module.slug)>{module.title}</a>
                <p>{summary}</p>
                <p class="hint">{started}"About "{domain::count(minutes, "minute")}"."</p>
                {why}
            </div>
            <StatusTag status />
        </li>
    }
}
