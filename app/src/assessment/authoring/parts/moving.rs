//! Lines of a draft are moved by their buttons, and with scripts also by dragging their handles. Dropping a line presses
//! a button of its form that says the new place: one request, which the server checks as it checks the others. Nothing of
//! the page changes before the server's answer, and a drag that is given up leaves it as it was.

use domain::assessment::authoring::{RuleId, SectionView};
use leptos::{prelude::*, web_sys::PointerEvent};

use super::rules::about;
use crate::kit::ui::handler;

/// Tells where a line stands that was moved.
#[derive(Clone, Copy)]
pub struct Moving {
    rule: StoredValue<Option<RuleId>>,
    told: RwSignal<String>,
}

impl Moving {
    /// For the parts of a page. It outlives the page's data.
    pub fn provide() -> Self {
        let moving = Self { rule: StoredValue::new(None), told: RwSignal::new(String::new()) };
        provide_context(moving);
        moving
    }

    /// The server has accepted the move.
    pub fn moved(self, rule: RuleId) {
        self.rule.set_value(Some(rule));
    }

    /// The sections are drawn as they stand now.
    pub fn tell(self, sections: &[SectionView]) {
        let Some(moved) = self.rule.try_update_value(Option::take).flatten() else { return };
        for section in sections {
            if let Some(place) = section.rules.iter().position(|rule| rule.id == moved) {
                let (what, all) = (about(&section.rules[place]), section.rules.len());
                self.told.set(format!("{what}, place {} of {all}", place + 1));
            }
        }
    }
}

/// Announces the new place of a line.
#[component]
pub fn MovedLine(moving: Moving) -> impl IntoView {
    view! { <p class="visually-hidden" role="status">{move || moving.told.get()}</p> }
}

/// Lines within can be dragged by their handles, each within its own table.
#[component]
pub fn Draggable(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        // The lines are drawn anew, and another may take the place of the one that is held.
        browser::stop();
        browser::stop_with_escape();
    }
    view! {
        <div
            on:pointerdown=handler(|event: PointerEvent| browser::begin(&event))
            on:pointermove=handler(|event: PointerEvent| browser::follow(&event))
            on:pointerup=handler(|event: PointerEvent| browser::drop_at(&event))
            on:pointercancel=handler(|_: PointerEvent| browser::stop())>
            {children()}
        </div>
    }
}

/// The place of a dragged line, from 0: behind every other line whose middle the pointer has passed.
#[cfg(any(feature = "hydrate", test))]
fn place_at(pointer: f64, middles_of_others: impl Iterator<Item = f64>) -> usize {
    middles_of_others.filter(|middle| *middle < pointer).count()
}

#[cfg(not(feature = "hydrate"))]
mod browser {
    use leptos::web_sys::PointerEvent;

    pub fn begin(_: &PointerEvent) {}

    pub fn follow(_: &PointerEvent) {}

    pub fn drop_at(_: &PointerEvent) {}

    pub fn stop() {}
}

/// What is dragged is marked in the document, and nowhere else.
#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev, prelude::*};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent, js_sys};

    use super::place_at;
    use crate::kit::while_shown::hear;

    /// On the dragged row: the number of its pointer.
    const DRAGGED: &str = "data-dragged";
    /// On the row that it would be put `above` or `below`.
    const DROP: &str = "data-drop";
    /// Nearer to an edge of the window than this, the page is scrolled, in pixels.
    const EDGE: f64 = 48.0;
    const SCROLLED: f64 = 16.0;

    pub fn begin(event: &PointerEvent) {
        let Some(handle) = event_target::<Element>(event).closest(".drag-handle").ok().flatten() else {
            return;
        };
        let Some(row) = handle.closest("tr").ok().flatten() else { return };
        if !event.is_primary() || event.button() != 0 || dragged().is_some() {
            return;
        }
        event.prevent_default();
        let _ = handle.set_pointer_capture(event.pointer_id());
        let _ = row.set_attribute(DRAGGED, &event.pointer_id().to_string());
    }

    pub fn follow(event: &PointerEvent) {
        let Some(row) = dragged_by(event) else { return };
        let y = f64::from(event.client_y());
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        if y < EDGE {
            window().scroll_by_with_x_and_y(0.0, -SCROLLED);
        } else if y > height - EDGE {
            window().scroll_by_with_x_and_y(0.0, SCROLLED);
        }
        let (rows, from, to) = places(&row, y);
        unmark();
        if let Some(other) = rows.get(to).filter(|_| to != from) {
            let _ = other.set_attribute(DROP, if to < from { "above" } else { "below" });
        }
    }

    pub fn drop_at(event: &PointerEvent) {
        let Some(row) = dragged_by(event) else { return };
        let (_, from, to) = places(&row, f64::from(event.client_y()));
        stop();
        if from == to {
            return;
        }
        let within =
            |selector: &str| row.query_selector(selector).ok().flatten()?.dyn_into::<HtmlElement>().ok();
        // The focus goes with the line, as when a button is pressed.
        if let Some(up) = within("button[value=up]") {
            let _ = up.focus();
        }
        if let Some(button) = within("button.drop") {
            let _ = button.set_attribute("value", &(to + 1).to_string());
            button.click();
        }
    }

    /// Gives the drag up, if there is one.
    pub fn stop() {
        unmark();
        if let Some(row) = dragged() {
            let _ = row.remove_attribute(DRAGGED);
        }
    }

    pub fn stop_with_escape() {
        hear(ev::keydown, |event: KeyboardEvent| {
            if event.key() == "Escape" {
                stop();
            }
        });
    }

    fn find(attribute: &str) -> Option<Element> {
        document().query_selector(&format!("tr[{attribute}]")).ok().flatten()
    }

    fn dragged() -> Option<Element> {
        find(DRAGGED)
    }

    fn dragged_by(event: &PointerEvent) -> Option<Element> {
        let pointer = event.pointer_id().to_string();
        dragged().filter(|row| row.get_attribute(DRAGGED).as_deref() == Some(&*pointer))
    }

    fn unmark() {
        if let Some(row) = find(DROP) {
            let _ = row.remove_attribute(DROP);
        }
    }

    /// The rows of the table in their order; and the place of the dragged one, now and if it were dropped here.
    fn places(row: &Element, y: f64) -> (Vec<Element>, usize, usize) {
        let body = row.closest("tbody").ok().flatten();
        let rows = body.and_then(|body| body.query_selector_all("tr").ok());
        let rows: Vec<Element> = rows
            .map(|rows| js_sys::Array::from(&rows).iter().filter_map(|row| row.dyn_into().ok()).collect())
            .unwrap_or_default();
        let from = rows.iter().position(|other| other == row).unwrap_or_default();
        let others = rows.iter().filter(|other| *other != row).map(|other| {
            let place = other.get_bounding_client_rect();
            place.top() + place.height() / 2.0
        });
        let to = place_at(y, others);
        (rows, from, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_dropped_behind_the_lines_that_the_pointer_has_passed() {
        let others = || [10.0, 30.0, 50.0].into_iter();
        for (pointer, place) in [(-5.0, 0), (10.0, 0), (10.5, 1), (29.0, 1), (31.0, 2), (999.0, 3)] {
            assert_eq!(place_at(pointer, others()), place, "{pointer}");
        }
        assert_eq!(place_at(40.0, std::iter::empty()), 0);
    }
}
