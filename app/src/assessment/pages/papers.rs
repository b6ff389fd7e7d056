use leptos::prelude::*;

#[component]
pub fn Papers() -> impl IntoView {
    view! { <h1>"Papers"</h1> }
}
