use domain::{
    assessment::{
        question::{RoundingVerdict, UnitVerdict, ValueVerdict, Verdict},
        results::QuestionResult,
    },
    count,
};
use leptos::prelude::*;

/// Every question of a sitting, with its answer, the right answer and the worked solution.
#[component]
pub fn ResultQuestions(
    questions: Vec<QuestionResult>,
    /// Whether the candidate reads this. Otherwise the setter does.
    own: bool,
) -> impl IntoView {
    let all = questions.len();
    let items = (1..).zip(questions).map(|(n, question)| view! { <QuestionItem question n all own /> });
    view! { <ol class="results">{items.collect_view()}</ol> }
}

#[component]
fn QuestionItem(question: QuestionResult, n: u32, all: usize, own: bool) -> impl IntoView {
    let full = question.marks == question.available;
    let judged = question.judged();
    let marks = format!("{}: {} of {}", judged.verdict(), question.marks, count(question.available, "mark"));
    let answered = if own { "You answered" } else { "Answered" };
    let given = if question.given.is_empty() { vec!["Nothing".to_owned()] } else { question.given };
    view! {
        <li class=judged.class()>
            <h3 id=format!("question-{n}") tabindex="-1">"Question "{n}" of "{all}<span class="question-number">{question.category.title()}</span></h3>
            {question.stimulus.map(|stimulus| view! { <div class="prose" inner_html=stimulus></div> })}
            <div class="prose" inner_html=question.wording></div>
            <p class=format!("verdict signed {}", judged.class())>{marks}</p>
            {question.voided.then(|| view! { <p>"The question turned out to be faulty, so everybody got its marks."</p> })}
            {question.advice.map(|advice| view! { <p class="hint">{advice.message()}</p> })}
            {(question.unreadable && !question.voided).then(|| view! {
                <p>"The answer could be read in two ways, so it was not judged and has no marks."</p>
            })}
            {question.verdict.filter(|verdict| !verdict.right).map(|verdict| view! { <Parts verdict /> })}
            <dl class="summary-list">
                <div><dt>{answered}</dt><dd>{lines(given)}</dd></div>
                <div><dt>"Right answer"</dt><dd>{lines(question.right_answer)}</dd></div>
                {(question.hints > 0).then(|| view! { <div><dt>"Hints opened"</dt><dd>{question.hints}</dd></div> })}
            </dl>
            {question.key_corrected.then(|| view! {
                <p>"The right answer was corrected after the exam. The working that was written for the former one is not shown."</p>
            })}
            <Solution steps=question.solution n open=!full />
        </li>
    }
}

/// The faults of an answer. The value, unit and rounding of a number are judged separately; of any other answer there is
/// no more to say than that it is not right, which stands above.
#[component]
pub fn Parts(verdict: Verdict) -> impl IntoView {
    let (parts, known) = (parts(&verdict), verdict.known_error);
    (!parts.is_empty() || known.is_some()).then(|| {
        view! {
            <ul class="judged">
                {parts.into_iter().map(|(what, how)| view! { <li>{what}": "{how}</li> }).collect_view()}
                {known.map(|error| view! { <li>"A mistake that is often made: "{error}</li> })}
            </ul>
        }
    })
}

fn parts(verdict: &Verdict) -> Vec<(&'static str, &'static str)> {
    let unit = match verdict.unit {
        UnitVerdict::Right => Some("right"),
        UnitVerdict::Missing => Some("missing, and it is part of the answer"),
        UnitVerdict::Wrong => Some("not right"),
        UnitVerdict::NotNeeded => None,
    };
    let as_asked = verdict.rounding == RoundingVerdict::Right;
    // Only a number has a unit or can be rounded wrongly.
    if unit.is_none() && as_asked {
        return Vec::new();
    }
    let value = match verdict.value {
        ValueVerdict::Right => "right",
        ValueVerdict::Wrong => "not right",
    };
    let mut parts = vec![("Value", value)];
    parts.extend(unit.map(|unit| ("Unit", unit)));
    parts.push(("Rounding", if as_asked { "right" } else { "not as the question asks" }));
    parts
}

/// Always text, never HTML, because candidates typed it.
pub fn lines(texts: Vec<String>) -> impl IntoView {
    texts.into_iter().map(|text| view! { <span class="line">{text}</span> }).collect_view()
}

#[component]
fn Solution(steps: Vec<String>, n: u32, open: bool) -> impl IntoView {
    if steps.is_empty() {
        return ().into_any();
    }
    view! {
        <details open=open>
            <summary>"How it is worked out"<span class="visually-hidden">", question "{n}</span></summary>
            <ol class="steps prose">{steps.into_iter().map(|step| view! { <li inner_html=step></li> }).collect_view()}</ol>
        </details>
    }
    .into_any()
}
