use domain::assessment::delivery::{Calculator, Press};
use leptos::{
    prelude::*,
    web_sys::{KeyboardEvent, MouseEvent},
};

use crate::kit::ui::{attribute, handler};

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

/// A plain calculator, for papers that allow one. It uses no input of the browser and sends nothing.
#[component]
pub fn CalculatorPad() -> impl IntoView {
    let calculator = StoredValue::new(Calculator::default());
    let display = RwSignal::new(calculator.with_value(Calculator::display));
    let press = move |key: &str| {
        Press::from_key(key).is_some_and(|press| {
            calculator.update_value(|calculator| calculator.press(press));
            display.set(calculator.with_value(Calculator::display));
            true
        })
    };
    view! {
        <details class="calculator">
            <summary>"Calculator"</summary>
            <div class="pad" role="group" aria-label="Calculator"
                on:keydown=handler(move |event: KeyboardEvent| {
                    // Enter on a focused key presses that key.
                    if event.key() != "Enter" && press(&event.key()) {
                        event.prevent_default();
                    }
                })>
                <output class="display" role="status">{move || display.get()}</output>
                {KEYS.into_iter().map(|(key, sign, name)| view! {
                    <button type="button" {..attribute("aria-label", move || (!name.is_empty()).then_some(name))}
                        on:click=handler(move |_: MouseEvent| { press(key); })>{sign}</button>
                }.into_any()).collect_view()}
            </div>
        </details>
    }
}
