use leptos::prelude::*;

#[component]
pub fn Adjustments() -> impl IntoView {
    view! { <h1>"Adjustments"</h1> }
}
