//! A form that sends itself when somebody who types into its search field rests.

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
