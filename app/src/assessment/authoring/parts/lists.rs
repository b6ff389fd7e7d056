use domain::assessment::{PaperState, authoring::PaperPage};
use leptos::prelude::*;

/// The state of a paper, in words, with a colour that says the same.
#[component]
pub fn StateTag(state: PaperState) -> impl IntoView {
    let class = match state {
        PaperState::Open => "tag tag-completed",
        PaperState::Waiting => "tag tag-in-progress",
        PaperState::Draft | PaperState::Closed => "tag",
    };
    view! { <span class=class>{state.label()}</span> }
}

/// The candidates of the paper, to read.
#[component]
pub fn CandidateList(page: PaperPage) -> impl IntoView {
    let cohorts: Vec<_> = page
        .cohorts
        .into_iter()
        .filter(|cohort| cohort.chosen)
        .map(|cohort| view! { <li>{cohort.label}</li> })
        .collect();
    let code = page.settings.access_code;
    view! {
        <dl class="summary-list">
            <div>
                <dt>"Cohorts"</dt>
                <dd>{if cohorts.is_empty() { "None".into_any() } else { view! { <ul>{cohorts}</ul> }.into_any() }}</dd>
            </div>
            <div><dt>"Learners by e-mail address"</dt><dd>{page.named}</dd></div>
            <div>
                <dt>"Access code"</dt>
                <dd>{if code.is_empty() { "None: nobody else can sit it".to_owned() } else { format!("{code}: any signed-in person who has it") }}</dd>
            </div>
        </dl>
    }
}
