use domain::learning::{CoursePage, CourseProgress, ModuleProgress, ProgressNews, Resume};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    kit::{
        ahead,
        api::PageData,
        ui::{Loaded, StatusTag},
    },
    learning::{
        api::load_course,
        parts::{CourseFrame, WhyNotTicked, keep_progress_and},
    },
};

/// `/learn/{course}`: the modules as a task list.
#[component]
pub fn Course() -> impl IntoView {
    let params = use_params_map();
    let course = move || params.read().get("course").unwrap_or_default();
    let load = |course: String| async move {
        ahead::taken(&format!("/learn/{course}"), || load_course(course.clone())).await
    };
    let course = PageData::lean(course, load);
    view! { <Loaded resource=course page=|page| view! { <CourseView page /> } /> }
}

#[component]
fn CourseView(page: CoursePage) -> impl IntoView {
    let steps = vec![("/learn".to_owned(), "My courses".to_owned())];
    let base = format!("/learn/{}", page.progress.course);
    let progress = RwSignal::new(page.progress);
    let resume = RwSignal::new(page.resume);
    let answered = page.answered;
    let details = page
        .summaries
        .into_iter()
        .zip(page.minutes)
        .zip(page.due.into_iter().chain(std::iter::repeat(String::new())));
    let details: Vec<_> =
        details.map(|((summary, minutes), due)| Details { summary, minutes, due }).collect();
    let also =
        move |news: &ProgressNews| resume.set(progress.with_untracked(|progress| progress.resume(news)));
    let connection = keep_progress_and(progress, String::new(), Box::new(also));
    view! {
        <CourseFrame title=page.title steps progress connection>
            <div class="prose" inner_html=page.intro_html></div>
            <div>{move || onward(&progress.read(), resume.get(), answered)}</div>
            <p><a href=format!("{base}/search")>"Search in this course"</a></p>
            <p><a href=format!("{base}/notes")>"My notes and bookmarks"</a></p>
            <h2>"Modules"</h2>
            <div id="modules">{move || modules(&progress.read(), &details)}</div>
        </CourseFrame>
    }
}

/// What the list says of a module besides its progress.
#[derive(Clone)]
struct Details {
    summary: String,
    minutes: u16,
    /// Of its target date, or nothing.
    due: String,
}

/// The state of the modules.
fn modules(progress: &CourseProgress, details: &[Details]) -> AnyView {
    let task = |(module, details): (&ModuleProgress, &Details)| {
        task(&progress.course, module.clone(), details.clone())
    };
    let tasks: Vec<_> = progress.modules.iter().zip(details).map(task).collect();
    view! { <ol class="task-list numbered">{tasks}</ol> }.into_any()
}

/// Where to go on: the last page opened, the next module, or what is asked at the end.
fn onward(progress: &CourseProgress, resume: Option<Resume>, answered: bool) -> AnyView {
    let course = progress.course.clone();
    let fresh = progress.modules.iter().all(|module| !module.entered);
    let unfinished = |slug: &str| progress.module(slug).is_some_and(|module| !module.completed);
    let next = progress.next().map(|next| {
        // What is begun comes before what is next in the list.
        let begun = if next.entered { ", which you have begun" } else { "" };
        (format!("/learn/{course}/{}", next.slug), format!("{}{begun}", next.title))
    });
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
        (None, None) => {
            let (text, link, class) = if answered {
                ("Thank you for telling us what you want and what you think of the course.", "Change your answers", "button secondary")
            } else {
                ("Do you want to keep access, and what do you think of the course?", "Tell us", "button")
            };
            view! {
                <div class="confirmation"><p>"Well done: you have completed every module."</p></div>
                <div class="onward">
                    <p>{text}</p>
                    <a href=format!("/learn/{course}/end") class=class>{link}</a>
                </div>
            }
            .into_any()
        }
    }
}

fn task(course: &str, module: ModuleProgress, details: Details) -> impl IntoView + use<> {
    let Details { summary, minutes, due } = details;
    let due = (!module.completed && !due.is_empty()).then(|| format!(" This module {due}."));
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
                <p class="hint">{started}"About "{domain::count(minutes, "minute")}"."{due}</p>
                {why}
            </div>
            <StatusTag status />
        </li>
    }
}
