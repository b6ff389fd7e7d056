use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    Place,
    keeper::{Draft, Keeper},
    question::turn,
};
use crate::assessment::api::SubmitSitting;

/// Every question and whether it is answered, and the button that ends the sitting.
#[component]
pub fn Review(keeper: Keeper, place: RwSignal<Place>, scripts: RwSignal<bool>) -> impl IntoView {
    let count = keeper.drafts.with_untracked(Vec::len);
    let missing =
        move || keeper.drafts.with(|drafts| drafts.iter().filter(|draft| !draft.answered()).count());
    let (sending, failed) = (RwSignal::new(false), RwSignal::new(false));
    let base = format!("/assessments/sittings/{}", keeper.sitting);
    view! {
        <h2 id="question-heading" tabindex="-1">"Review your answers"</h2>
        <p role="status">
            {move || match missing() {
                0 => "You have answered every question.".to_owned(),
                1 => "1 question is not answered yet.".to_owned(),
                missing => format!("{missing} questions are not answered yet."),
            }}
        </p>
        <ol class="task-list review">
            {(0..count).map(|n| {
                let read = move |read: fn(&Draft) -> bool| keeper.drafts.with(|drafts| drafts.get(n).is_some_and(read));
                view! {
                    <li>
                        <div class="task-text">
                            <a href=format!("{base}?question={}", n + 1) on:click=move |event| {
                                event.prevent_default();
                                turn(place, Place::Question(n));
                            }>"Question "{n + 1}</a>
                            {move || keeper.drafts.with(|drafts| drafts.get(n).and_then(|draft| draft.problem.clone()))
                                .map(|problem| view! { <p class="problem">{problem.message()}</p> })}
                        </div>
                        <span>
                            {move || read(|draft| draft.save.flagged).then(|| view! { <span class="tag">"Flagged"</span>" " })}
                            <span class="tag" class:tag-completed=move || read(Draft::answered)>
                                {move || if read(Draft::answered) { "Answered" } else { "Not answered" }}
                            </span>
                        </span>
                    </li>
                }
            }).collect_view()}
        </ol>
        <h3>"Submit"</h3>
        <p>"When you submit, your answers are marked as they stand. You cannot change them afterwards."</p>
        {move || failed.get().then(|| view! {
            <p class="notice" role="alert">
                "Not submitted yet: we cannot reach the server. Your answers are safe on this device. Keep this page open and try \
                 again; when the time is up, we submit what has arrived."
            </p>
        })}
        <form method="post" action=SubmitSitting::url()>
            <input type="hidden" name="sitting" value=keeper.sitting.to_string() />
            <button type="submit" class="button" disabled=move || sending.get() on:click=move |event| {
                if scripts.get_untracked() {
                    event.prevent_default();
                    failed.set(false);
                    sending.set(true);
                    #[cfg(feature = "hydrate")]
                    keeper.submit(move || {
                        sending.set(false);
                        failed.set(true);
                        keeper.send();
                    });
                }
            }>{move || if sending.get() { "Submitting…" } else { "Submit my answers" }}</button>
        </form>
    }
}
