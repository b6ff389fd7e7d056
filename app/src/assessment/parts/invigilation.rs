use domain::assessment::{Invigilation, PaperId};
use leptos::prelude::*;

use super::candidate_table::CandidateTable;
use crate::live::KeepCurrent;

/// How often who runs an exam is told how far everybody is, in seconds. Nobody sends news of each answer.
pub const EVERY: u32 = 4;

/// The exam as it goes on: how many sit it, and how far everybody is.
#[component]
pub fn LiveInvigilation(paper: PaperId, now: Invigilation) -> impl IntoView {
    let counts = [("Not started", now.not_started), ("Sitting", now.sitting), ("Submitted", now.submitted)];
    let count = |(name, number): (&'static str, u32)| view! { <div><dt>{name}</dt><dd>{number}</dd></div> };
    view! {
        <KeepCurrent every=EVERY watched=true />
        <div id="now" data-live>
            <dl class="counts">{counts.map(count).into_iter().collect_view()}</dl>
            <p class="hint">"As it was at "{now.at}"."</p>
            <CandidateTable paper candidates=now.candidates />
        </div>
    }
}
