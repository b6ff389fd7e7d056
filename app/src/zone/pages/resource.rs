use leptos::prelude::*;

/// `/zone/{area}/resources/{resource}`: to be written.
#[component]
pub fn Resource() -> impl IntoView {}
