//! The calculator: what its file contains.

use domain::assessment::{
    delivery::{Calculator, Press},
    question::with_number,
};
use leptos::{
    prelude::*,
    web_sys::{KeyboardEvent, MouseEvent},
};

use crate::{
    assessment::question::answer::put,
    kit::ui::{attribute, fixed, handler},
};

/// From this width on it stands beside the question, and is open: as in `style/assessment/room.css`, in pixels.
const BESIDE: f64 = 1024.0;

const KEYS: [(&str, &str, &str); 18] = [
    ("7", "7", ""),
    ("8", "8", ""),
    ("9", "9", ""),
    ("/", "÷", "divided by"),
    ("4", "4", ""),
    ("5", "5", ""),
    ("6", "6", ""),
    ("*", "×", "times"),
    ("1", "1", ""),
    ("2", "2", ""),
    ("3", "3", ""),
    ("-", "−", "minus"),
    ("0", "0", ""),
    (".", ".", "point"),
    ("=", "=", "equals"),
    ("+", "+", "plus"),
    ("Escape", "C", "clear"),
    ("Backspace", "⌫", "delete the last digit"),
];

/// A plain calculator, for papers that allow one. It uses no input of the browser and sends nothing; only when the
/// candidate says so, its result becomes the answer.
///
/// `asks_number`: the question that is shown asks for a number.
pub fn calculator_pad(asks_number: Memo<bool>) -> AnyView {
    let width = window().inner_width().ok().and_then(|width| width.as_f64());
    let open = width.is_some_and(|width| width >= BESIDE);
    let calculator = StoredValue::new(Calculator::default());
    let display = RwSignal::new(calculator.read_value().display());
    let press = move |key: &str| {
        Press::from_key(key).is_some_and(|press| {
            calculator.update_value(|calculator| calculator.press(press));
            display.set(calculator.read_value().display());
            true
        })
    };
    view! {
        <details class="calculator" {..fixed("open", open.then_some(""))}>
            <summary>"Calculator"</summary>
            <div class="pad" role="group" aria-label="Calculator"
                on:keydown=handler(move |event: KeyboardEvent| {
                    // Enter on a focused key presses that key; and with Ctrl a key enlarges the page, and is none of these.
                    let other = event.key() == "Enter" || event.ctrl_key() || event.meta_key() || event.alt_key();
                    if !other && press(&event.key()) {
                        event.prevent_default();
                    }
                })>
                <output class="display" role="status">{move || display.get().into_any()}</output>
                {KEYS.into_iter().map(|(key, sign, name)| view! {
                    <button type="button" {..fixed("aria-label", (!name.is_empty()).then_some(name))}
                        on:click=handler(move |_: MouseEvent| { press(key); })>{sign}</button>
                }.into_any()).collect_view()}
            </div>
            <button type="button" class="button secondary small" {..attribute("hidden", move || (!asks_number.get()).then_some(""))}
                on:click=handler(move |_: MouseEvent| {
                    let result = calculator.read_value().result();
                    if let Some(result) = result {
                        put(&|typed: &str| with_number(typed, &result));
                    }
                })>"Use this result"</button>
        </details>
    }
    .into_any()
}
