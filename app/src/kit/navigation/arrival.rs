//! Arriving at a page: the focus and the scroll position.

use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FocusOptions, HtmlElement};

use super::{
    Navigation,
    browser::{address, in_the_bar, path_of},
};
use crate::kit::ui::whenever;

/// A page that is built is in the document after this number of frames, or never.
const FRAMES: u32 = 30;

pub fn arrive_at(heading: NodeRef<html::H1>) {
    let navigation = expect_context::<Navigation>();
    let address = address();
    whenever(move || {
        if let Some(heading) = heading.get() {
            when_in_document(heading.into(), FRAMES, move |heading| {
                arrived(navigation, heading, &untrack(address))
            });
        }
    });
}

/// A page is built, and put into the document a moment later; a page overtaken by another never is.
fn when_in_document(heading: HtmlElement, frames: u32, then: impl Fn(&HtmlElement) + 'static) {
    request_animation_frame(move || {
        if heading.is_connected() {
            then(&heading);
        } else if frames > 0 {
            when_in_document(heading, frames - 1, then);
        }
    });
}

/// The heading of the page at this address is there.
fn arrived(navigation: Navigation, heading: &HtmlElement, now: &str) {
    let before = navigation.shown.get_value();
    let anew = navigation.anew.try_update_value(std::mem::take).unwrap_or_default();
    let begun = navigation.begun.try_update_value(|begun| std::mem::replace(begun, true)) == Some(true);
    if now == before && !anew {
        // The focused element has gone: the page was drawn again because it arrived late, or because the person turned
        // back.
        if begun && has_no_focus() {
            focus(heading);
            // The notice of a missing page is too short for that.
            if let Some(down) = navigation.came_back_to.get_value() {
                window().scroll_to_with_x_and_y(0.0, down);
                let there = window().scroll_y().is_ok_and(|now| now >= down - 1.0);
                navigation.came_back_to.set_value((!there).then_some(down));
            }
        }
        return;
    }
    let same_page = path_of(now) == path_of(&before);
    navigation.shown.set_value(now.to_owned());
    stand_at(now);
    let back_at = navigation.back_at.try_update_value(Option::take).flatten();
    navigation.came_back_to.set_value(back_at);
    arrive(heading, same_page, back_at, &navigation.left_from.get_value());
}

/// The router does not update the address bar if it believes that the page is the last one that it put there, although
/// the person has gone back and forward since (leptos-rs/leptos 4324).
fn stand_at(address: &str) {
    if in_the_bar() != address
        && let Ok(history) = window().history()
    {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

fn has_no_focus() -> bool {
    document().active_element().is_none_or(|focused| focused.tag_name() == "BODY")
}

fn arrive(heading: &HtmlElement, same_page: bool, back_at: Option<f64>, left_from: &str) {
    let find = |id: &str| document().get_element_by_id(id)?.dyn_into::<HtmlElement>().ok();
    if let Some(down) = back_at {
        focus(heading);
        window().scroll_to_with_x_and_y(0.0, down);
        return;
    }
    // The address names a part of the page.
    let hash = window().location().hash().unwrap_or_default();
    if let Some(part) = hash.strip_prefix('#').and_then(find) {
        focus(&part);
        part.scroll_into_view();
        return;
    }
    // The same page in another order, for example: the pressed element is there again.
    if let Some(pressed) = find(left_from).filter(|_| same_page && !left_from.is_empty()) {
        let _ = pressed.focus();
        return;
    }
    // The main content of a page may be elsewhere than in its heading.
    let news = document().query_selector("main [autofocus], main .notice.success").ok().flatten();
    let news = news.and_then(|news| news.dyn_into::<HtmlElement>().ok());
    focus(news.as_ref().unwrap_or(heading));
    // The same page in another order, for example, keeps its scroll position; a notice is scrolled into view.
    if !same_page || news.is_some() {
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }
    if let Some(news) = news.filter(is_out_of_sight) {
        news.scroll_into_view();
    }
}

fn is_out_of_sight(element: &HtmlElement) -> bool {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    element.get_bounding_client_rect().bottom() > height
}

/// An element that is not a control takes the focus only with a `tabindex`.
fn focus(element: &HtmlElement) {
    if element.tab_index() < 0 && !element.has_attribute("tabindex") {
        let _ = element.set_attribute("tabindex", "-1");
    }
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}
