use domain::learning::CourseProgress;
use leptos::prelude::*;

use crate::kit::ui::Tick;

/// One sentence of where the learner is, when they have just completed a module.
pub fn completed_now(progress: &CourseProgress) -> AnyView {
    let fresh = progress.fresh.and_then(|at| progress.modules.get(at)).filter(|module| module.completed);
    let Some(module) = fresh else { return ().into_any() };
    let tally = progress.tally();
    let class = if tally.is_milestone() { "notice moment milestone" } else { "notice moment" };
    view! { <p class=class><Tick />" “"{module.title.clone()}"” is completed. "{tally.standing()}</p> }
        .into_any()
}
