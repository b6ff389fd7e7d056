//! What leads from the receipt and the result of a sitting into its room, once it is open again.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{api::ApiError, live::KeepCurrent, ui::Title};

/// What the address asks for: a sitting, and whether only whether it is open again. An open page asks so, which must not be led away.
pub fn asked() -> impl Fn() -> (String, bool) {
    let (params, query) = (use_params_map(), use_query_map());
    move || (params.read().get("sitting").unwrap_or_default(), query.read().get("open-again").is_some())
}

/// What is there of a sitting, or else its room.
pub async fn or_room<T, F>(
    (sitting, asks): (String, bool),
    load: impl FnOnce(String) -> F,
) -> Result<(String, Option<T>), ApiError>
where
    F: Future<Output = Result<Option<T>, ApiError>>,
{
    let found = load(sitting.clone()).await?;
    #[cfg(feature = "ssr")]
    if found.is_none() && !asks {
        leptos_axum::redirect(&format!("/assessments/sittings/{sitting}"));
    }
    let _ = asks;
    Ok((sitting, found))
}

/// The whole page for whoever asks whether it is open again, when it is.
#[component]
pub fn OpenAgain(sitting: String) -> impl IntoView {
    view! {
        <Title text="This sitting is open again" />
        <h1>"This sitting is open again"</h1>
        <Told sitting=Some(sitting) />
    }
}

/// Tells an open page of a sitting that it is open again, as soon as it is. `page` is the page's last part.
#[component]
pub fn TellsOfOpening(sitting: String, page: &'static str) -> impl IntoView {
    view! {
        <Told sitting=None />
        <KeepCurrent from=Some(format!("/assessments/sittings/{sitting}/{page}?open-again=")) watched=false />
    }
}

/// There from the start, so that what comes into it is read out.
#[component]
fn Told(sitting: Option<String>) -> impl IntoView {
    view! {
        <div id="open-again" data-live aria-live="polite">
            {sitting.map(|sitting| view! {
                <p class="notice">
                    "Whoever runs the exam has opened this sitting again, and your time runs. "
                    <a href=format!("/assessments/sittings/{sitting}")>"Go on with the paper"</a>
                </p>
            })}
        </div>
    }
}
