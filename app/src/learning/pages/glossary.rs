use domain::{
    count,
    learning::{ExplainedTerm, Glossary as CourseGlossary},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    kit::{
        api::PageData,
        ui::{Breadcrumbs, Heading, Loaded, Title},
    },
    learning::api::load_glossary,
};

/// `/learn/{course}/glossary`: the words that a course explains.
#[component]
pub fn Glossary() -> impl IntoView {
    let params = use_params_map();
    let page = PageData::new(
        move || params.read().get("course").unwrap_or_default(),
        |course| async move { load_glossary(course.clone()).await.map(|page| (course, page)) },
    );
    view! { <Loaded resource=page page=|(course, page)| view! { <GlossaryView course page /> } /> }
}

#[component]
fn GlossaryView(course: String, page: CourseGlossary) -> impl IntoView {
    let base = format!("/learn/{course}");
    let steps = vec![("/learn".to_owned(), "My courses".to_owned()), (base.clone(), page.title.clone())];
    let said = match page.terms.len() {
        0 => "This course has no list of words.".to_owned(),
        all => format!(
            "{} that the course explains. In the text of a page they are underlined with dots: choose one to read what it means.",
            count(all, "word")
        ),
    };
    let terms = page.terms.into_iter().map(|term| explained(&base, term)).collect_view();
    view! {
        <Title text=format!("Glossary: {}", page.title) />
        <Breadcrumbs steps />
        <p class="over">{page.title.clone()}</p>
        <Heading>"Glossary"</Heading>
        <p class="lede">{said}</p>
        <dl class="summary-list">{terms}</dl>
    }
}

fn explained(base: &str, term: ExplainedTerm) -> AnyView {
    let ExplainedTerm { slug, word, definition, module, page, title, gone } = term;
    let link = (!gone).then(|| {
        view! { <p class="hint">"Explained in “"<a href=format!("{base}/{module}/{page}")>{title}</a>"”"</p> }
    });
    view! {
        <div id=slug>
            <dt>{word}</dt>
            <dd>
                <p inner_html=definition></p>
                {link}
            </dd>
        </div>
    }
    .into_any()
}
