use leptos::prelude::*;

/// `/zone/{area}`: to be written.
#[component]
pub fn AreaHome() -> impl IntoView {}
