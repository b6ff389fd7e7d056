use domain::{
    assessment::{
        bank::{PreviewedQuestion, titled},
        question::{AskedOption, AskedQuestion, AskedView, UnitBox},
    },
    count,
};
use leptos::prelude::*;

use crate::assessment::authoring::parts::level;

/// Questions to look at, each as it is asked, with its answer and solution folded away. `first` is the number of the
/// first.
#[component]
pub fn PreviewedList(questions: Vec<PreviewedQuestion>, #[prop(default = 1)] first: usize) -> impl IntoView {
    let start = i32::try_from(first).unwrap_or(1);
    let item = |(at, question)| view! { <Previewed number=first + at question /> };
    view! { <ol class="previewed" start=start>{questions.into_iter().enumerate().map(item).collect_view()}</ol> }
}

#[component]
fn Previewed(number: usize, question: PreviewedQuestion) -> impl IntoView {
    let PreviewedQuestion { name, question, right_answer, solution } = question;
    let title = titled(&name);
    let (category, difficulty, hints) = (question.category, question.difficulty, question.hints);
    let hints = if hints == 0 {
        String::new()
    } else {
        format!(", {}", count(u32::try_from(hints).unwrap_or(0), "hint"))
    };
    let about = format!("{}, difficulty {}{hints}", category.title(), level(Some(difficulty)));
    let ordered = matches!(question.view, AskedView::Ordering(_));
    view! {
        <li>
            <p class="question-number">"Question "{number}</p>
            <Asked question />
            <details>
                <summary>"Answer and worked solution"<span class="visually-hidden">" of question "{number}</span></summary>
                <Answer right_answer ordered solution />
                <p class="hint">{title}": "{about}". Template: "<code>{name}</code></p>
            </details>
        </li>
    }
}

/// One question with its answer and its solution, all in sight.
#[component]
pub fn Shown(question: PreviewedQuestion) -> impl IntoView {
    let PreviewedQuestion { question, right_answer, solution, .. } = question;
    let ordered = matches!(question.view, AskedView::Ordering(_));
    view! {
        <div class="previewed shown">
            <Asked question />
            <Answer right_answer ordered solution />
        </div>
    }
}

#[component]
fn Answer(right_answer: Vec<String>, ordered: bool, solution: Vec<String>) -> impl IntoView {
    let answers = right_answer.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    view! {
        <p class="box-title">"Right answer"</p>
        {if ordered { view! { <ol>{answers}</ol> }.into_any() } else { view! { <ul>{answers}</ul> }.into_any() }}
        <p class="box-title">"Worked solution"</p>
        {solution.into_iter().map(|step| view! { <div class="prose" inner_html=step></div> }).collect_view()}
    }
}

/// A question as candidates read it. In place of the answer field it says how they answer.
#[component]
fn Asked(question: AskedQuestion) -> impl IntoView {
    let stimulus = question.stimulus.map(|html| view! { <div class="box prose" inner_html=html></div> });
    view! {
        {stimulus}
        <div class="prose" inner_html=question.wording></div>
        {match question.view {
            AskedView::Number { rounding, precision, unit } => {
                let precision = precision.in_words().map(|text| format!(". {text}")).unwrap_or_default();
                // One text node: an empty one beside others is drawn as a blank.
                let words = format!("{}{precision}. {}", rounding.in_words(), unit_words(&unit));
                view! { <p class="hint">{words}</p> }.into_any()
            }
            AskedView::SingleChoice(options) => view! { <Options lead="Candidates choose one of these" options /> }.into_any(),
            AskedView::MultipleChoice(options) => view! { <Options lead="Candidates choose all that are right" options /> }.into_any(),
            AskedView::Ordering(options) => view! { <Options lead="Candidates put these in order" options /> }.into_any(),
            AskedView::TextEntry => view! { <p class="hint">"Candidates type a word or a short text."</p> }.into_any(),
        }}
    }
}

/// What candidates enter beside the number.
fn unit_words(unit: &UnitBox) -> String {
    match unit {
        UnitBox::None => "Candidates type a number without a unit.".to_owned(),
        UnitBox::Typed => "Candidates type a number and its unit.".to_owned(),
        UnitBox::Chosen(units) => {
            let units: Vec<_> = units.iter().map(ToString::to_string).collect();
            format!("Candidates type a number and choose its unit: {}.", units.join(", "))
        }
        UnitBox::Shown(unit) => format!("Candidates type a number; the unit, {unit}, stands beside it."),
        UnitBox::Drawn(_) => "Candidates draw the volume up in the syringe.".to_owned(),
    }
}

#[component]
fn Options(lead: &'static str, options: Vec<AskedOption>) -> impl IntoView {
    view! {
        <p class="hint">{lead}":"</p>
        <ul class="previewed-options">
            {options.into_iter().map(|option| view! { <li inner_html=option.text></li> }).collect_view()}
        </ul>
    }
}
