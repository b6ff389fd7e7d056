use domain::{
    Problem,
    learning::{AskedQuestion, OptionView, QuestionView},
};
use leptos::prelude::*;

use crate::ui::ProblemLine;

/// One question of a check. `given` is what was answered before the form came back; `problem` may change while the question
/// stands there, and must not touch what has been answered since.
#[component]
pub fn QuestionField(
    number: usize,
    question: AskedQuestion,
    given: Vec<String>,
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let input =
        Input { id: format!("q-{}", question.id), name: format!("answers[{}][]", question.id), problem };
    let wording = view! {
        <span class="question-number">"Question "{number}</span>
        <span inner_html=question.text></span>
    };
    match question.view {
        QuestionView::Number { unit } => number_box(input, wording, unit, given).into_any(),
        QuestionView::One(options) => choices(input, wording, "radio", options, given).into_any(),
        QuestionView::Many(options) => choices(input, wording, "checkbox", options, given).into_any(),
    }
}

struct Input {
    id: String,
    name: String,
    problem: Signal<Option<Problem>>,
}

impl Input {
    fn problem_line(&self) -> impl IntoView + use<> {
        let (id, problem) = (self.id.clone(), self.problem);
        move || problem.get().map(|problem| view! { <ProblemLine id=id.clone() problem /> })
    }

    /// The ids that describe the input: its unit, where it has one, and its problem, while it has one.
    fn described_by(
        &self,
        unit: Option<String>,
    ) -> impl Fn() -> Option<String> + Send + Sync + Clone + use<> {
        let (problem_id, problem) = (format!("{}-problem", self.id), self.problem);
        move || {
            let problem = problem.read().is_some().then(|| problem_id.clone());
            let ids: Vec<_> = unit.clone().into_iter().chain(problem).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    }
}

fn number_box(input: Input, wording: impl IntoView, unit: String, given: Vec<String>) -> impl IntoView {
    let (problem, unit_id) = (input.problem, format!("{}-unit", input.id));
    let described = input.described_by((!unit.is_empty()).then(|| unit_id.clone()));
    let line = input.problem_line();
    view! {
        <div class="field question" class:wrong=move || problem.read().is_some()>
            <label for=input.id.clone()>{wording}</label>
            {line}
            <div class="with-unit">
                <input id=input.id name=input.name type="text" inputmode="decimal" autocomplete="off" class="short"
                    value=given.into_iter().next().unwrap_or_default() aria-describedby=described
                    aria-invalid=move || problem.read().is_some().then_some("true") />
                <span id=unit_id>{unit}</span>
            </div>
        </div>
    }
}

fn choices(
    input: Input,
    wording: impl IntoView,
    kind: &'static str,
    options: Vec<OptionView>,
    given: Vec<String>,
) -> impl IntoView {
    let (problem, described, line) = (input.problem, input.described_by(None), input.problem_line());
    let choice = |(n, option): (usize, OptionView)| {
        // The first choice has the id that the error summary leads to.
        let id = if n == 0 { input.id.clone() } else { format!("{}-{}", input.id, option.id) };
        view! {
            <div class="choice">
                <input type=kind id=id.clone() name=input.name.clone() checked=given.contains(&option.id) value=option.id />
                <label for=id inner_html=option.text></label>
            </div>
        }
    };
    let choices = options.into_iter().enumerate().map(choice).collect_view();
    view! {
        <fieldset class="field question" class:wrong=move || problem.read().is_some() aria-describedby=described>
            <legend>{wording}</legend>
            {(kind == "checkbox").then(|| view! { <p class="hint">"You can choose more than one."</p> })}
            {line}
            {choices}
        </fieldset>
    }
}
