use leptos::prelude::*;

/// `/zone/{area}/profile`: to be written.
#[component]
pub fn Profile() -> impl IntoView {}
