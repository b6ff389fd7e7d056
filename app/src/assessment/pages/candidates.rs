use leptos::prelude::*;

#[component]
pub fn Candidates() -> impl IntoView {
    view! { <h1>"Candidates"</h1> }
}
