use leptos::{
    ev::{Event, SubmitEvent},
    prelude::*,
};
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
    /// Whether it searches by itself while somebody types into its search field, and rests.
    #[prop(optional)]
    as_typed: bool,
    children: Children,
) -> impl IntoView {
    let (navigate, page) = (use_navigate(), action.clone());
    #[cfg(feature = "hydrate")]
    let typed_for = action.clone();
    #[cfg(feature = "hydrate")]
    let navigation = expect_context::<crate::kit::navigation::Navigation>();
    #[cfg(not(feature = "hydrate"))]
    let _ = found;
    let sent = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(query) = query_of(&event) {
            let by_itself = typing::sent();
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
    let typed = move |event: Event| {
        #[cfg(feature = "hydrate")]
        if as_typed {
            typing::go_on(&event, &typed_for);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&event, as_typed);
    };
    view! {
        <form method="get" action=action class=class role="search" autocomplete="off" on:submit=sent on:input=typed>{children()}</form>
    }
}

#[cfg(feature = "hydrate")]
mod typing {
    use std::{cell::Cell, time::Duration};

    use leptos::{ev::Event, leptos_dom::helpers::TimeoutHandle, prelude::*};
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlFormElement, HtmlInputElement};

    /// How long somebody rests who has typed enough for now.
    const RESTS: Duration = Duration::from_millis(300);

    thread_local! {
        static RESTING: Cell<Option<TimeoutHandle>> = const { Cell::new(None) };
        static BY_ITSELF: Cell<bool> = const { Cell::new(false) };
    }

    /// For a form that has sent itself: whether its address takes the place of the present one in the history. It does when that has a search
    /// already, so that Back leads to the list before all of them.
    pub fn sent() -> Option<bool> {
        let query = BY_ITSELF.take().then(|| window().location().search().unwrap_or_default())?;
        let mut parts = query.trim_start_matches('?').split('&');
        Some(parts.any(|part| part.strip_prefix("search=").is_some_and(|search| !search.is_empty())))
    }

    /// Sends the form when nothing more is typed for a while. It is looked for again then: results may have been drawn anew, with the form
    /// and what is typed.
    pub fn go_on(event: &Event, action: &str) {
        if let Some(timer) = RESTING.take() {
            timer.clear();
        }
        let typed = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if typed.is_none_or(|field| field.id() != "search") {
            return;
        }
        let action = action.to_owned();
        let rests = move || {
            if let Some((form, field)) = shown(&action)
                && field.value().trim().chars().count() != 1
                && field.value() != field.default_value()
            {
                BY_ITSELF.set(true);
                if form.request_submit().is_err() {
                    BY_ITSELF.set(false);
                }
            }
        };
        RESTING.set(set_timeout_with_handle(rests, RESTS).ok());
    }

    fn shown(action: &str) -> Option<(HtmlFormElement, HtmlInputElement)> {
        let field: HtmlInputElement = document().get_element_by_id("search")?.dyn_into().ok()?;
        let form = field.form()?;
        (form.get_attribute("action")? == action).then_some((form, field))
    }
}

#[cfg(not(feature = "hydrate"))]
mod typing {
    pub fn sent() -> Option<bool> {
        None
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
