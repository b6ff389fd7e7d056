//! The link from the receipt and the result of a reopened sitting into its room.

use domain::{assessment::delivery::SittingId, kit::live::Topic};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::kit::{
    api::ApiError,
    live::{Refresh, keep_current},
};

/// The sitting that the address names.
pub fn asked() -> impl Fn() -> String {
    let params = use_params_map();
    move || params.read().get("sitting").unwrap_or_default()
}

/// The contents of the page, or the link to the room.
pub async fn or_room<T, F>(
    sitting: String,
    load: impl FnOnce(String) -> F,
) -> Result<(String, Option<T>), ApiError>
where
    F: Future<Output = Result<Option<T>, ApiError>>,
{
    let found = load(sitting.clone()).await?;
    #[cfg(feature = "ssr")]
    if found.is_none() {
        leptos_axum::redirect(&room(&sitting));
    }
    Ok((sitting, found))
}

pub fn room(sitting: &str) -> String {
    format!("/assessments/sittings/{sitting}")
}

/// Tells an open page as soon as its sitting is reopened. From then on `load` finds nothing.
#[component]
pub fn TellsOfOpening<T, F>(sitting: SittingId, load: fn(String) -> F) -> impl IntoView
where
    T: 'static,
    F: Future<Output = Result<Option<T>, ApiError>> + 'static,
{
    let room = room(&sitting.to_string());
    let open = RwSignal::new(false);
    let news = Refresh::Of(Topic::Sitting(sitting));
    keep_current(news, move || load(sitting.to_string()), move |found| open.set(found.is_none()));
    let told = move || {
        let room = room.clone();
        open.get().then(|| {
            view! {
                <p class="notice">
                    "The invigilator has opened this sitting again, and your time runs. "
                    <a href=room rel="external">"Go on with the paper"</a>
                </p>
            }
        })
    };
    // There from the start, so that screen readers announce its later text.
    view! { <div id="open-again" aria-live="polite">{told}</div> }
}
