use domain::assessment::{
    practice::{IN_A_ROUND, PracticePage, Round},
    results::QuestionResult,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    assessment::{
        practice::api::{AnswerPractice, AskPractice, load_practice_question},
        question::answer::{AnswerField, answer_in},
        results::parts::result_questions::{Parts, lines},
    },
    kit::{
        api::PageData,
        ui::{Breadcrumbs, FormErrors, Heading, Loaded, PostForm, Reply, Title},
    },
};

/// `/assessments/practice/{question}`: a question, or its verdict and the worked solution.
#[component]
pub fn PracticeQuestion() -> impl IntoView {
    let params = use_params_map();
    let asked = move || params.read().get("question").unwrap_or_default();
    let question = PageData::new(asked, load_practice_question);
    view! { <Loaded resource=question page=|page| view! { <QuestionView page /> } /> }
}

#[component]
fn QuestionView(page: PracticePage) -> impl IntoView {
    let reply = Reply::to(&[AnswerPractice::PATH, AskPractice::PATH]);
    let steps = vec![
        ("/assessments".to_owned(), "Assessments".to_owned()),
        ("/assessments/practice".to_owned(), "Practice".to_owned()),
    ];
    let title = page.category.title();
    view! {
        <Title text=reply.title(title) />
        <Breadcrumbs steps />
        <FormErrors reply />
        <p class="over">{format!("Practice, level {}: question {} of {IN_A_ROUND}", u8::from(page.difficulty), page.round.number)}</p>
        <Heading class="room-title">{title}</Heading>
        <div class="stimulus prose" inner_html=page.asked.stimulus.clone().unwrap_or_default()></div>
        <div class="wording prose" inner_html=page.asked.wording.clone()></div>
        {match page.result.clone() {
            Some(result) => view! { <Marked result category=page.category round=page.round /> }.into_any(),
            None => {
                let response = answer_in(reply).or(page.response);
                let more = page.hints.len() < page.asked.hints;
                view! {
                    <PostForm to=AnswerPractice::PATH class="question-form">
                        <button type="submit" name="go" value="answer" class="visually-hidden" tabindex="-1" aria-hidden="true">"Check"</button>
                        <input type="hidden" name="question" value=page.id.to_string() />
                        <AnswerField field=page.asked.field rules=page.asked.rules response problem=reply.problem("answer") />
                        {page.hints.into_iter().map(|hint| view! {
                            <div class="box" role="note"><p class="box-title">"Hint"</p><div inner_html=hint></div></div>
                        }).collect_view()}
                        <div class="actions">
                            <button type="submit" name="go" value="answer" class="button">"Check my answer"</button>
                            {more.then(|| view! {
                                <button type="submit" name="go" value="hint" class="button secondary">"Open a hint (it is counted)"</button>
                            })}
                        </div>
                    </PostForm>
                }.into_any()
            }
        }}
    }
}

#[component]
fn Marked(result: QuestionResult, category: domain::assessment::Category, round: Round) -> impl IntoView {
    let right = result.verdict.as_ref().is_some_and(|verdict| verdict.right);
    let wrong = result.verdict.filter(|verdict| !verdict.right);
    view! {
        <div class="confirmation" class:not-passed=!right role="status">
            <h2>{if right { "Right" } else { "Not right" }}</h2>
            <p>{so_far(round)}</p>
        </div>
        {result.advice.map(|advice| view! { <p class="hint">{advice.message()}</p> })}
        {wrong.map(|verdict| view! { <Parts verdict /> })}
        <dl class="summary-list narrow">
            <div><dt>"You answered"</dt><dd>{lines(result.given)}</dd></div>
            <div><dt>"Right answer"</dt><dd>{lines(result.right_answer)}</dd></div>
        </dl>
        <h2>"How it is worked out"</h2>
        <ol class="working prose">
            {result.solution.into_iter().map(|step| view! { <li inner_html=step></li> }).collect_view()}
        </ol>
        <div class="actions" id="category" tabindex="-1">
            <PostForm to=AskPractice::PATH>
                <input type="hidden" name="category" value=category.as_str() />
                <button type="submit" class="button">"Another of these"</button>
            </PostForm>
            <PostForm to=AskPractice::PATH>
                <button type="submit" class="button secondary">"What needs it most"</button>
            </PostForm>
            <a href="/assessments/practice">"Your history"</a>
        </div>
    }
}

/// What stands of the round after this question.
fn so_far(round: Round) -> String {
    let Round { number, right } = round;
    if usize::try_from(number).is_ok_and(|number| number >= IN_A_ROUND) {
        format!("That was a round of {IN_A_ROUND}: {right} right. Stop here, or begin another.")
    } else {
        format!("{right} of {number} right in this round.")
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_question_ends_the_round() {
        assert_eq!(so_far(Round { number: 9, right: 7 }), "7 of 9 right in this round.");
        let end = so_far(Round { number: 10, right: 8 });
        assert_eq!(end, "That was a round of 10: 8 right. Stop here, or begin another.");
    }
}
