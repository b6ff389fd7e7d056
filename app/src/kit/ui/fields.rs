use domain::{FieldProblem, Problem};
use leptos::prelude::*;

use super::whenever;

/// The first problem of the field, if it has one.
pub fn problem_for(problems: &[FieldProblem], field: &str) -> Option<Problem> {
    problems.iter().find(|problem| problem.field == field).map(|problem| problem.problem.clone())
}

/// Hint and problem, between a label and its input.
pub(super) fn notes(
    id: &str,
    hint: Option<String>,
    problem: Signal<Option<Problem>>,
) -> impl IntoView + use<> {
    let id = id.to_owned();
    view! {
        {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
        {move || problem_line(&id, problem.get())}
    }
}

/// The problem, if there is one, as all closures give it: see [`ErrorSummary`](super::ErrorSummary).
pub fn problem_line(id: &str, problem: Option<Problem>) -> AnyView {
    match problem {
        Some(problem) => view! { <ProblemLine id problem /> }.into_any(),
        None => ().into_any(),
    }
}

/// The surroundings of every input.
#[component]
pub(super) fn FieldFrame(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    hint: Option<String>,
    problem: Signal<Option<Problem>>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field" class:wrong=move || problem.read().is_some()>
            <label for=id.clone()>{label}</label>
            {notes(&id, hint, problem)}
            {children()}
        </div>
    }
}

/// The problem beside its field, with the word that screen readers put before it.
#[component]
fn ProblemLine(#[prop(into)] id: String, problem: Problem) -> impl IntoView {
    view! {
        <p class="problem" id=format!("{id}-problem")>
            <span class="visually-hidden">"Error: "</span>
            {problem.message()}
        </p>
    }
}

/// The ids of the field's descriptions.
pub(super) fn described_by(
    id: &str,
    hint: bool,
    problem: Signal<Option<Problem>>,
) -> impl Fn() -> Option<String> + Clone + use<> {
    let id = id.to_owned();
    move || {
        let hint = hint.then(|| format!("{id}-hint"));
        let problem = problem.read().is_some().then(|| format!("{id}-problem"));
        let parts: Vec<_> = [hint, problem].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

pub(super) fn invalid(problem: Signal<Option<Problem>>) -> impl Fn() -> Option<&'static str> + Clone {
    move || problem.read().is_some().then_some("true")
}

/// One line of text, a number or a time, with its label, hint and problem.
#[component]
pub fn TextField(
    /// The input's id, and its name unless `name` says otherwise.
    #[prop(into)]
    id: String,
    #[prop(optional, into)] name: Option<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// A whole number: a narrow box, and the keys for it on a phone.
    #[prop(optional)]
    numeric: bool,
    /// For a time: the earliest and the latest that a browser offers.
    #[prop(optional)]
    limits: Option<(String, String)>,
    #[prop(into)] value: String,
    #[prop(into)] problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let (min, max) = limits.unzip();
    let described = described_by(&id, hint.is_some(), problem);
    let invalid = invalid(problem);
    view! {
        <FieldFrame id=id.clone() label hint problem>
            <input id=id.clone() name=name.unwrap_or(id) type=kind class=numeric.then_some("short") value=value
                inputmode=numeric.then_some("numeric") autocomplete=autocomplete spellcheck="false" min=min max=max
                aria-describedby=described aria-invalid=invalid />
        </FieldFrame>
    }
}

/// A password, hidden until its button shows it. Pasting works as well as typing.
#[component]
pub fn PasswordField(
    id: &'static str,
    label: &'static str,
    #[prop(optional, into)] hint: Option<String>,
    autocomplete: &'static str,
    #[prop(into)] problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let described = described_by(id, hint.is_some(), problem);
    let invalid = invalid(problem);
    view! {
        <FieldFrame id label hint problem>
            <div class="with-button">
                <input id=id name=id type="password" autocomplete=autocomplete spellcheck="false" autocapitalize="none"
                    aria-describedby=described aria-invalid=invalid />
                <ShowPassword input=id.to_owned() />
            </div>
        </FieldFrame>
    }
}

/// The button that shows the text of the password field with that id, and hides it again.
#[component]
fn ShowPassword(input: String) -> impl IntoView {
    let shown = RwSignal::new(false);
    // Without scripts the button could do nothing, so it is not there.
    let scripts = RwSignal::new(false);
    whenever(move || scripts.set(true));
    let controls = input.clone();
    let turn = move |_| {
        shown.update(|shown| *shown = !*shown);
        if let Some(field) = document().get_element_by_id(&input) {
            let _ = field.set_attribute("type", if shown.get_untracked() { "text" } else { "password" });
        }
    };
    view! {
        <button type="button" class="button secondary small" aria-controls=controls hidden=move || !scripts.get() on:click=turn>
            {move || if shown.get() { "Hide" } else { "Show" }}
            <span class="visually-hidden">" password"</span>
        </button>
    }
}
