use domain::learning::{Missing, ModuleProgress, at_least};
use leptos::prelude::*;

/// "Why is this not ticked?": exactly what is still missing, each with a link to it.
#[component]
pub fn WhyNotTicked(course: String, module: ModuleProgress) -> impl IntoView {
    let base = format!("/learn/{course}/{}", module.slug);
    let missing: Vec<_> = module
        .missing()
        .into_iter()
        .map(|missing| match missing {
            Missing::Page(page) => {
                (format!("{base}/{}", page.slug), format!("Open the page “{}”", page.title), String::new())
            }
            Missing::Check(check) => {
                let best =
                    check.best.map(|best| format!("; your best so far is {best}%")).unwrap_or_default();
                let pass = format!(" ({}{best})", at_least(check.pass_mark));
                (format!("{base}/check"), "Pass the knowledge check".to_owned(), pass)
            }
        })
        .collect();
    let title = module.title;
    (!missing.is_empty()).then(|| {
        view! {
            <details class="why">
                <summary>"Why is this not ticked?"<span class="visually-hidden">" "{title}</span></summary>
                <ul>
                    {missing.into_iter().map(|(href, label, more)| view! { <li><a href=href data-noscroll="">{label}</a>{more}</li> }).collect_view()}
                </ul>
            </details>
        }
    })
}
