use leptos::prelude::*;

/// The place of the page: the path down to it, without the page itself.
#[component]
pub fn Breadcrumbs(
    /// Address and name of each step, from the top.
    steps: Vec<(String, String)>,
) -> impl IntoView {
    let back = steps.last().cloned();
    view! {
        <nav class="breadcrumbs" aria-label="Breadcrumb">
            <ol>
                {steps.into_iter().map(|(href, name)| view! { <li><a href=href>{name}</a></li> }).collect_view()}
            </ol>
            // On a narrow screen one step up is enough.
            {back.map(|(href, name)| view! { <a href=href class="back">"Back to "{name}</a> })}
        </nav>
    }
}

/// One step up, when there is nothing more to show.
#[component]
pub fn BackLink(#[prop(into)] href: String, #[prop(into)] name: String) -> impl IntoView {
    view! { <nav class="breadcrumbs" aria-label="Back"><a href=href class="back always">"Back to "{name}</a></nav> }
}
