use leptos::prelude::*;

#[component]
pub fn Preview() -> impl IntoView {
    view! { <h1>"Preview"</h1> }
}
