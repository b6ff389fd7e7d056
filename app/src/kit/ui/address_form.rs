use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_navigate;

/// A form that changes the address, and nothing on the server. The address can be bookmarked, and the form works
/// without scripts.
#[component]
pub fn AddressForm(
    /// The page's address without its query.
    #[prop(into)]
    action: String,
    #[prop(default = "search")] class: &'static str,
    children: Children,
) -> impl IntoView {
    let (navigate, page) = (use_navigate(), action.clone());
    let sent = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(query) = query_of(&event) {
            navigate(
                &format!("{page}?{query}"),
                leptos_router::NavigateOptions { scroll: false, ..Default::default() },
            );
        }
    };
    view! {
        <form method="get" action=action class=class role="search" autocomplete="off" on:submit=sent>{children()}</form>
    }
}

/// The form's query, as a browser would write it.
#[cfg(feature = "hydrate")]
fn query_of(event: &SubmitEvent) -> Option<String> {
    use wasm_bindgen::JsCast;
    use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let fields = FormData::new_with_form(&form).ok()?;
    let query = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    Some(query.to_string().into())
}

#[cfg(not(feature = "hydrate"))]
fn query_of(_: &SubmitEvent) -> Option<String> {
    None
}
