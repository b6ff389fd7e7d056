use domain::learning::{CheckRecord, ModulePage, ModuleProgress, ProgressNews, Status};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    kit::{
        ahead,
        api::PageData,
        ui::{Loaded, StatusTag, Tick},
    },
    learning::{
        api::load_module,
        parts::{CourseFrame, WhyNotTicked, keep_progress_and},
    },
};

/// `/learn/{course}/{module}`: its subject, its pages, its check, and what is still missing.
#[component]
pub fn Module() -> impl IntoView {
    let params = use_params_map();
    let address = move || {
        let params = params.read();
        (params.get("course").unwrap_or_default(), params.get("module").unwrap_or_default())
    };
    let load = |(course, module): (String, String)| async move {
        let address = format!("/learn/{course}/{module}");
        ahead::taken(&address, || load_module(course, module.clone())).await.map(|page| (module, page))
    };
    let module = PageData::lean(address, load);
    view! { <Loaded resource=module page=|(slug, page)| view! { <ModuleView slug page /> } /> }
}

#[component]
fn ModuleView(slug: String, page: ModulePage) -> impl IntoView {
    let course = page.progress.course.clone();
    let steps = vec![
        ("/learn".to_owned(), "My courses".to_owned()),
        (format!("/learn/{course}"), page.course_title.clone()),
    ];
    let (progress, check) = (RwSignal::new(page.progress), RwSignal::new(page.check));
    let also = move |news: &ProgressNews| {
        if let Some(now) = &news.check {
            check.set(now.clone());
        }
    };
    let connection = keep_progress_and(progress, slug.clone(), Box::new(also));
    let print = format!("/learn/{course}/{slug}/print");
    view! {
        <CourseFrame title=page.title steps progress connection>
            <div class="prose" inner_html=page.intro_html></div>
            <p class="hint">"About "{domain::count(page.minutes, "minute")}", with the knowledge check."</p>
            <div id="module">{move || {
                let module = progress.read().module(&slug).cloned();
                match module {
                    Some(module) => view! { <ModuleState course=course.clone() module check=check.get() /> }.into_any(),
                    None => ().into_any(),
                }
            }}</div>
            <p><a href=print>"Print this module"</a></p>
            <section class="competencies">
                <h2>"Competencies that this serves"</h2>
                <ul>{page.competencies.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
                <p class="hint">{page.framework}</p>
            </section>
        </CourseFrame>
    }
}

/// Where to go on, pages and check with their ticks, and what is missing.
#[component]
fn ModuleState(course: String, module: ModuleProgress, check: CheckRecord) -> impl IntoView {
    let base = format!("/learn/{course}/{}", module.slug);
    let status = module.status();
    let first = module.pages.first().map(|page| page.slug.clone()).unwrap_or_default();
    let unread = module.pages.iter().find(|page| !page.opened).map(|page| page.slug.clone());
    let (href, label) = match (unread, module.check.passed) {
        (Some(page), _) if module.entered => (format!("{base}/{page}"), "Go on reading"),
        (Some(page), _) => (format!("{base}/{page}"), "Start the module"),
        (None, false) if check.answered > 0 => (format!("{base}/check"), "Go on with the knowledge check"),
        (None, false) => (format!("{base}/check"), "Take the knowledge check"),
        (None, true) => (format!("{base}/{first}"), "Read it again"),
    };
    let pages = module.pages.clone().into_iter().map(|page| {
        view! {
            <li>
                <a href=format!("{base}/{}", page.slug)>{page.title}</a>
                <span class="status">{page.opened.then(|| view! { <Tick />" Opened" })}</span>
            </li>
        }
    });
    let pages = pages.collect_view();
    let tick = module.check.passed.then(|| view! { <Tick />" " });
    // Before the first page everything is missing, and the button above leads to the start.
    let why = module.entered.then(|| view! { <WhyNotTicked course module /> });
    view! {
        <p class="actions">
            <a href=href class=if status == Status::Completed { "button secondary" } else { "button" }>{label}</a>
            <StatusTag status />
        </p>
        <h2>"In this module"</h2>
        <ol class="contents">
            {pages}
            <li>
                <a href=format!("{base}/check")>"Knowledge check"</a>
                // May be long: unlike a word of status it wraps.
                <span class="hint">{tick}{check.told}</span>
            </li>
        </ol>
        {why}
    }
}
