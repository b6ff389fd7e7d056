use leptos::prelude::*;

/// `/zone/{area}/reports`: to be written.
#[component]
pub fn Reports() -> impl IntoView {}
