use domain::{cohorts::CohortPage, kit::live::Topic};
use leptos::prelude::*;

use super::{StudentList, table::StudentTable, tabs};
use crate::{
    cohorts::api::load_cohort,
    kit::{
        live::{Refresh, StillCurrent, keep_current},
        ui::Time,
    },
};

/// Who needs attention, the count, the table and its pages, kept up to date: a module that a student completes shows without a reload.
#[component]
pub fn Students(list: StudentList, asked: String, page: CohortPage) -> impl IntoView {
    let cohort = page.id;
    let shown = RwSignal::new(page);
    let connection = keep_current(
        Refresh::Of(Topic::Cohort(cohort)),
        move || load_cohort(cohort.to_string(), asked.clone()),
        move |now| shown.set(now),
    );
    view! {
        <div id="students">{move || found(&list, shown.get())}</div>
        <StillCurrent connection />
    }
}

/// This view holds no closures, so Leptos patches it when it is drawn again: the focus and the scroll position of the table stay.
fn found(list: &StudentList, page: CohortPage) -> AnyView {
    let tabs = tabs(list, &page);
    let (status, pages) = (list.found(&page.students), list.pages(&page.students));
    let files = list.downloads(&format!("{}/students", list.base), &page.students);
    let at = page.at.clone().map(|at| view! { <p class="part">"As of "<Time moment=at /></p> });
    let list = (page.students.found > 0).then(|| list.clone());
    view! {
        {tabs}
        {status}
        {at}
        {list.map(|list| view! { <StudentTable list page /> })}
        {pages}
        {files}
    }
    .into_any()
}
