use leptos::prelude::*;

/// `/zone/{area}/contacts`: to be written.
#[component]
pub fn Contacts() -> impl IntoView {}
