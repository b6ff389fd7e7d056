use domain::assessment::{
    Category, Strand,
    practice::{CategoryHistory, IN_A_ROUND, KEPT_QUESTIONS, LevelHistory, PracticeHome},
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::practice::api::{AskPractice, load_practice},
    kit::{
        api::PageData,
        ui::{
            Breadcrumbs, Dots, FormErrors, Heading, Loaded, Numbers, PostForm, Reply, Title, folded_numbers,
        },
    },
};

/// The answers that the dots of a category have room for.
const PLACES: usize = 10;

/// `/assessments/practice`: the learner's own history by category, and where to begin.
#[component]
pub fn Practice() -> impl IntoView {
    let practice = PageData::new(|| (), |()| load_practice());
    view! { <Loaded resource=practice page=|home| view! { <PracticeView home /> } /> }
}

#[component]
fn PracticeView(home: PracticeHome) -> impl IntoView {
    let reply = Reply::to(&[AskPractice::PATH]);
    let answered: u32 = home.history.iter().map(|row| row.answered).sum();
    let (numeracy, literacy): (Vec<_>, Vec<_>) =
        home.history.into_iter().partition(|row| row.category.strand() == Strand::Numeracy);
    view! {
        <Title text=reply.title("Practice") />
        <Breadcrumbs steps=vec![("/assessments".to_owned(), "Assessments".to_owned())] />
        <FormErrors reply />
        <Heading id="category">"Practice"</Heading>
        <p class="lede">
            {match answered {
                0 => "Choose a category, or begin with whichever comes first. Every question has new numbers.".to_owned(),
                1 => "You have answered 1 question.".to_owned(),
                answered => format!("You have answered {answered} questions."),
            }}
        </p>
        <p class="hint">"We keep the last "{KEPT_QUESTIONS}" questions that you were asked."</p>
        {home.weakest.map(|weakest| view! {
            <PostForm to=AskPractice::PATH class="actions">
                <button type="submit" class="button">{if answered == 0 { "Start practising" } else { "Practise what needs it most" }}</button>
                <p class="hint">"Next: "{weakest.title()}</p>
            </PostForm>
            <p class="hint">{format!("A round has {IN_A_ROUND} questions; stop whenever you like. A category begins with level 1. Two right answers lead to the next level, a wrong one leads back.")}</p>
        })}
        <History title="Numeracy" rows=numeracy />
        <History title="Literacy" rows=literacy />
    }
}

/// The last answers of each category, and a button to practise it.
#[component]
fn History(title: &'static str, rows: Vec<CategoryHistory>) -> impl IntoView {
    let numbers = numbers(&rows);
    view! {
        <h2>{title}</h2>
        <ul class="history">
            {rows.into_iter().map(|row| view! {
                <li>
                    <div class="history-name">
                        <strong>{row.category.title()}</strong>
                        <p class="hint">{in_words(&row)}</p>
                    </div>
                    <Dots recent=row.recent.clone() places=PLACES label=last(&row) />
                    <PractiseButton category=row.category />
                </li>
            }).collect_view()}
        </ul>
        {folded_numbers(title, numbers)}
    }
}

/// What the dots show, and the words beside them.
fn numbers(rows: &[CategoryHistory]) -> Numbers {
    let row = |row: &CategoryHistory| {
        let right = row.recent.iter().filter(|right| **right).count();
        let last = format!("{right} of {}", row.recent.len());
        let numbers = [row.answered, row.right, row.with_hints].map(|number| number.to_string());
        (row.category.title().to_owned(), numbers.into_iter().chain([last]).collect())
    };
    Numbers {
        heads: vec!["Category", "Answered", "Right", "With a hint", "Right without a hint, of the last"],
        rows: rows.iter().map(row).collect(),
    }
}

fn in_words(row: &CategoryHistory) -> String {
    match row.answered {
        0 => "Not tried yet".to_owned(),
        _ => {
            let hints = match row.with_hints {
                0 => String::new(),
                hints => format!(", {hints} with a hint"),
            };
            format!("{} of {} right{hints}{}", row.right, row.answered, by_level(&row.levels))
        }
    }
}

/// ". Level 1: 4 of 5, level 2: 0 of 1".
fn by_level(levels: &[LevelHistory]) -> String {
    let level = |(n, of): (usize, &LevelHistory)| {
        let begins = if n == 0 { ". Level" } else { ", level" };
        format!("{begins} {}: {} of {}", u8::from(of.level), of.right, of.answered)
    };
    levels.iter().enumerate().map(level).collect()
}

/// What the dots of a category say.
fn last(row: &CategoryHistory) -> String {
    let right = row.recent.iter().filter(|right| **right).count();
    match row.recent.len() {
        0 => "No answers yet".to_owned(),
        all => format!("Of the last {all}: {right} right without a hint"),
    }
}

#[component]
pub fn PractiseButton(category: Category) -> impl IntoView {
    view! {
        <PostForm to=AskPractice::PATH>
            <input type="hidden" name="category" value=category.as_str() />
            <button type="submit" class="button secondary small">
                "Practise"<span class="visually-hidden">" "{category.title()}</span>
            </button>
        </PostForm>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::assessment::Difficulty;

    use super::*;

    #[test]
    fn answers_are_told_by_level() {
        let of = |level, answered, right| LevelHistory { level, answered, right };
        assert_eq!(by_level(&[]), "");
        assert_eq!(by_level(&[of(Difficulty::One, 5, 4)]), ". Level 1: 4 of 5");
        let two = [of(Difficulty::One, 5, 4), of(Difficulty::Three, 1, 0)];
        assert_eq!(by_level(&two), ". Level 1: 4 of 5, level 3: 0 of 1");
    }
}
