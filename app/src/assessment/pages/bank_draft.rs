use leptos::prelude::*;

#[component]
pub fn BankDraft() -> impl IntoView {
    view! { <h1>"BankDraft"</h1> }
}
