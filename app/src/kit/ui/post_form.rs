use leptos::{ev::SubmitEvent, prelude::*};

use crate::kit::navigation::page_address;

/// A form for a server function. Its problems are in the page's [`super::Reply`]; an accepted form leads to the page
/// that the function names. Without scripts the browser sends it, and the reply is a page.
///
/// It replaces Leptos' `ActionForm`, which adds code for each function to the browser: this one sends the contents of
/// the form as a browser would, with the same few lines for all functions.
#[component]
pub fn PostForm(
    /// The path of the server function.
    to: &'static str,
    #[prop(optional)] id: Option<&'static str>,
    #[prop(optional)] class: Option<&'static str>,
    /// Allows the browser to fill in addresses and passwords.
    #[prop(optional)]
    known: bool,
    /// The browser sends it, and loads the reply as a document: for forms that change more than the page.
    #[prop(optional)]
    document: bool,
    /// What was typed stays when the page is drawn for another query: for a form beside a list. It needs an id.
    #[prop(optional)]
    keeps: bool,
    /// Whether it is being sent.
    #[prop(optional)]
    sending: RwSignal<bool>,
    /// Called when it was accepted.
    #[prop(optional, into)]
    taken: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let autocomplete = if known { "on" } else { "off" };
    #[cfg(feature = "hydrate")]
    let send = browser::sends(to, sending, taken);
    let form = NodeRef::<leptos::html::Form>::new();
    #[cfg(feature = "hydrate")]
    if let Some(id) = id.filter(|_| keeps) {
        browser::keep_typed(id, form);
    }
    let submitted = move |event: SubmitEvent| {
        #[cfg(feature = "hydrate")]
        if !document {
            send(&event);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&event, document, keeps, sending, taken);
    };
    view! {
        <form method="post" node_ref=form action=to id=id class=class novalidate autocomplete=autocomplete on:submit=submitted>
            <FromPage />
            {children()}
        </form>
    }
}

/// Names the page that a form is on, for a browser that sends it without scripts: if the form is refused, the reply is
/// that page.
#[component]
pub fn FromPage() -> impl IntoView {
    view! { <input type="hidden" name="from" value=page_address() /> }
}

#[cfg(feature = "hydrate")]
mod browser {
    use domain::{FieldProblem, Problem};
    use leptos::{ev::SubmitEvent, prelude::*, server_fn::redirect::REDIRECT_HEADER, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        FormData, HtmlButtonElement, HtmlFormElement, RequestInit, Response, UrlSearchParams, js_sys,
    };

    use crate::kit::{
        api::{ApiError, ErrorKind, PageState, Returned, wire},
        navigation::{Navigation, where_form_leads},
        ui::whenever,
    };

    /// Everything in the shown form goes into the new one, which takes its place because the list beside it is shown with
    /// another query: also the version that it was drawn with, so that a change by somebody else is noticed. After an
    /// accepted form the page has new values.
    pub fn keep_typed(id: &str, form: NodeRef<leptos::html::Form>) {
        const WHAT: [&str; 2] = ["value", "checked"];
        let fields = |form: &web_sys::Element| {
            let fields = form.query_selector_all("input:not([name=from]), textarea, select");
            fields.map(|fields| js_sys::Array::from(&fields)).unwrap_or_default()
        };
        let Some(shown) = document().get_element_by_id(id) else { return };
        if !expect_context::<Navigation>().shows_this_page() {
            return;
        }
        let shown = fields(&shown);
        let typed: Vec<_> = shown
            .iter()
            .map(|field| WHAT.map(|what| js_sys::Reflect::get(&field, &what.into()).unwrap_or_default()))
            .collect();
        whenever(move || {
            let Some(form) = form.get() else { return };
            for (field, typed) in fields(&form).iter().zip(&typed) {
                for (what, value) in WHAT.iter().zip(typed) {
                    let _ = js_sys::Reflect::set(&field, &(*what).into(), value);
                }
            }
        });
    }

    /// Sends the form to the server function, one at a time. An accepted form is not sent again from its page: the page
    /// stays until the next is there, and the form is busy until then.
    pub fn sends(
        to: &'static str,
        busy: RwSignal<bool>,
        taken: Option<Callback<()>>,
    ) -> impl Fn(&SubmitEvent) + 'static {
        let (state, leads) = (PageState::signal(), where_form_leads());
        let navigation = expect_context::<Navigation>();
        move |event| {
            if event.default_prevented() {
                return;
            }
            event.prevent_default();
            let Some(fields) = fields_of(event).filter(|_| !busy.get_untracked()) else { return };
            busy.set(true);
            // The last failure no longer counts. Problems of fields stay until they are known to be corrected.
            if state.with_untracked(|state| state.returned.as_ref().is_some_and(is_notice)) {
                state.update(|state| state.returned = None);
            }
            let leads = leads.clone();
            spawn_local(async move {
                let answer = post(to, &fields).await;
                // A person who has gone to another page meanwhile stays there.
                if busy.try_get_untracked().is_none() {
                    return;
                }
                let next = match answer {
                    Ok(page) => {
                        state.update(|state| state.returned = None);
                        crate::kit::ahead::forget();
                        if let Some(taken) = taken {
                            taken.run(());
                        }
                        Some(page.unwrap_or_else(crate::kit::navigation::page_address))
                    }
                    Err(error) => {
                        let anew =
                            error.kind == ErrorKind::Unfinished || error.fields.iter().any(is_of_newer_page);
                        let returned = Some(Returned::new(to, error, pairs(&fields)));
                        state.update(|state| state.returned = returned);
                        anew.then(crate::kit::navigation::page_address)
                    }
                };
                if let Some(next) = next {
                    leads(&next);
                    navigation.come_to_rest().await;
                }
                let _ = busy.try_set(false);
            });
        }
    }

    /// Whether the reply does not concern the form's fields.
    fn is_notice(returned: &Returned) -> bool {
        returned.error.fields.is_empty() && returned.error.kind != ErrorKind::Unfinished
    }

    /// Whether the problem is about something that the page does not currently show. Then it is drawn again, with the
    /// typed values.
    fn is_of_newer_page(problem: &FieldProblem) -> bool {
        matches!(problem.problem, Problem::ChangedMeanwhile { .. })
            || document().get_element_by_id(&problem.field).is_none()
    }

    /// The contents of the form, with the pressed button, as a browser would send it.
    fn fields_of(event: &SubmitEvent) -> Option<UrlSearchParams> {
        let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
        let fields = FormData::new_with_form(&form).ok()?;
        if let Some(button) =
            event.submitter().and_then(|pressed| pressed.dyn_into::<HtmlButtonElement>().ok())
            && !button.name().is_empty()
        {
            fields.append_with_str(&button.name(), &button.value()).ok()?;
        }
        UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()
    }

    fn pairs(fields: &UrlSearchParams) -> Vec<(String, String)> {
        let pairs = js_sys::Array::from(fields);
        let text = |pair: &js_sys::Array, at| pair.get(at).as_string().unwrap_or_default();
        pairs
            .iter()
            .map(|pair| js_sys::Array::from(&pair))
            .map(|pair| (text(&pair, 0), text(&pair, 1)))
            .collect()
    }

    /// Returns the page that the form leads to, if the server names one.
    async fn post(to: &str, fields: &UrlSearchParams) -> Result<Option<String>, ApiError> {
        let offline = |_: JsValue| ApiError::new(ErrorKind::Offline);
        let unavailable = |_: JsValue| ApiError::new(ErrorKind::Unavailable);
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(fields);
        let headers = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&headers, &"accept".into(), &"application/json".into());
        init.set_headers(&headers);
        let answer = JsFuture::from(window().fetch_with_str_and_init(to, &init)).await.map_err(offline)?;
        let answer: Response = answer.dyn_into().map_err(unavailable)?;
        if answer.ok() {
            let leads = answer.headers().has(REDIRECT_HEADER).unwrap_or_default();
            return Ok(answer.headers().get("location").ok().flatten().filter(|_| leads));
        }
        let text = JsFuture::from(answer.text().map_err(unavailable)?).await.map_err(offline)?;
        // A proxy's own page is not a reply of our server.
        let error = wire::read(&text.as_string().unwrap_or_default());
        Err(error.unwrap_or_else(|_| ApiError::new(ErrorKind::Unavailable)))
    }
}
