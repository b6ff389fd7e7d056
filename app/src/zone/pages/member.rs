use leptos::prelude::*;

/// `/zone/{area}/members/{member}`: to be written.
#[component]
pub fn Member() -> impl IntoView {}
