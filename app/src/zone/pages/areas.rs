use leptos::prelude::*;

/// `/zone`: to be written.
#[component]
pub fn Areas() -> impl IntoView {}
