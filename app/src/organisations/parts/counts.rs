use domain::{
    count,
    organisations::{UploadCounts, UploadState},
};
use leptos::prelude::*;

/// What is in an upload, in words.
#[component]
pub fn Counts(counts: UploadCounts) -> impl IntoView {
    let line = |what: &'static str, number: u32| {
        view! { <div><dt>{what}</dt><dd>{count(number, "row")}</dd></div> }
    };
    view! {
        <dl class="summary-list upload-counts">
            {line("New", counts.new)}
            {line("Already here", counts.same)}
            {line("Changed", counts.changed)}
            {line("To correct", counts.wrong)}
            {(counts.left_out > 0).then(|| line("Left out: not active", counts.left_out))}
        </dl>
    }
}

#[component]
pub fn UploadStateTag(state: UploadState) -> impl IntoView {
    let class = match state {
        UploadState::Done => "tag tag-completed",
        UploadState::Confirmed | UploadState::Undoing | UploadState::Preview => "tag tag-in-progress",
        UploadState::Undone | UploadState::Failed => "tag",
    };
    view! { <span class=class>{state.label()}</span> }
}
