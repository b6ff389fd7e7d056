use domain::Problem;
use leptos::prelude::*;

use crate::kit::ui::problem_line;

/// One thing to check. The error summary leads to it by its id.
#[component]
pub fn Checked(
    id: &'static str,
    heading: &'static str,
    change: String,
    #[prop(into)] problem: Signal<Option<Problem>>,
    children: Children,
) -> impl IntoView {
    view! {
        <section id=id class="to-check narrow" class:wrong=move || problem.read().is_some() tabindex="-1" aria-labelledby=format!("{id}-title")>
            <div class="to-check-head">
                <h2 id=format!("{id}-title")>{heading}</h2>
                <a href=change>"Change"<span class="visually-hidden">" the "{heading.to_ascii_lowercase()}</span></a>
            </div>
            {move || problem_line(id, problem.get())}
            {children()}
        </section>
    }
}
