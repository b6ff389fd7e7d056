use domain::assessment::bank::BankCard;
use leptos::prelude::*;

/// What a question is about, in one line.
pub fn about(card: &BankCard) -> String {
    let own = card.organisation.as_ref().map(|organisation| format!(". Own question of {organisation}"));
    format!(
        "{}, difficulty {}. Answered by: {}{}",
        card.category.title(),
        card.difficulty.in_words(),
        card.kind.label().to_lowercase(),
        own.unwrap_or_default()
    )
}

/// The wording of a question with one draw of its numbers, or a line that says why there is none.
#[component]
pub fn Wording(#[prop(into)] example: String) -> impl IntoView {
    if example.is_empty() {
        view! { <p class="problem">"No numbers fit this question just now: look at it before you set it."</p> }.into_any()
    } else {
        view! { <div class="prose" inner_html=example></div> }.into_any()
    }
}

/// Questions to look through, each with its title, what it is about, and an example.
#[component]
pub fn Cards(cards: Vec<BankCard>) -> impl IntoView {
    let item = |card: BankCard| {
        let about = about(&card);
        view! {
            <li>
                <h2><a href=format!("/questions/{}", card.id)>{card.title}</a></h2>
                <p class="hint">{about}</p>
                <Wording example=card.example />
            </li>
        }
    };
    view! { <ul class="bank-cards">{cards.into_iter().map(item).collect_view()}</ul> }
}
