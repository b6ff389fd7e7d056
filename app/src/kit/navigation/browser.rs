//! The work of a browser on a page load, apart from arriving: which page is requested, the scroll position, and where a
//! form leads.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::Event;

use super::{Navigation, documents::is_old, load_asked_for};
use crate::kit::{api::PageState, ui::whenever};

/// A page that arrives sooner than this needs no notice that it is on its way.
const A_MOMENT: Duration = Duration::from_millis(150);
/// The scroll position is recorded at this interval: browsers accept few such records.
const SOON: Duration = Duration::from_millis(300);
/// If nothing is pending, a page is there after this time, or never.
const NEVER: Duration = Duration::from_secs(2);

/// The address in the bar.
pub fn in_the_bar() -> String {
    let location = window().location();
    let (path, query) = (location.pathname(), location.search());
    format!("{}{}", path.unwrap_or_default(), query.unwrap_or_default())
}

/// The requested address; the bar shows it when the page is there.
pub fn address() -> impl Fn() -> String + Copy {
    let (path, query) = (use_location().pathname, use_location().search);
    move || {
        let query = query.read();
        format!("{}{}{}", path.read(), if query.is_empty() { "" } else { "?" }, *query)
    }
}

pub fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

pub fn asked_for() -> String {
    untrack(address())
}

/// The address of the page, with its query.
pub fn page_address() -> String {
    asked_for()
}

/// Whether the document belongs to another page than the address bar shows.
pub fn is_another_page() -> bool {
    let of_document = || {
        let entry = window().performance()?.get_entries_by_type("navigation").get(0);
        web_sys::js_sys::Reflect::get(&entry, &"name".into()).ok()?.as_string()
    };
    let page = |address: &str| address.split('#').next().map(str::to_owned);
    let in_the_bar = window().location().href().unwrap_or_default();
    // Some browsers give no address there.
    of_document()
        .filter(|address| address.contains(':'))
        .is_some_and(|address| page(&address) != page(&in_the_bar))
}

/// The reply to a form that was sent without the application is its page, at the form's address: the bar gets the
/// page's own address.
pub fn stand_at_page_address() {
    let named = document().query_selector("meta[name=page-address]").ok().flatten();
    if let Some(page) = named.and_then(|named| named.get_attribute("content"))
        && let Ok(history) = window().history()
    {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&page));
    }
}

/// What to do when a form has been accepted, and the server names the next page. If it is the same page, that shows the
/// result.
pub fn where_form_leads() -> impl Fn(&str) + Clone + 'static {
    let (navigation, navigate) = (expect_context::<Navigation>(), use_navigate());
    move |leads_to: &str| {
        let now = asked_for();
        if is_old() {
            let _ = window().location().assign(leads_to);
            return;
        }
        let same = path_of(leads_to) == path_of(&now);
        if same {
            navigation.anew.set_value(true);
            let focused = document().active_element();
            navigation.left_from.set_value(focused.map(|focused| focused.id()).unwrap_or_default());
        }
        if leads_to != now {
            navigate(leads_to, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
        if same {
            navigation.changed.update(|count| *count += 1);
        }
    }
}

impl Navigation {
    /// The address of the page loses what a form has done, once the page has arrived there.
    pub fn says_once(self) {
        const ARRIVED: Duration = Duration::from_secs(1);

        let forget = move || {
            let page = in_the_bar();
            // It is the end of the query.
            let path = page.find("done=").and_then(|at| page.get(..at - 1));
            if let (Some(path), Ok(history)) = (path, window().history()) {
                let down = history.state().unwrap_or_default();
                let _ = history.replace_state_with_url(&down, "", Some(path));
                self.shown.set_value(path.to_owned());
            }
        };
        set_timeout(forget, ARRIVED);
    }

    /// Waits until the form's target is shown, or is known to have failed.
    pub async fn come_to_rest(self) {
        /// Long enough for the page to be requested, or for its part to be drawn.
        const A_LITTLE: Duration = Duration::from_millis(50);
        /// A document only signals its arrival.
        const DOCUMENT: Duration = Duration::from_secs(10);

        super::pause(if is_old() { DOCUMENT } else { A_LITTLE }).await;
        while self.routing.get_untracked() || self.loading.get_untracked() {
            super::pause(A_LITTLE).await;
        }
    }
}

/// Handles every click in the capture phase, before any other listener.
fn hear_first(heard: impl Fn(Event) + 'static) -> Closure<dyn FnMut(Event)> {
    let heard = Closure::<dyn FnMut(Event)>::new(heard);
    let listener = heard.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback_and_bool("click", listener, true);
    heard
}

/// Whether the page was loaded as a document, and the person has not navigated since.
pub fn is_first_page() -> bool {
    let navigation = expect_context::<Navigation>();
    navigation.shown.get_value() == asked_for()
}

pub fn follow() {
    crate::kit::ahead::follow();
    crate::kit::whose::follow();
    let navigation = expect_context::<Navigation>();
    let address = address();
    let asked_for = RefCell::new(untrack(address));
    whenever(move || {
        let now = address();
        if asked_for.replace(now.clone()) != now {
            let focused = document().active_element();
            navigation.left_from.set_value(focused.map(|focused| focused.id()).unwrap_or_default());
            PageState::forget_returned();
            crate::kit::live::page_asked_for();
        }
    });
    load_what_never_comes(navigation, address);
    // After Back the browser restores the scroll position, but on the page that is still shown.
    let _ = window_event_listener(ev::popstate, move |event| {
        // Another part of the same page is not another page; nor is the page that is still shown when the person turns
        // back.
        let goes = navigation.shown.get_value() != in_the_bar();
        let down = event.state().as_f64().unwrap_or_default();
        navigation.back_at.set_value(goes.then_some(down));
    });
    let note = move || {
        let going = navigation.back_at.get_value().is_some();
        if !going && navigation.shown.get_value() == in_the_bar() {
            let down = window().scroll_y().unwrap_or_default();
            if let Ok(history) = window().history() {
                let _ = history.replace_state(&JsValue::from_f64(down), "");
            }
        }
    };
    let due = StoredValue::new(false);
    let _ = window_event_listener(ev::scroll, move |_| {
        if !due.get_value() {
            due.set_value(true);
            let noted = move || {
                due.set_value(false);
                note();
            };
            set_timeout(noted, SOON);
        }
    });
    // In the capture phase: when the click bubbles to the window, the router may already have navigated.
    hear_first(move |_| note()).forget();
}

/// If nothing is pending and the requested page is missing, it is loaded as a document: the router forgets a page whose
/// file is on its way when another page of that kind is requested meanwhile (leptos-rs/leptos 4784).
fn load_what_never_comes(navigation: Navigation, address: impl Fn() -> String + Copy + 'static) {
    // With another query the same page may have nothing new to show.
    let is_there = move |asked_for: &str| path_of(asked_for) == path_of(&navigation.shown.get_value());
    wait_anew(move || {
        let (asked_for, waits) = (address(), navigation.routing.get() || navigation.loading.get());
        let comes = waits || is_there(&asked_for);
        let never = move || {
            if !is_there(&untrack(address)) && !document().hidden() {
                load_asked_for();
            }
        };
        if comes { None } else { set_timeout_with_handle(never, NEVER).ok() }
    });
}

/// Whenever its dependencies change, the pending wait is over.
fn wait_anew(wait: impl Fn() -> Option<TimeoutHandle> + 'static) {
    let waiting = Cell::new(None::<TimeoutHandle>);
    whenever(move || {
        if let Some(waiting) = waiting.take() {
            waiting.clear();
        }
        waiting.set(wait());
    });
}

pub fn tell_when_late(late: RwSignal<bool>) {
    let Navigation { routing, loading, .. } = expect_context();
    wait_anew(move || {
        if routing.get() || loading.get() {
            return set_timeout_with_handle(move || late.set(true), A_MOMENT).ok();
        }
        late.set(false);
        None
    });
}
