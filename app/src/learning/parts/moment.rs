use domain::learning::{CourseProgress, Status};
use leptos::prelude::*;

use crate::kit::ui::{Tick, whenever};

/// The module that was completed just now, by its number from 0: the one that the page says, or one whose state changes while the page is
/// shown.
pub fn completed_now(progress: RwSignal<CourseProgress>, module: Option<String>) -> RwSignal<Option<usize>> {
    let statuses = move || progress.with(CourseProgress::statuses);
    let at = |module: String| {
        progress.with_untracked(|progress| progress.modules.iter().position(|there| there.slug == module))
    };
    let fresh = RwSignal::new(module.and_then(at));
    let before = StoredValue::new(untrack(statuses));
    whenever(move || {
        let now = statuses();
        let was = before.get_value();
        let done = |status: Option<&Status>| status == Some(&Status::Completed);
        let changed = (0..now.len()).find(|at| done(now.get(*at)) && !done(was.get(*at)));
        // A course that has other modules by now is another one.
        if let Some(changed) = changed.filter(|_| now.len() == was.len()) {
            fresh.set(Some(changed));
        }
        before.set_value(now);
    });
    fresh
}

/// One sentence of where the learner is, when they have just completed a module.
#[component]
pub fn CompletedNow(progress: RwSignal<CourseProgress>, fresh: RwSignal<Option<usize>>) -> impl IntoView {
    let said = move || {
        let progress = progress.read();
        let module = progress.modules.get(fresh.get()?).filter(|module| module.completed)?;
        let tally = progress.tally();
        let class = if tally.is_milestone() { "notice success milestone" } else { "notice success" };
        Some(view! {
            <p class=class><Tick />" “"{module.title.clone()}"” is completed. "{tally.standing()}</p>
        })
    };
    view! { <div class="completed-now" role="status">{said}</div> }
}
