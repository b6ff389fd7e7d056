use domain::learning::{CheckResult, ReadAgain, ResultAnswer, at_least, nth_try};
use leptos::prelude::*;

use crate::kit::ui::Time;

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
    let all = result.questions.len();
    let wrong = result.questions.iter().filter(|question| !question.right).count();
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
        // The style sheet hides the others, so that it works without scripts.
        {(0 < wrong && wrong < all).then(|| view! {
            <div class="choice only-wrong on-screen">
                <input type="checkbox" id="only-wrong" autocomplete="off" />
                <label for="only-wrong">{format!("Show only what I got wrong ({wrong} of {all})")}</label>
            </div>
        })}
        <ol class="results">
            {(1..)
                .zip(result.questions)
                .map(|(n, question): (usize, _)| {
                    let (class, verdict) = if question.right { ("right", "Right") } else { ("not-right", "Not right") };
                    view! {
                        <li class=class>
                            <h3>
                                <span class="question-number">{format!("Question {n} of {all}")}</span>
                                <span inner_html=question.text></span>
                            </h3>
                            <p class=format!("verdict signed {class}")>{verdict}</p>
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{
        Moment,
        learning::{AttemptId, ResultQuestion},
    };

    use super::*;

    fn drawn(right: &[bool]) -> String {
        let question = |right: &bool| ResultQuestion {
            text: "Which?".into(),
            right: *right,
            answers: Vec::new(),
            incomplete: false,
            explanation: None,
            read: (!right)
                .then(|| ReadAgain { page: "controlled-drugs".into(), title: "Controlled drugs".into() }),
        };
        let result = CheckResult {
            id: AttemptId(uuid::Uuid::nil()),
            taken: Moment { utc: String::new(), london: String::new() },
            nth: 1,
            right: 0,
            of: 0,
            passed: false,
            completed: false,
            questions: right.iter().map(question).collect(),
        };
        let (again, base) = (String::new(), "/learn/nmp/law".to_owned());
        Owner::new()
            .with(|| view! { <ResultView result pass_mark=80 again base>"after"</ResultView> }.to_html())
    }

    #[test]
    fn each_question_has_its_number_its_word_and_where_to_read_again() {
        let html = drawn(&[true, false]);
        let (_, first) = html.split_once("Question 1 of 2").unwrap();
        let (first, second) = first.split_once("Question 2 of 2").unwrap();
        assert!(first.contains("verdict signed right\">Right<") && !first.contains("Read again"), "{html}");
        assert!(second.contains("verdict signed not-right\">Not right<"), "{html}");
        assert!(second.contains("href=\"/learn/nmp/law/controlled-drugs\""), "{html}");
    }

    #[test]
    fn only_what_was_wrong_is_offered_where_there_is_something_else() {
        for (right, offered) in [([true, false], true), ([true, true], false), ([false, false], false)] {
            assert_eq!(drawn(&right).contains("Show only what I got wrong (1 of 2)"), offered, "{right:?}");
        }
    }
}
