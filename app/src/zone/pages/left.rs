use leptos::prelude::*;

/// `/zone/left`: to be written.
#[component]
pub fn Left() -> impl IntoView {}
