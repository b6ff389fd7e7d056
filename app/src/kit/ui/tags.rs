use domain::learning::Status;
use leptos::prelude::*;

/// A status in words, with a colour that says the same.
#[component]
pub fn StatusTag(status: Status) -> impl IntoView {
    let class = match status {
        Status::Completed => "tag tag-completed",
        Status::InProgress => "tag tag-in-progress",
        Status::NotStarted => "tag",
    };
    view! {
        <span class=class>
            {(status == Status::Completed).then(|| view! { <Tick /> })}
            {status.label()}
        </span>
    }
}

/// The tick. Decoration: the words are beside it.
#[component]
pub fn Tick() -> impl IntoView {
    view! {
        <svg class="tick" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            <path d="M3 10.5l4.5 4.5L17 5.5" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}
