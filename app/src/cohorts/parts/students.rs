use domain::cohorts::{CohortPage, CohortQuery};
use leptos::prelude::*;

use super::{Pages, StudentTable, link};
use crate::live::KeepCurrent;

/// What was found, the table and its pages, as they are now: whatever a student completes shows without a reload.
#[component]
pub fn Students(base: String, query: CohortQuery, page: CohortPage) -> impl IntoView {
    let cohort = page.id.to_string();
    let search = query.search.trim();
    let found = match (search, page.found) {
        ("", _) => format!("{} students", page.in_all),
        (search, 0) => format!("Nobody among the {} students matches “{search}”.", page.in_all),
        (search, found) => format!("{found} of {} students match “{search}”.", page.in_all),
    };
    let all = (!search.is_empty())
        .then(|| link(&base, &CohortQuery { search: String::new(), after: None, ..query.clone() }));
    let next = page.next.clone();
    view! {
        <div id="students" data-live>
            <p role="status">{found}{all.map(|all| view! { " "<a href=all>"Show all"</a> })}</p>
            {(page.found > 0).then(|| view! {
                <StudentTable base=base.clone() query=query.clone() page />
                <Pages base=base.clone() query=query.clone() next />
            })}
        </div>
        <KeepCurrent cohort watched=true />
    }
}
