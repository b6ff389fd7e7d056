use domain::{
    cohorts::{CohortPage, CohortQuery},
    kit::live::Topic,
};
use leptos::prelude::*;

use super::{Pages, StudentTable, link};
use crate::{
    cohorts::api::load_cohort,
    kit::live::{Refresh, StillCurrent, keep_current},
};

/// What was found, the table and its pages, as they are now: whatever a student completes shows without a reload.
#[component]
pub fn Students(base: String, query: CohortQuery, page: CohortPage) -> impl IntoView {
    let (cohort, asked) = (page.id, query.clone());
    let shown = RwSignal::new(page);
    let connection = keep_current(
        Refresh::Of(Topic::Cohort(cohort)),
        move || load_cohort(cohort.to_string(), asked.clone()),
        move |now| shown.set(now),
    );
    view! {
        <div id="students">{move || found(&base, &query, shown.get())}</div>
        <StillCurrent connection />
    }
}

/// Holds no closures, so that what is drawn again is patched: the focus stays where it is, and the table where it was scrolled to.
fn found(base: &str, query: &CohortQuery, page: CohortPage) -> impl IntoView + use<> {
    let search = query.search.trim();
    let found = match (search, page.found) {
        ("", _) => format!("{} students", page.in_all),
        (search, 0) => format!("Nobody among the {} students matches “{search}”.", page.in_all),
        (search, found) => format!("{found} of {} students match “{search}”.", page.in_all),
    };
    let all = (!search.is_empty())
        .then(|| link(base, &CohortQuery { search: String::new(), after: None, ..query.clone() }));
    let (base, query, next) = (base.to_owned(), query.clone(), page.next.clone());
    view! {
        <p role="status">{found}{all.map(|all| view! { " "<a href=all>"Show all"</a> })}</p>
        {(page.found > 0).then(|| view! {
            <StudentTable base=base.clone() query=query.clone() page />
            <Pages base query next />
        })}
    }
}
