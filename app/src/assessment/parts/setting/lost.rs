use leptos::prelude::*;

use super::CameBack;

/// For a form with room for long texts: they do not fit into what a form comes back with.
#[component]
pub fn LostText(came_back: CameBack) -> impl IntoView {
    came_back.lost().then(|| view! {
        <p class="notice">"What you entered is too long to be shown here again. It is still there if you go back in your browser."</p>
    })
}
