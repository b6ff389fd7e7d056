use leptos::prelude::*;

/// `/zone/{area}/applications`: to be written.
#[component]
pub fn Applications() -> impl IntoView {}
