use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// A form that changes the address, and nothing on the server. The address can be bookmarked, and the form works
/// without scripts.
///
/// It asks first whether the server can answer. A page that cannot be fetched would take the place of the list and of the forms beside it,
/// with what is typed there.
#[component]
pub fn AddressForm(
    /// The page's address without its query.
    #[prop(into)]
    action: String,
    #[prop(default = "search")] class: &'static str,
    children: Children,
) -> impl IntoView {
    let (navigate, page) = (use_navigate(), action.clone());
    let (asked, unreached) = (StoredValue::new(0), RwSignal::new(false));
    let sent = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(query) = query_of(&event) {
            let (navigate, to) = (navigate.clone(), format!("{page}?{query}"));
            let go = move || navigate(&to, NavigateOptions { scroll: false, ..NavigateOptions::default() });
            when_reached(asked, unreached, go);
        }
    };
    view! {
        <form method="get" action=action class=class role="search" autocomplete="off" on:submit=sent>
            {children()}
            {move || unreached.get().then(|| view! {
                <p class="notice" role="alert">"We cannot reach the server, so the list is as it was. What you typed is still here: search again in a moment."</p>
            })}
        </form>
    }
}

#[cfg(feature = "hydrate")]
use browser::{query_of, when_reached};

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{FormData, HtmlFormElement, Response, UrlSearchParams};

    /// The form's query, as a browser would write it.
    pub fn query_of(event: &SubmitEvent) -> Option<String> {
        let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
        let fields = FormData::new_with_form(&form).ok()?;
        let query = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
        Some(query.to_string().into())
    }

    /// Goes on if the server can answer, or says that it cannot. Of several that wait for that, the last counts: `asked` counts them.
    pub fn when_reached(asked: StoredValue<u32>, unreached: RwSignal<bool>, go: impl FnOnce() + 'static) {
        asked.update_value(|asked| *asked += 1);
        let turn = asked.get_value();
        spawn_local(async move {
            let answer = JsFuture::from(window().fetch_with_str("/readyz")).await.ok();
            let ready =
                answer.and_then(|answer| answer.dyn_into().ok()).is_some_and(|answer: Response| answer.ok());
            // A person who has gone to another page meanwhile stays there.
            if asked.try_get_value() != Some(turn) {
                return;
            }
            unreached.set(!ready);
            if ready {
                go();
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
fn query_of(_: &SubmitEvent) -> Option<String> {
    None
}

#[cfg(not(feature = "hydrate"))]
fn when_reached(_: StoredValue<u32>, _: RwSignal<bool>, go: impl FnOnce() + 'static) {
    go();
}
