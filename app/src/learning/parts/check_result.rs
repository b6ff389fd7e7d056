use domain::learning::{CheckResult, ReadAgain, ResultAnswer, at_least, nth_try};
use leptos::prelude::*;

use crate::kit::ui::{Tick, Time};

/// A marked check: the result first, then each question with its answer. After a pass everything is explained; after a
/// failure only the chosen answers, and where to read.
#[component]
pub fn ResultView(
    result: CheckResult,
    pass_mark: u8,
    /// Address of the check, to take it again.
    again: String,
    /// Address of the module.
    base: String,
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
            <p>{format!("{right} of {of} right. {} is a pass.", at_least(pass_mark))}</p>
            <p class="small">"Taken "<Time moment=result.taken />", "{nth_try(result.nth)}</p>
            {(!result.passed).then(|| view! {
                <p>"Below is why what you chose is not right, and what to read again. The right answers are explained when you have passed."</p>
            })}
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
                                {if question.right { " Right" } else { "Not right" }}
                            </p>
                            <ul>{question.answers.into_iter().map(answer).collect_view()}</ul>
                            {question.incomplete.then(|| view! { <p class="hint">"There is more to choose than you chose."</p> })}
                            {question.explanation.map(|explanation| view! { <p inner_html=explanation></p> })}
                            {question.read.map(|ReadAgain { page, title }| view! {
                                <p>"Read again: "<a href=format!("{base}/{page}")>{title}</a></p>
                            })}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

fn answer(answer: ResultAnswer) -> impl IntoView {
    let tag = match (answer.chosen, answer.right) {
        (true, Some(true)) => Some("Your answer, right"),
        (true, Some(false)) => Some("Your answer, not right"),
        (true, None) => Some("Your answer"),
        (false, Some(true)) => Some("Right answer"),
        (false, _) => None,
    };
    view! {
        <li class:chosen=answer.chosen class:right=answer.right == Some(true)>
            <span inner_html=answer.text></span>
            {tag.map(|tag| view! { " "<span class="tag">{tag}</span> })}
            {(!answer.why.is_empty()).then(|| view! { <p class="hint" inner_html=answer.why></p> })}
        </li>
    }
}
