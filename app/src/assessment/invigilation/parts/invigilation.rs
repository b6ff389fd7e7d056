use domain::assessment::{PaperId, invigilation::Invigilation};
use leptos::prelude::*;

use super::candidate_table::CandidateTable;
use crate::{
    assessment::invigilation::api::load_invigilation,
    kit::live::{Refresh, StillCurrent, keep_current},
};

/// How often the invigilator's page fetches the candidates' progress, in seconds. Single answers make no news.
pub const EVERY: u32 = 4;

/// The running exam: how many candidates sit it, and their progress.
#[component]
pub fn LiveInvigilation(paper: PaperId, now: Invigilation) -> impl IntoView {
    let shown = RwSignal::new(now);
    let connection =
        keep_current(Refresh::Every(EVERY), move || load_invigilation(paper), move |now| shown.set(now));
    let counts = move || {
        let now = shown.read();
        let all = [("Not started", now.not_started), ("Sitting", now.sitting), ("Submitted", now.submitted)];
        all.map(|(name, number)| view! { <div><dt>{name}</dt><dd>{number}</dd></div> })
            .into_iter()
            .collect_view()
    };
    let candidates = Signal::derive(move || shown.read().candidates.clone());
    view! {
        <StillCurrent connection />
        <div id="now">
            <dl class="counts">{counts}</dl>
            <p class="hint">"As it was at "{move || shown.read().at.clone()}"."</p>
            <CandidateTable paper candidates />
        </div>
    }
}
