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
    /// The id of the line that says what was found.
    found: &'static str,
    /// For a form that sends itself: whether it has, and then whether its address takes the place of the present one in the history.
    #[prop(default = || None)]
    by_itself: fn() -> Option<bool>,
    children: Children,
) -> impl IntoView {
    let (navigate, page) = (use_navigate(), action.clone());
    #[cfg(feature = "hydrate")]
    let navigation = expect_context::<crate::kit::navigation::Navigation>();
    #[cfg(not(feature = "hydrate"))]
    let _ = found;
    let sent = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(query) = query_of(&event) {
            let by_itself = by_itself();
            navigate(
                &format!("{page}?{query}"),
                leptos_router::NavigateOptions {
                    scroll: false,
                    replace: by_itself.unwrap_or_default(),
                    ..Default::default()
                },
            );
            #[cfg(feature = "hydrate")]
            if by_itself.is_none() {
                show(found, page.clone(), navigation);
            }
        }
    };
    view! {
        <form method="get" action=action class=class role="search" autocomplete="off" on:submit=sent>{children()}</form>
    }
}

/// On a small screen the results are below the form. The line that says how many there are comes into sight; the focus stays where it is.
#[cfg(feature = "hydrate")]
fn show(found: &'static str, page: String, navigation: crate::kit::navigation::Navigation) {
    let look = move || {
        let stays = window().location().pathname().is_ok_and(|path| path == page);
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        if let Some(found) = document().get_element_by_id(found).filter(|_| stays)
            && found.get_bounding_client_rect().bottom() > height
        {
            found.scroll_into_view_with_bool(false);
        }
    };
    leptos::task::spawn_local(async move {
        navigation.come_to_rest().await;
        // The focus goes back to the field in a frame before.
        request_animation_frame(look);
    });
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
