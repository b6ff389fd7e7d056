use leptos::prelude::*;

#[component]
pub fn ResultPage() -> impl IntoView {
    view! { <h1>"ResultPage"</h1> }
}
