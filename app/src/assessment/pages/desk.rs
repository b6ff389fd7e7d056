use leptos::prelude::*;

#[component]
pub fn Desk() -> impl IntoView {
    view! { <h1>"Desk"</h1> }
}
