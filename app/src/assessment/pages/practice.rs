use leptos::prelude::*;

#[component]
pub fn Practice() -> impl IntoView {
    view! { <h1>"Practice"</h1> }
}
