use crate::kit::ui::Reply;
use domain::Problem;
use leptos::prelude::*;

/// When a form showed something older than what stands: what stands now, above what was typed. The error summary leads here.
#[component]
pub fn ChangedMeanwhile(
    reply: Reply,
    /// Of the page, to give up what was typed.
    again: String,
    /// What is saved is added to what stands and replaces nothing.
    #[prop(optional)]
    adds: bool,
    children: Children,
) -> impl IntoView {
    // The page is drawn anew with what stands now when such a form comes back.
    let problem = reply.problem("changed").get_untracked();
    let changed = problem.filter(|problem| matches!(problem, Problem::ChangedMeanwhile { .. }));
    changed.map(|_| {
        view! {
            <section id="changed" class="notice" tabindex="-1" aria-labelledby="changed-title">
                <h2 id="changed-title">"What stands now"</h2>
                {children()}
                <p>"What you typed is still in the form. If you save it, "
                    {if adds { "it is added to what stands here. " } else { "it takes the place of what stands here. " }}
                    <a href=again rel="external">"Or go on from what stands now"</a>"."</p>
            </section>
        }
    })
}
