use domain::cohorts::{CohortPage, CohortQuery};
use leptos::prelude::*;

use super::{Pages, StudentTable, link};
use crate::{api::keep_current, cohorts::api::load_cohort};

/// What was found, the table and its pages, as they are now: whatever a student completes shows without a reload.
#[island]
pub fn LiveStudents(base: String, query: CohortQuery, page: CohortPage) -> impl IntoView {
    let cohort = page.id.to_string();
    let current = RwSignal::new(page);
    let asked = query.clone();
    keep_current(Some(cohort.clone()), current, move || load_cohort(cohort.clone(), asked.clone()));
    move || {
        let page = current.get();
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
            <p role="status">{found}{all.map(|all| view! { " "<a href=all>"Show all"</a> })}</p>
            {(page.found > 0).then(|| view! {
                <StudentTable base=base.clone() query=query.clone() page />
                <Pages base=base.clone() query=query.clone() next />
            })}
        }
    }
}
