use domain::{
    FieldProblem, Problem,
    learning::{AskedQuestion, OptionView, QuestionView},
};
use leptos::prelude::*;

use crate::kit::ui::{problem_line, uncorrected};

/// One question of a check. `given` is the answer from a refused form; `problem` may change while the question is
/// shown, and must not affect a later answer.
#[component]
pub fn QuestionField(
    number: usize,
    /// How many the check asks.
    of: usize,
    question: AskedQuestion,
    given: Vec<String>,
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let input =
        Input { id: format!("q-{}", question.id), name: format!("answers[{}][]", question.id), problem };
    let wording = view! {
        <span class="question-number">{format!("Question {number} of {of}")}</span>
        <span inner_html=question.text></span>
    };
    match question.view {
        QuestionView::Number { unit, rules } => number_box(input, wording, unit, rules, given).into_any(),
        QuestionView::One(options) => choices(input, wording, "radio", options, given).into_any(),
        QuestionView::Many(options) => choices(input, wording, "checkbox", options, given).into_any(),
    }
}

/// The problem of a question in the error summary: the question, and what to do there.
pub fn in_summary(questions: &[AskedQuestion], problem: &FieldProblem) -> String {
    let asked =
        questions.iter().enumerate().find(|(_, question)| problem.field == format!("q-{}", question.id));
    let Some((n, question)) = asked else { return problem.problem.message().into_owned() };
    let what = match (&problem.problem, &question.view) {
        (Problem::AnswerMissing, QuestionView::One(_)) => "choose an answer".to_owned(),
        (Problem::AnswerMissing, QuestionView::Many(_)) => "choose one or more answers".to_owned(),
        (Problem::AnswerMissing, QuestionView::Number { unit, .. }) if unit.is_empty() => {
            "enter a number".to_owned()
        }
        (Problem::AnswerMissing, QuestionView::Number { unit, .. }) => format!("enter how many {unit}"),
        (problem, _) => {
            let message = problem.message();
            let first = message.get(..1).unwrap_or_default().to_ascii_lowercase();
            format!("{first}{}", message.get(first.len()..).unwrap_or_default())
        }
    };
    format!("Question {}: {what}", n + 1)
}

struct Input {
    id: String,
    name: String,
    problem: Signal<Option<Problem>>,
}

impl Input {
    fn problem_line(&self) -> AnyView {
        let (id, problem) = (self.id.clone(), self.problem);
        view! { {move || problem_line(&id, problem.get())} }.into_any()
    }

    /// The ids that describe the input: its rules and unit, where it has them, and its problem, while it has one.
    fn described_by(&self, notes: Vec<String>) -> impl Fn() -> Option<String> + Send + Sync + Clone + use<> {
        let (problem_id, problem) = (format!("{}-problem", self.id), self.problem);
        move || {
            let problem = problem.read().is_some().then(|| problem_id.clone());
            let ids: Vec<_> = notes.iter().cloned().chain(problem).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    }
}

fn number_box(
    input: Input,
    wording: impl IntoView,
    unit: String,
    rules: Option<String>,
    given: Vec<String>,
) -> impl IntoView {
    let (problem, unit_id, rules_id) =
        (input.problem, format!("{}-unit", input.id), format!("{}-rules", input.id));
    let notes = [rules.is_some().then(|| rules_id.clone()), (!unit.is_empty()).then(|| unit_id.clone())];
    let described = input.described_by(notes.into_iter().flatten().collect());
    let line = input.problem_line();
    view! {
        <div class="field question" class:wrong=move || problem.read().is_some()>
            <label for=input.id.clone()>{wording}</label>
            {rules.map(|rules| view! { <p class="hint" id=rules_id>{rules}</p> })}
            {line}
            <div class="with-unit">
                <input id=input.id name=input.name type="text" inputmode="decimal" autocomplete="off"
                    spellcheck="false" class="short" {..uncorrected()}
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
    let (problem, described, line) = (input.problem, input.described_by(Vec::new()), input.problem_line());
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_box_for_a_number_asks_for_the_keyboard_with_digits() {
        // The importer refuses answers below 0, because that keyboard has no minus sign.
        let view = QuestionView::Number { unit: "mL".into(), rules: Some("Write a whole number.".into()) };
        let question = AskedQuestion { id: "volume".into(), text: "How much?".into(), view };
        let html = Owner::new().with(|| {
            view! { <QuestionField number=1 of=8 question given=Vec::new() problem=Signal::derive(|| None) /> }
                .to_html()
        });
        assert!(html.contains("type=\"text\"") && html.contains("inputmode=\"decimal\""), "{html}");
        assert!(html.contains("Question 1 of 8"), "one sees how far one is: {html}");
        assert!(html.contains("autocorrect=\"off\"") && html.contains("spellcheck=\"false\""), "{html}");
        assert!(html.contains("aria-describedby=\"q-volume-rules q-volume-unit\""), "{html}");
    }
}
