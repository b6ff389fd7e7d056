use leptos::prelude::*;

#[component]
pub fn Items() -> impl IntoView {
    view! { <h1>"Items"</h1> }
}
