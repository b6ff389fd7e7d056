//! The fields of what is asked for, one group for each kind of answer.

use domain::assessment::bank::form::{PRECISIONS, ROUNDINGS, UNIT_ENTRIES, row_key};
use leptos::prelude::*;

use super::written::{Typed, framed};

pub fn answered(typed: Typed) -> AnyView {
    view! {
        <div class="for-number">{number(typed)}</div>
        <div class="for-choice">{options(typed)}</div>
        <div class="for-ordering">{ordering(typed)}</div>
        <div class="for-text">{text_entry(typed)}</div>
    }
    .into_any()
}

fn number(typed: Typed) -> AnyView {
    let entries = UNIT_ENTRIES.iter().map(|(word, _)| *word).zip([
        "Candidates type it after the number",
        "Candidates choose it from a list",
        "It stands beside the box",
    ]);
    let roundings = ROUNDINGS.iter().map(|(word, rounding)| (*word, rounding.in_words())).collect();
    let precisions = PRECISIONS
        .iter()
        .map(|(word, precision)| (*word, precision.in_words().unwrap_or("Any way that has the right value")))
        .collect();
    view! {
        <h2>"Answer"</h2>
        {typed.line("number.value", "An expression, like dose / strength * 5")}
        {typed.line("number.unit", "Like mL or micrograms/kg/min. Empty for a bare number.")}
        {typed.choice("number.unit-entry", None, entries.collect())}
        {typed.line("number.unit-choices", "Only for a list: two or more, with commas between them")}
        {typed.choice("number.rounding", None, roundings)}
        {typed.choice("number.precision", None, precisions)}
        {typed.line("number.tolerance", "How far from the right answer still counts, in its unit. Only for a reading from a scale.")}
        <h3>"Other right units"</h3>
        <p>"Only where the unit is typed or chosen. The factor says how many of the unit above make one of this: 1000 for mg beside micrograms."</p>
        {typed.rows("number.also", also)}
        <h3>"Worked solution"</h3>
        <p>"One step has the answer with its unit. "<code>"{answer}"</code>" is the rounded answer, "<code>"{exact}"</code>" the answer before that."</p>
        {typed.texts("number.steps", 2)}
        <h3>"Known mistakes"</h3>
        <p>"Each with the answer to which it leads, not rounded. A candidate who gives that answer is told the mistake."</p>
        {typed.rows("number.errors", number_error)}
    }
    .into_any()
}

fn also(typed: Typed, row: usize) -> AnyView {
    let key = |column: &str| row_key("number.also", row, column);
    let fields = view! {
        <div class="three">
            {typed.line(&key("unit"), "")}
            {typed.line(&key("factor"), "")}
        </div>
    };
    framed("number.also", row, fields.into_any())
}

fn number_error(typed: Typed, row: usize) -> AnyView {
    let key = |column: &str| row_key("number.errors", row, column);
    let fields = view! {
        {typed.line(&key("name"), "As the candidate reads it: Formula upside down")}
        {typed.line(&key("value"), "Like strength / dose * 5")}
        {typed.line(&key("when"), "A condition, if the mistake is possible with some numbers only")}
    };
    framed("number.errors", row, fields.into_any())
}

fn options(typed: Typed) -> AnyView {
    view! {
        <h2>"Options"</h2>
        {typed.rows("options", option)}
        {typed.tick("keep-order", "Keep this order, as for a list from small to large")}
    }
    .into_any()
}

fn option(typed: Typed, row: usize) -> AnyView {
    let key = |column: &str| row_key("options", row, column);
    let fields = view! {
        {typed.line(&key("text"), "")}
        {typed.tick(&key("right"), "This option is right")}
        {typed.line(&key("why"), "Needed for a wrong one")}
        {typed.line(&key("error"), "If it has a name")}
    };
    framed("options", row, fields.into_any())
}

fn ordering(typed: Typed) -> AnyView {
    view! {
        <h2>"Items"</h2>
        <p>"At least three, in the right order. Candidates see them in another."</p>
        {typed.texts("ordering.items", 1)}
        <h3>"Known mistakes"</h3>
        {typed.rows("ordering.errors", ordering_error)}
    }
    .into_any()
}

fn ordering_error(typed: Typed, row: usize) -> AnyView {
    let key = |column: &str| row_key("ordering.errors", row, column);
    let fields = view! {
        {typed.line(&key("name"), "")}
        {typed.line(&key("order"), "The numbers of the items, like 3, 2, 1")}
    };
    framed("ordering.errors", row, fields.into_any())
}

fn text_entry(typed: Typed) -> AnyView {
    view! {
        <h2>"Answer"</h2>
        <p>"Every spelling that is right, the best one first."</p>
        {typed.texts("text-entry.accepted", 1)}
        {typed.tick("text-entry.case-matters", "Capitals are part of the answer")}
        <h3>"Known mistakes"</h3>
        {typed.rows("text-entry.errors", text_error)}
    }
    .into_any()
}

fn text_error(typed: Typed, row: usize) -> AnyView {
    let key = |column: &str| row_key("text-entry.errors", row, column);
    let fields = view! {
        {typed.line(&key("name"), "")}
        {typed.lines(&key("texts"), "One on each line", 2)}
    };
    framed("text-entry.errors", row, fields.into_any())
}
