use domain::learning::{ModuleProgress, ReadingPage};
use leptos::prelude::*;

use crate::kit::ui::Tick;

/// The pages of the module, with what is opened of them, as HTML that stands at the end of a page's text. The server alone draws it: no
/// part of it changes while the page is shown, and a browser needs no code for it.
pub fn contents(page: &ReadingPage, module: &str, here: &str) -> String {
    let course = &page.progress.course;
    page.progress.module(module).map(|module| list(course, module, here).to_html()).unwrap_or_default()
}

fn list(course: &str, module: &ModuleProgress, here: &str) -> impl IntoView + use<> {
    let base = format!("/learn/{course}/{}", module.slug);
    let pages = module.pages.iter().map(|page| {
        let (address, current) = (format!("{base}/{}", page.slug), page.slug == here);
        entry(address, page.title.clone(), page.opened || current, "opened", current)
    });
    let check =
        entry(format!("{base}/check"), "Knowledge check".to_owned(), module.check.passed, "passed", false);
    view! {
        <nav class="module-pages" aria-label="In this module">
            <div>
                <h2>"In this module"</h2>
                <ol>{pages.chain([check]).collect_view()}</ol>
            </div>
        </nav>
    }
}

fn entry(href: String, title: String, done: bool, how: &'static str, current: bool) -> impl IntoView + use<> {
    let tick = done.then(|| view! { <Tick /><span class="visually-hidden">{format!(", {how}")}</span> });
    view! { <li><a href=href aria-current=current.then_some("page")>{title}</a>{tick}</li> }
}

#[cfg(test)]
mod tests {
    use domain::learning::{CheckProgress, PageProgress};

    use super::*;

    #[test]
    fn each_page_says_whether_it_was_opened_and_the_present_one_that_it_is_it() {
        let page =
            |slug: &str, opened| PageProgress { slug: slug.into(), title: slug.to_uppercase(), opened };
        let module = ModuleProgress {
            slug: "doses".into(),
            title: "Doses".into(),
            pages: vec![page("one", true), page("two", false), page("three", false)],
            check: CheckProgress { pass_mark: 80, best: Some(90), passed: true },
            entered: true,
            completed: false,
        };
        let html = list("nmp", &module, "two").to_html();
        let items: Vec<_> = html.split("<li>").skip(1).collect();
        let opened: Vec<_> = items.iter().map(|item| item.contains(", opened")).collect();
        assert_eq!(opened, [true, true, false, false], "{html}");
        let current: Vec<_> = items.iter().map(|item| item.contains("aria-current=\"page\"")).collect();
        assert_eq!(current, [false, true, false, false], "{html}");
        assert!(items[3].contains("/learn/nmp/doses/check") && items[3].contains(", passed"), "{html}");
    }
}
