use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    Place,
    keeper::{Keeper, Look},
    question::turn,
};
use crate::assessment::api::SubmitSitting;

/// Every question and whether it is answered, and the button that ends the sitting.
#[component]
pub fn Review(
    keeper: Keeper,
    count: usize,
    place: RwSignal<Place>,
    scripts: RwSignal<bool>,
) -> impl IntoView {
    let looks = move |wanted: Look| (0..count).filter(|n| keeper.look(*n) == wanted).count();
    let (sending, failed) = (RwSignal::new(false), RwSignal::new(false));
    let base = format!("/assessments/sittings/{}", keeper.sitting);
    view! {
        <h2 id="question-heading" tabindex="-1">"Review your answers"</h2>
        <p role="status">
            {move || {
                let missing = match looks(Look::Missing) {
                    0 if looks(Look::Unreadable) == 0 => "You have answered every question.".to_owned(),
                    0 => String::new(),
                    1 => "1 question is not answered yet. ".to_owned(),
                    missing => format!("{missing} questions are not answered yet. "),
                };
                let unreadable = match looks(Look::Unreadable) {
                    0 => String::new(),
                    1 => "1 answer cannot be read.".to_owned(),
                    unreadable => format!("{unreadable} answers cannot be read."),
                };
                missing + &unreadable
            }}
        </p>
        <ol class="task-list review">
            {(0..count).map(|n| {
                view! {
                    <li>
                        <div class="task-text">
                            <a href=format!("{base}?question={}", n + 1) on:click=move |event| {
                                event.prevent_default();
                                turn(place, Place::Question(n));
                            }>"Question "{n + 1}</a>
                            {move || keeper.problem(n).map(|problem| view! { <p class="problem">{problem.message()}</p> })}
                        </div>
                        <span>
                            {move || keeper.flagged(n).then(|| view! { <span class="tag">"Flagged"</span>" " })}
                            <span class="tag" class:tag-completed=move || keeper.look(n) == Look::Answered>
                                {move || match keeper.look(n) {
                                    Look::Answered => "Answered",
                                    Look::Unreadable => "Cannot be read",
                                    Look::Missing => "Not answered",
                                }}
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
                "Not submitted yet: we cannot reach the server. "
                {move || if keeper.outbox.read().is_safe() {
                    "Your answers are safe on this device. "
                } else {
                    "This device does not keep what has not arrived: it is in this page only, and lost when you close it or load it again. "
                }}
                "Keep this page open and try again; when the time is up, we submit what has arrived."
            </p>
        })}
        <form method="post" action=SubmitSitting::url()>
            <input type="hidden" name="sitting" value=keeper.sitting.to_string() />
            <button type="submit" class="button" disabled=move || sending.get() on:click=move |event| {
                if scripts.get_untracked() {
                    event.prevent_default();
                    failed.set(false);
                    sending.set(true);
                    keeper.submit(move || {
                        sending.set(false);
                        failed.set(true);
                    });
                }
            }>{move || if sending.get() { "Submitting…" } else { "Submit my answers" }}</button>
        </form>
    }
}
