use leptos::prelude::*;

/// `/zone/{area}/resources`: to be written.
#[component]
pub fn Resources() -> impl IntoView {}
