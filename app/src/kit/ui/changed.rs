use domain::Problem;
use leptos::prelude::*;

use super::Reply;

/// When a form showed an old version: the current one, above the typed values. The error summary leads here.
#[component]
pub fn ChangedMeanwhile(
    reply: Reply,
    /// The page's address, for discarding the typed values.
    again: String,
    /// A saved value is added to the current ones and replaces nothing.
    #[prop(optional)]
    adds: bool,
    /// What has become of the form, and what sending it does, if it is neither of both.
    #[prop(optional)]
    says: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    // When such a form is refused, the page is drawn again with the current values.
    let problem = reply.problem("changed").get_untracked();
    let changed = problem.filter(|problem| matches!(problem, Problem::ChangedMeanwhile { .. }));
    let says = says.unwrap_or(if adds {
        "What you typed is still in the form. If you save it, it is added to what stands here. "
    } else {
        "What you typed is still in the form. If you save it, it takes the place of what stands here. "
    });
    changed.map(|_| {
        view! {
            <section id="changed" class="notice" tabindex="-1" aria-labelledby="changed-title">
                <h2 id="changed-title">"What stands now"</h2>
                {children()}
                <p>{says}<a href=again rel="external">"Or go on from what stands now"</a>"."</p>
            </section>
        }
    })
}
