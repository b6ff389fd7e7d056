//! The preview beside the form is as new as what is typed, soon after the person rests.

use std::{cell::Cell, time::Duration};

use domain::assessment::bank::TriedQuestion;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, UrlSearchParams, js_sys::Object};

use crate::assessment::bank::api::try_question;

/// How long somebody rests who has typed enough for now.
const RESTS: Duration = Duration::from_millis(800);

thread_local! {
    static RESTING: Cell<Option<TimeoutHandle>> = const { Cell::new(None) };
    /// Counts what was asked: an older answer does not replace a newer one.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// Asks for a preview when nothing more is typed for a while.
pub fn go_on(organisation: &str, tell: Callback<TriedQuestion>) {
    stop();
    let organisation = organisation.to_owned();
    let rests = move || {
        let Some(typed) = typed() else { return };
        let number = ASKED.get().wrapping_add(1);
        ASKED.set(number);
        spawn_local(async move {
            if let Ok(tried) = try_question(organisation, typed).await
                && ASKED.get() == number
            {
                tell.run(tried);
            }
        });
    };
    RESTING.set(set_timeout_with_handle(rests, RESTS).ok());
}

/// Nobody waits for a preview any more.
pub fn stop() {
    ASKED.set(ASKED.get().wrapping_add(1));
    if let Some(timer) = RESTING.take() {
        timer.clear();
    }
}

/// The form as a browser would send it.
fn typed() -> Option<String> {
    let form: HtmlFormElement = document().get_element_by_id("writing")?.dyn_into().ok()?;
    let fields = FormData::new_with_form(&form).ok()?;
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    Object::to_string(&fields).as_string()
}
