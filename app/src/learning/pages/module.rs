use domain::learning::{ModulePage, Status};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    learning::{
        api::load_module,
        parts::{CourseFrame, WhyNotTicked, use_progress},
    },
    ui::{Loaded, StatusTag, Tick},
};

/// `/learn/{course}/{module}`: what it is about, its pages, its check, and what is still to be done.
#[component]
pub fn Module() -> impl IntoView {
    let params = use_params_map();
    let address = move || {
        let params = params.read();
        (params.get("course").unwrap_or_default(), params.get("module").unwrap_or_default())
    };
    let module = Resource::new(address, |(course, module)| async move {
        load_module(course, module.clone()).await.map(|page| (module, page))
    });
    view! { <Loaded resource=module page=|(slug, page)| view! { <ModuleView slug page /> } /> }
}

#[component]
fn ModuleView(slug: String, page: ModulePage) -> impl IntoView {
    let course = page.progress.course.clone();
    let steps = vec![
        ("/learn".to_owned(), "My courses".to_owned()),
        (format!("/learn/{course}"), page.course_title.clone()),
    ];
    view! {
        <CourseFrame title=page.title steps progress=page.progress>
            <div class="prose" inner_html=page.intro_html></div>
            <p class="hint">"About "{page.minutes}" minutes, with the knowledge check."</p>
            <ModuleState slug />
            <section class="competencies">
                <h2>"Competencies that this serves"</h2>
                <ul>{page.competencies.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
                <p class="hint">{page.framework}</p>
            </section>
        </CourseFrame>
    }
}

/// The live part: where to go on, pages and check with their ticks, and what is missing.
#[island]
fn ModuleState(slug: String) -> impl IntoView {
    let progress = use_progress();
    move || {
        let course = progress.read().course.clone();
        let module = progress.read().module(&slug).cloned()?;
        let base = format!("/learn/{course}/{slug}");
        let unread = module.pages.iter().find(|page| !page.opened);
        let (href, label) = match (unread, module.check.passed) {
            (Some(page), _) if module.entered => (format!("{base}/{}", page.slug), "Go on reading"),
            (Some(page), _) => (format!("{base}/{}", page.slug), "Start the module"),
            (None, false) => (format!("{base}/check"), "Take the knowledge check"),
            (None, true) => (format!("{base}/{}", module.pages.first()?.slug), "Read it again"),
        };
        let pages = module.pages.clone().into_iter().map(|page| {
            view! {
                <li>
                    <a href=format!("{base}/{}", page.slug)>{page.title}</a>
                    <span class="status">{page.opened.then(|| view! { <Tick />"Opened" })}</span>
                </li>
            }
        });
        let passed = module.check.passed;
        let check = view! {
            <li>
                <a href=format!("{base}/check")>"Knowledge check"</a>
                <span class="status">{passed.then(|| view! { <Tick />"Passed" })}</span>
            </li>
        };
        Some(view! {
            <p class="actions">
                <a href=href class=if module.status() == Status::Completed { "button secondary" } else { "button" }>{label}</a>
                <StatusTag status=module.status() />
            </p>
            <h2>"In this module"</h2>
            <ol class="contents">{pages.collect_view()}{check}</ol>
            <WhyNotTicked course=course module=module.clone() />
        })
    }
}
