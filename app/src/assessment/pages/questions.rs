use leptos::prelude::*;

#[component]
pub fn Questions() -> impl IntoView {
    view! { <h1>"Questions"</h1> }
}
