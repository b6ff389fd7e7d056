use domain::learning::{CheckResult, ResultAnswer};
use leptos::prelude::*;

use crate::ui::{Tick, Time};

/// A check, marked: the result first, then each question with what was answered and why it is right or wrong.
#[component]
pub fn ResultView(
    result: CheckResult,
    pass_mark: u8,
    /// Address of the check, to take it again.
    again: String,
    children: Children,
) -> impl IntoView {
    let (right, of) = (result.right, result.of);
    let (class, title) = if result.passed {
        ("confirmation", "You passed")
    } else {
        ("confirmation not-passed", "Not passed yet")
    };
    view! {
        // After "Check my answers" the result is the news: it takes the focus.
        <div class=class tabindex="-1" autofocus>
            <h2>{title}</h2>
            <p>{format!("{right} of {of} right. {pass_mark}% or more is a pass.")}</p>
            <p class="small">"Taken "<Time moment=result.taken /></p>
        </div>
        {children()}
        <p class="actions"><a href=again class="button secondary">"Take the check again"</a></p>
        <h2>"Your answers"</h2>
        <ol class="results">
            {result
                .questions
                .into_iter()
                .map(|question| {
                    view! {
                        <li class:right=question.right>
                            <h3 inner_html=question.text></h3>
                            <p class="verdict">
                                {question.right.then(|| view! { <Tick /> })}
                                {if question.right { "Right" } else { "Not right" }}
                            </p>
                            <ul>{question.answers.into_iter().map(answer).collect_view()}</ul>
                            <p inner_html=question.explanation></p>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

fn answer(answer: ResultAnswer) -> impl IntoView {
    let tag = match (answer.chosen, answer.right) {
        (true, true) => Some("Your answer, right"),
        (true, false) => Some("Your answer, not right"),
        (false, true) => Some("Right answer"),
        (false, false) => None,
    };
    view! {
        <li class:chosen=answer.chosen class:right=answer.right>
            <span inner_html=answer.text></span>
            {tag.map(|tag| view! { " "<span class="tag">{tag}</span> })}
            {(!answer.why.is_empty()).then(|| view! { <p class="hint" inner_html=answer.why></p> })}
        </li>
    }
}
