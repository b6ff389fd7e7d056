use leptos::prelude::*;

#[component]
pub fn ReceiptPage() -> impl IntoView {
    view! { <h1>"ReceiptPage"</h1> }
}
