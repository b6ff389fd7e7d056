use domain::cohorts::CohortQuery;
use leptos::prelude::*;

use super::link;

/// On to the next students, or back to the first. The browser's own "back" goes back one page.
#[component]
pub fn Pages(base: String, query: CohortQuery, next: Option<String>) -> impl IntoView {
    let first = query.after.is_some().then(|| link(&base, &CohortQuery { after: None, ..query.clone() }));
    let next = next.map(|next| link(&base, &CohortQuery { after: Some(next), ..query.clone() }));
    (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="ways" aria-label="Pages of students">
                {first.map(|href| view! { <a href=href class="previous"><span>"Back"</span>"First students"</a> })}
                {next.map(|href| view! { <a href=href class="next"><span>"Next"</span>"More students"</a> })}
            </nav>
        }
    })
}
