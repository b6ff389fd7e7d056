use domain::assessment::results::{
    CategoryResult, QuestionResult, SectionResult, SittingResult, whole_percent,
};
use leptos::prelude::*;

use super::{result_questions::ResultQuestions, strip::Strip};
use crate::kit::ui::{Bar, Bars};

/// The result of one sitting. The candidate and the setter see the same content in different words.
#[component]
pub fn ResultView(
    result: SittingResult,
    own: bool,
    /// The content between the marks and the questions.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let judged = result.questions.iter().map(QuestionResult::judged).collect();
    view! {
        {result.remarking.then(|| view! {
            <p class="notice">"A question of this paper has been corrected, and this sitting is still to be marked again: the marks may change. Load this page again in a few minutes."</p>
        })}
        <Outcome result=result.clone() own />
        <Strip judged />
        {(result.corrected && !result.remarking).then(|| view! {
            <p class="notice">"The marks were changed after the exam, because the key of a question was wrong. These are the marks that count."</p>
        })}
        <Breakdown sections=result.sections categories=result.categories />
        {children.map(|children| children())}
        <h2>{if own { "Your answers" } else { "Answers" }}</h2>
        <ResultQuestions questions=result.questions own />
    }
}

#[component]
fn Outcome(result: SittingResult, own: bool) -> impl IntoView {
    let passed = result.outcome.passed;
    let words = match (own, passed) {
        (true, true) => "You have passed",
        (true, false) => "You have not passed",
        (false, true) => "Passed",
        (false, false) => "Not passed",
    };
    let whole = result.outcome.mark * 100 >= result.outcome.available * u32::from(result.pass_percent);
    let by_section =
        !passed && whole && result.sections.iter().any(|section| section.passed() == Some(false));
    view! {
        <div class="confirmation" class:not-passed=!passed>
            <h2>{words}</h2>
            <p>{result.outcome.in_words()}". The pass mark is "{result.pass_percent}"%."</p>
            {by_section.then(|| view! { <p>"The pass mark of the whole paper was reached, but not that of every section."</p> })}
        </div>
    }
}

/// The marks by section and by category.
#[component]
pub fn Breakdown(sections: Vec<SectionResult>, categories: Vec<CategoryResult>) -> impl IntoView {
    // A single section without a pass mark of its own would only repeat the total.
    let several = sections.len() > 1 || sections.iter().any(|section| section.pass_percent.is_some());
    let (of_sections, of_categories) = (["Section", "Reached"], ["Category", "Reached"]);
    let sections: Vec<_> = sections.into_iter().map(section).collect();
    let categories: Vec<_> = categories.into_iter().map(category).collect();
    view! {
        {several.then(|| view! { <h2>"Sections"</h2><Bars caption="Marks by section" heads=of_sections bars=sections /> })}
        {(!categories.is_empty()).then(|| view! { <h2>"Categories"</h2><Bars caption="Marks by category" heads=of_categories bars=categories /> })}
    }
}

fn section(section: SectionResult) -> Bar {
    let note = section.pass_percent.zip(section.passed()).map(|(percent, passed)| {
        format!("Pass mark {percent}%: {}", if passed { "reached" } else { "not reached" })
    });
    let SectionResult { title, mark, available, pass_percent } = section;
    Bar { line: pass_percent.map(u32::from), note, ..of_marks(title, mark, available) }
}

fn category(CategoryResult { category, mark, available }: CategoryResult) -> Bar {
    of_marks(category.title().to_owned(), mark, available)
}

fn of_marks(name: String, mark: u32, available: u32) -> Bar {
    let percent = whole_percent(mark, available);
    Bar { name, percent, number: format!("{mark} of {available} ({percent}%)"), line: None, note: None }
}
