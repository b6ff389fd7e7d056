use leptos::prelude::*;

/// `/zone/{area}/join`: to be written.
#[component]
pub fn Join() -> impl IntoView {}
