use leptos::prelude::*;

#[component]
pub fn RoomPage() -> impl IntoView {
    view! { <h1>"RoomPage"</h1> }
}
