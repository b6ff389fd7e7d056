use leptos::prelude::*;

/// `/zone/leave`: to be written.
#[component]
pub fn LeaveAll() -> impl IntoView {}
