//! Fields whose ids and texts are made while the page is, and kinds of input that are not one line of text.

use domain::Problem;
use leptos::prelude::*;

use super::{ProblemLine, fields::described_by};

/// Hint and problem, between a label and its input.
pub(super) fn notes(id: &str, hint: Option<String>, problem: Option<Problem>) -> impl IntoView + use<> {
    let id = id.to_owned();
    view! {
        {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
        {problem.map(|problem| view! { <ProblemLine id=id.clone() problem /> })}
    }
}

/// One line of text, a number or a time.
#[component]
pub fn InputField(
    /// The input's id, and its name unless `name` says otherwise.
    #[prop(into)]
    id: String,
    #[prop(optional, into)] name: Option<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = "text")] kind: &'static str,
    /// A whole number: a narrow box, and the keys for it on a phone.
    #[prop(optional)]
    numeric: bool,
    #[prop(into)] value: String,
    problem: Option<Problem>,
) -> impl IntoView {
    let described = described_by(&id, hint.is_some(), problem.is_some());
    let wrong = problem.is_some();
    view! {
        <div class="field" class:wrong=wrong>
            <label for=id.clone()>{label}</label>
            {notes(&id, hint, problem)}
            <input id=id.clone() name=name.unwrap_or(id) type=kind class=numeric.then_some("short") value=value
                inputmode=numeric.then_some("numeric") autocomplete="off" spellcheck="false"
                aria-describedby=described aria-invalid=wrong.then_some("true") />
        </div>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = 6)] rows: u8,
    /// For what is read by machines: letters of one width, no long lines broken, no spelling checked.
    #[prop(optional)]
    code: bool,
    #[prop(into)] value: String,
    problem: Option<Problem>,
) -> impl IntoView {
    let described = described_by(&id, hint.is_some(), problem.is_some());
    let wrong = problem.is_some();
    // A line break right behind the opening tag is not part of the text, so one is put there: the text may begin with its own.
    let value = format!("\n{value}");
    view! {
        <div class="field" class:wrong=wrong>
            <label for=id.clone()>{label}</label>
            {notes(&id, hint, problem)}
            <textarea id=id.clone() name=id rows=rows.to_string() class=code.then_some("code") autocomplete="off"
                spellcheck=if code { "false" } else { "true" } aria-describedby=described
                aria-invalid=wrong.then_some("true")>{value}</textarea>
        </div>
    }
}

/// One of a list. The options are the children, so that they can be in groups.
#[component]
pub fn SelectField(
    #[prop(into)] id: String,
    #[prop(optional, into)] name: Option<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    problem: Option<Problem>,
    children: Children,
) -> impl IntoView {
    let described = described_by(&id, hint.is_some(), problem.is_some());
    let wrong = problem.is_some();
    view! {
        <div class="field" class:wrong=wrong>
            <label for=id.clone()>{label}</label>
            {notes(&id, hint, problem)}
            <select id=id.clone() name=name.unwrap_or(id) autocomplete="off" aria-describedby=described
                aria-invalid=wrong.then_some("true")>{children()}</select>
        </div>
    }
}
