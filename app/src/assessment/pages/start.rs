use leptos::prelude::*;

#[component]
pub fn Start() -> impl IntoView {
    view! { <h1>"Start"</h1> }
}
