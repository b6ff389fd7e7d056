use leptos::prelude::*;

/// `/zone/{area}/leave`: to be written.
#[component]
pub fn Leave() -> impl IntoView {}
