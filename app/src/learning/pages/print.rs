use domain::learning::{PrintedModule, PrintedPage};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    kit::{
        api::PageData,
        ui::{Breadcrumbs, Heading, Loaded, Title},
    },
    learning::api::load_printed,
};

/// `/learn/{course}/{module}/print`: all pages of a module on one, for paper.
#[component]
pub fn Print() -> impl IntoView {
    let params = use_params_map();
    let address = move || {
        let params = params.read();
        ["course", "module"].map(|name| params.get(name).unwrap_or_default())
    };
    let page = PageData::lean(address, |[course, module]: [String; 2]| async move {
        load_printed(course.clone(), module.clone()).await.map(|page| (course, module, page))
    });
    view! { <Loaded resource=page page=|(course, module, page)| view! { <PrintView course module page /> } /> }
}

#[component]
fn PrintView(course: String, module: String, page: PrintedModule) -> impl IntoView {
    let above = format!("/learn/{course}");
    let base = format!("{above}/{module}");
    let steps = vec![
        ("/learn".to_owned(), "My courses".to_owned()),
        (above, page.course_title.clone()),
        (base.clone(), page.title.clone()),
    ];
    let pages = page.pages.into_iter().map(printed).collect_view();
    view! {
        <Title text=format!("{}, to print", page.title) />
        <Breadcrumbs steps />
        <p class="over">{page.course_title}</p>
        <Heading>{page.title}</Heading>
        <p class="notice on-screen">
            "To print it, or to keep it as a PDF, use the command Print of your browser. Reading here does not tick the pages of the module: open them in "<a href=base>"the module"</a>" for that."
        </p>
        <p class="hint">"As it was on "{page.made}". What you have highlighted is marked."</p>
        <div class="prose" inner_html=page.intro_html></div>
        {pages}
    }
}

fn printed(page: PrintedPage) -> AnyView {
    view! {
        <section class="printed-page" aria-labelledby=format!("page-{}", page.slug)>
            <h2 id=format!("page-{}", page.slug)>{page.title}</h2>
            <div class="prose" inner_html=page.html></div>
        </section>
    }
    .into_any()
}
