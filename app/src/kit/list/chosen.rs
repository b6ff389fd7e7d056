//! Check boxes in front of rows, in a form that sends the ticked ones. With scripts there is also a box that ticks all rows of the page,
//! and a count of the ticked rows.

use leptos::{ev::Event, prelude::*};

use crate::kit::ui::whenever;

/// The box of one row. A screen reader reads `label`.
#[component]
pub fn Tick(name: &'static str, value: String, label: String, checked: bool) -> impl IntoView {
    view! { <td class="tick-cell"><input type="checkbox" name=name value=value checked=checked aria-label=label /></td> }
}

/// The heading of the column of boxes. Without scripts its box could do nothing, so it is hidden.
#[component]
pub fn TickAll(
    /// The id of the element around the boxes.
    within: &'static str,
) -> impl IntoView {
    let scripts = RwSignal::new(false);
    whenever(move || scripts.set(true));
    let ticked = move |event: Event| tick_all(within, event_target_checked(&event));
    view! {
        <th scope="col" class="tick-cell">
            <span class="visually-hidden">"Choose"</span>
            <input type="checkbox" value="all" aria-label="Choose all that are shown here" hidden=move || !scripts.get() on:change=ticked />
        </th>
    }
}

/// Stands around the rows and their boxes, and says how many are ticked.
#[component]
pub fn Chosen(id: &'static str, children: Children) -> impl IntoView {
    let ticked = RwSignal::new(None::<usize>);
    let count = move || ticked.set(Some(ticked_in(id)));
    whenever(count);
    view! {
        <div id=id on:change=move |_| count()>{children()}</div>
        <p aria-live="polite">{move || ticked.get().map(|ticked| match ticked {
            0 => "None is chosen.".to_owned(),
            1 => "1 is chosen.".to_owned(),
            many => format!("{many} are chosen."),
        })}</p>
    }
}

#[cfg(feature = "hydrate")]
fn boxes(within: &str) -> Vec<web_sys::HtmlInputElement> {
    use wasm_bindgen::JsCast;

    let boxes = document().query_selector_all(&format!("#{within} input[type=checkbox][name]")).ok();
    let boxes = boxes.iter().flat_map(|all| (0..all.length()).filter_map(|n| all.get(n)));
    boxes.filter_map(|found| found.dyn_into().ok()).collect()
}

#[cfg(feature = "hydrate")]
fn ticked_in(within: &str) -> usize {
    boxes(within).iter().filter(|each| each.checked()).count()
}

#[cfg(feature = "hydrate")]
fn tick_all(within: &str, checked: bool) {
    for each in boxes(within) {
        each.set_checked(checked);
    }
}

#[cfg(not(feature = "hydrate"))]
fn ticked_in(_: &str) -> usize {
    0
}

#[cfg(not(feature = "hydrate"))]
fn tick_all(_: &str, _: bool) {}
