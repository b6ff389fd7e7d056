use leptos::prelude::*;

pub fn head(
    sort: &'static str,
    order: &'static str,
    href: String,
    label: &'static str,
    class: &'static str,
) -> AnyView {
    let id = format!("sort-{sort}");
    view! { <th scope="col" aria-sort=order class=class><a id=id href=href data-noscroll="">{label}</a></th> }
        .into_any()
}
