use leptos::prelude::*;

#[component]
pub fn Results() -> impl IntoView {
    view! { <h1>"Results"</h1> }
}
