//! Fields with choices to tick.

use domain::Problem;
use leptos::prelude::*;

use super::fields::{described_by, invalid, notes, problem_line};

/// One of a few, all visible. The first has the id of the field, which the error summary leads to.
#[component]
pub fn Radios(
    /// Also the name of the inputs.
    id: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    /// Value and label of each.
    options: Vec<(&'static str, &'static str)>,
    #[prop(into)] chosen: String,
    #[prop(into)] problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let described = described_by(id, hint.is_some(), problem);
    let option = move |(at, (value, words)): (usize, (&'static str, &'static str))| {
        let own = if at == 0 { id.to_owned() } else { format!("{id}-{value}") };
        view! {
            <div class="choice">
                <input type="radio" id=own.clone() name=id value=value checked=chosen == value />
                <label for=own>{words}</label>
            </div>
        }
    };
    view! {
        <fieldset class="field" class:wrong=move || problem.read().is_some() aria-describedby=described>
            <legend>{label}</legend>
            {notes(id, hint, problem)}
            {options.into_iter().enumerate().map(option).collect_view()}
        </fieldset>
    }
}

/// A box to tick, which sends `true` unless `value` says otherwise.
#[component]
pub fn CheckBox(
    #[prop(into)] id: String,
    #[prop(optional, into)] name: Option<String>,
    #[prop(default = "true".to_owned(), into)] value: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    checked: bool,
    #[prop(optional, into)] problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let described = described_by(&id, hint.is_some(), problem);
    let (invalid, own) = (invalid(problem), id.clone());
    view! {
        {move || problem_line(&own, problem.get())}
        <div class="choice">
            <input type="checkbox" id=id.clone() name=name.unwrap_or_else(|| id.clone()) value=value checked=checked
                aria-describedby=described aria-invalid=invalid />
            <label for=id.clone()>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
        </div>
    }
}
