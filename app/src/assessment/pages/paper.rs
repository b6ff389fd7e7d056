use leptos::prelude::*;

#[component]
pub fn Paper() -> impl IntoView {
    view! { <h1>"Paper"</h1> }
}
