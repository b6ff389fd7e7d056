use leptos::prelude::*;

/// `/zone/{area}/directory`: to be written.
#[component]
pub fn Directory() -> impl IntoView {}
