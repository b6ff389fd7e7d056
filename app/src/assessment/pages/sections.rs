use leptos::prelude::*;

#[component]
pub fn Sections() -> impl IntoView {
    view! { <h1>"Sections"</h1> }
}
