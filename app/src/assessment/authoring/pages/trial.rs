use domain::assessment::authoring::Trial;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        authoring::{
            api::load_trial,
            pages::preview::NoPreview,
            parts::{PaperTab, paper_head},
        },
        delivery::room::{ExamRoom, Trying},
        results::parts::result_view::ResultView,
    },
    kit::{
        api::{ErrorKind, PageData},
        ui::{Loaded, Reply},
    },
};

/// `/assessments/papers/{paper}/try`: the paper in the room of the candidates, for its setter. The address holds what was
/// answered, and nothing else does.
#[component]
pub fn Try() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let address = move || {
        let of = |name: &str| query.read().get(name).unwrap_or_default();
        [params.read().get("paper").unwrap_or_default(), of("seed"), of("so_far"), of("marked")]
    };
    let trial = PageData::new(address, |[paper, seed, so_far, marked]| async move {
        match load_trial(paper.clone(), seed, so_far, marked).await {
            // The bank has no template for a line any more: that is corrected on the page of questions.
            Err(error) if error.kind == ErrorKind::Invalid => Ok(Err(paper)),
            other => other.map(Ok),
        }
    });
    view! { <Loaded resource=trial page=|trial| view! { <TryOrNone trial /> } /> }
}

#[component]
fn TryOrNone(trial: Result<Trial, String>) -> impl IntoView {
    match trial {
        Ok(trial) => view! { <TryView trial /> }.into_any(),
        Err(paper) => view! { <NoPreview paper /> }.into_any(),
    }
}

#[component]
fn TryView(trial: Trial) -> impl IntoView {
    let Trial { paper, draft, shuffled, seed, room, result } = trial;
    let title = room.title.clone();
    let address = format!("/assessments/papers/{paper}");
    let place = use_query_map().with_untracked(|query| query.get("question")).unwrap_or_default();
    let again = format!("{address}/try");
    let shown = match result {
        _ if room.questions.is_empty() => view! {
            <p>"There are no questions yet. "<a href=format!("{address}/questions")>"Add some"</a>"."</p>
        }
        .into_any(),
        Some(result) => view! {
            <ResultView result own=true />
            <p><a class="button secondary" href=again rel="external">"Try it again"</a></p>
        }
        .into_any(),
        None => view! { <ExamRoom room place unsent=None trial=Trying::new(paper, seed) /> }.into_any(),
    };
    view! {
        {paper_head(paper, title, draft, "Try as a candidate", Some(PaperTab::Try), Reply::to(&[]))}
        <p class="notice">"This is a try. Nothing is kept: neither what you answer nor the marks. Hints stand open here."{shuffled.then_some(" The questions are in the order of the paper; each candidate has an order of their own.")}</p>
        {shown}
    }
}
