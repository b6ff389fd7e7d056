use domain::learning::ReadingPage;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    kit::{ahead, api::PageData, ui::Loaded},
    learning::{
        api::read_page,
        parts::{CourseFrame, keep_progress},
    },
};

/// `/learn/{course}/{module}/{page}`: to read.
#[component]
pub fn Reading() -> impl IntoView {
    let params = use_params_map();
    let address = move || {
        let params = params.read();
        ["course", "module", "page"].map(|name| params.get(name).unwrap_or_default())
    };
    let load = |[course, module, page]: [String; 3]| async move {
        let address = format!("/learn/{course}/{module}/{page}");
        let read = || read_page(course, module.clone(), page.clone(), false);
        ahead::taken(&address, read).await.map(|view| (module, (page, view)))
    };
    let page = PageData::lean(address, load);
    view! { <Loaded resource=page page=|(module, (slug, page))| view! { <ReadingView module slug page /> } /> }
}

#[component]
fn ReadingView(module: String, slug: String, page: ReadingPage) -> impl IntoView {
    let (kept, clear) = (kept(page.noted, page.bookmarked), said(page.clear));
    let mut progress = page.progress;
    if page.completed {
        progress.completed_here(&module);
    }
    let course = progress.course.clone();
    let here = progress.module(&module).cloned();
    let (module_title, pages) = here.map(|module| (module.title, module.pages)).unwrap_or_default();
    let above = format!("/learn/{course}");
    let base = format!("{above}/{module}");
    let steps = vec![
        ("/learn".to_owned(), "My courses".to_owned()),
        (above.clone(), page.course_title.clone()),
        (base.clone(), module_title),
    ];
    let at = pages.iter().position(|page| page.slug == slug).unwrap_or(0);
    let over = format!("Page {} of {}", at + 1, pages.len());
    let link = |n: usize| pages.get(n).map(|page| (format!("{base}/{}", page.slug), page.title.clone()));
    let previous = at.checked_sub(1).and_then(link);
    let next = link(at + 1).unwrap_or_else(|| (format!("{base}/check"), "Knowledge check".to_owned()));
    let note = format!("{base}/{slug}/note");
    let (progress, connection) = keep_progress(progress);
    #[cfg(feature = "hydrate")]
    if !page.recorded {
        crate::kit::ui::whenever(move || record(course.clone(), module.clone(), slug.clone()));
    }
    view! {
        <CourseFrame title=page.title steps progress connection over>
            <article class="prose" inner_html=page.html></article>
            <Ways previous next />
            // The forms are on a page of their own, because most people who read fill in none of them.
            <ul class="for-myself">
                <li><a href=note.clone()>{kept}</a></li>
                <li><a href=note>{clear}</a></li>
            </ul>
        </CourseFrame>
    }
}

/// What the learner keeps of the page, in the words of the link that leads there.
fn kept(noted: bool, bookmarked: bool) -> &'static str {
    match (noted, bookmarked) {
        (true, true) => "My note and highlights: written, and bookmarked",
        (true, false) => "My note and highlights: written",
        (false, true) => "My note and highlights: bookmarked",
        (false, false) => "My note and highlights",
    }
}

/// The same for what they have said of it.
fn said(clear: Option<bool>) -> &'static str {
    match clear {
        Some(true) => "Was this page clear? You said yes.",
        Some(false) => "Was this page clear? You said not quite.",
        None => "Was this page clear?",
    }
}

/// The page was fetched ahead, and is shown now. Its opening is not lost if the network is down, or the learner has
/// gone on.
#[cfg(feature = "hydrate")]
fn record(course: String, module: String, page: String) {
    use std::time::Duration;

    use crate::{
        kit::{api::ErrorKind, navigation::pause},
        learning::api::open_page,
    };

    const AT_LEAST_EVERY: Duration = Duration::from_secs(30);

    leptos::task::spawn_local(async move {
        let mut wait = Duration::from_secs(2);
        while let Err(error) = open_page(course.clone(), module.clone(), page.clone()).await {
            if matches!(error.kind, ErrorKind::SignedOut | ErrorKind::NotFound) {
                return;
            }
            pause(wait).await;
            wait = (wait * 2).min(AT_LEAST_EVERY);
        }
        // It says where to go on.
        ahead::forget();
    });
}

type Step = (String, String);

/// Previous and next, each with the name of what is there.
#[component]
fn Ways(previous: Option<Step>, next: Step) -> impl IntoView {
    let (href, title) = next;
    view! {
        <nav class="ways" aria-label="Pages of this module">
            {previous.map(|(href, title)| view! {
                <a href=href class="previous" rel="prev" data-noscroll=""><span>"Previous"</span>{title}</a>
            })}
            <a href=href class="next" rel="next" data-noscroll=""><span>"Next"</span>{title}</a>
        </nav>
    }
}
