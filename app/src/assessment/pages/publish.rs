use leptos::prelude::*;

#[component]
pub fn Publish() -> impl IntoView {
    view! { <h1>"Publish"</h1> }
}
