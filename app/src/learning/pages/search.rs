use domain::{
    count,
    learning::{CourseSearch, FoundPage, MOST_PAGES_FOUND, Said},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    kit::{
        api::PageData,
        ui::{AddressForm, Breadcrumbs, Heading, Loaded, SearchField, Title},
    },
    learning::api::search_course,
};

/// `/learn/{course}/search`: the pages of a course that have certain words.
#[component]
pub fn Search() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let address =
        move || [params.read().get("course"), query.read().get("search")].map(Option::unwrap_or_default);
    let page = PageData::new(address, |[course, search]| async move {
        search_course(course.clone(), search).await.map(|page| (course, page))
    });
    view! { <Loaded resource=page page=|(course, page)| view! { <SearchView course page /> } /> }
}

#[component]
fn SearchView(course: String, page: CourseSearch) -> impl IntoView {
    let base = format!("/learn/{course}");
    let action = format!("{base}/search");
    let steps = vec![("/learn".to_owned(), "My courses".to_owned()), (base.clone(), page.title.clone())];
    let searched = page.search.clone();
    let title = if searched.is_empty() { "Search".to_owned() } else { format!("Search: {searched}") };
    let said = match page.found.len() {
        _ if searched.is_empty() => {
            "Type a word or two: a medicine, a rule, an abbreviation. We look in the text of every page."
                .to_owned()
        }
        0 => format!("No page of this course has “{searched}”."),
        all if all >= MOST_PAGES_FOUND => format!("These are the {all} pages that fit “{searched}” best."),
        1 => format!("1 page has “{searched}”."),
        all => format!("{} have “{searched}”, the best first.", count(all, "page")),
    };
    let nothing = page.found.is_empty() && !searched.is_empty();
    let pages = page.found.into_iter().map(|page| found(&base, page)).collect_view();
    view! {
        <Title text=format!("{title}: {}", page.title) />
        <Breadcrumbs steps />
        <p class="over">{page.title.clone()}</p>
        <Heading>"Search in this course"</Heading>
        <AddressForm action=action.clone() class="search list-form" found="found">
            <div class="field"><SearchField action label="Search in this course" search=page.search /></div>
            <button type="submit" class="button secondary small">"Search"</button>
        </AddressForm>
        <p role="status" id="found">{said}</p>
        {nothing.then(|| view! {
            <ul class="plain-list">
                <li>"Look at how it is written, or type only its beginning: “pharmaco” finds pharmacology and pharmacokinetics."</li>
                <li>"Take fewer words: a page has to have all of them."</li>
                <li>"Or look in "<a href=format!("{base}/glossary")>"the glossary"</a>"."</li>
                <li>"Or look at "<a href=base>"the modules of the course"</a>"."</li>
            </ul>
        })}
        <ol class="found-pages">{pages}</ol>
    }
}

fn found(base: &str, page: FoundPage) -> AnyView {
    let said = |Said { text, marked }: Said| {
        if marked { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() }
    };
    view! {
        <li>
            <a href=format!("{base}/{}/{}", page.module, page.page)>{page.title}</a>
            <p class="hint">{page.module_title}</p>
            <p>{page.passage.into_iter().map(said).collect_view()}</p>
        </li>
    }
    .into_any()
}
