use leptos::prelude::*;

/// How far a job is, on a page that asks for it again and again. It is no part of a status, or a screen reader would say every number.
#[component]
pub fn HowFar(words: String, done: Option<u32>, of: u32) -> impl IntoView {
    view! {
        <p id="how-far">{words}</p>
        <progress max=of.max(1).to_string() value=done.map(|done| done.to_string()) aria-labelledby="how-far"></progress>
        <p class="hint">"You can leave this page: it goes on without you. Without scripts, load it again to see how far it is."</p>
    }
    .into_any()
}
