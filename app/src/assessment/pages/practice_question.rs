use leptos::prelude::*;

#[component]
pub fn PracticeQuestion() -> impl IntoView {
    view! { <h1>"PracticeQuestion"</h1> }
}
