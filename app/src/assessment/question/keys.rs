//! Keys beside the box for a number, for people who tap: the number pads of some phones have no minus, and some have a
//! comma in place of the point. Style shows them where they are of use (`style/assessment/room.css`); what they type is
//! typed in the box, and goes the way of everything that is typed there.

use domain::assessment::question::after_key;
use leptos::{
    prelude::*,
    web_sys::{Element, MouseEvent},
};

use super::answer::edit;
use crate::kit::ui::handler;

/// As markup, with one handler for all: for each button of a view a browser would load code.
const KEYS: &str = "<button type=\"button\" value=\"±\">±<span class=\"visually-hidden\"> change the sign</span></button>\
    <button type=\"button\" value=\".\">.<span class=\"visually-hidden\"> decimal point</span></button>";

/// For a box that takes the unit too. The same for every question; any other unit is typed.
const UNITS: &str = "<button type=\"button\" value=\"mg\">mg</button><button type=\"button\" value=\"micrograms\">micrograms</button>\
    <button type=\"button\" value=\"g\">g</button><button type=\"button\" value=\"mL\">mL</button>\
    <button type=\"button\" value=\"L\">L</button><button type=\"button\" value=\"mL/hour\">mL/hour</button>\
    <button type=\"button\" value=\"units\">units</button><button type=\"button\" value=\"tablets\">tablets</button>\
    <button type=\"button\" value=\"abc\">abc<span class=\"visually-hidden\"> letters or figures on the keyboard</span></button>";

pub fn keys(with_units: bool) -> AnyView {
    let mut keys = KEYS.to_owned();
    if with_units {
        keys.push_str(UNITS);
    }
    view! {
        <div class="keys" role="group" aria-label="Keys" inner_html=keys
            // The box keeps the focus: a phone would close its keyboard, and open it again.
            on:mousedown=handler(|event: MouseEvent| event.prevent_default())
            on:click=handler(|event: MouseEvent| {
                let button = event_target::<Element>(&event).closest("button").ok().flatten();
                match button.and_then(|button| button.get_attribute("value")).as_deref() {
                    Some("abc") => other_keyboard(),
                    Some(key) => edit(&|typed: &str, selected: [usize; 2]| {
                        let (text, caret) = after_key(typed, selected, key);
                        (text, Some(caret))
                    }),
                    None => {}
                }
            })></div>
    }
    .into_any()
}

/// A phone opens its number pad for this box: the units are on keys beside it. Without scripts they are typed, so the
/// server does not say so.
pub fn numbers_first() {
    #[cfg(feature = "hydrate")]
    request_animation_frame(|| {
        let coarse = window().match_media("(pointer: coarse)").ok().flatten();
        if coarse.is_some_and(|coarse| coarse.matches()) {
            show_keyboard("decimal");
        }
    });
}

/// Letters in place of figures, or figures in place of letters.
fn other_keyboard() {
    #[cfg(feature = "hydrate")]
    if let Some(field) = super::answer::number_field() {
        let now = field.get_attribute("inputmode");
        show_keyboard(if now.as_deref() == Some("decimal") { "text" } else { "decimal" });
        let _ = field.focus();
    }
}

#[cfg(feature = "hydrate")]
fn show_keyboard(mode: &str) {
    if let Some(field) = super::answer::number_field() {
        let _ = field.set_attribute("inputmode", mode);
    }
}

#[cfg(test)]
mod tests {
    use domain::quantity::Unit;

    use super::*;

    #[test]
    fn every_key_of_a_unit_types_a_unit_and_says_what_it_types() {
        let keys: Vec<_> = UNITS.split("value=\"").skip(1).collect();
        assert_eq!(keys.len(), 9);
        for key in keys {
            let (value, rest) = key.split_once("\">").unwrap();
            assert!(rest.starts_with(value), "{key}");
            if value != "abc" {
                assert_eq!(value.parse::<Unit>().unwrap().to_string(), value);
            }
        }
    }
}
