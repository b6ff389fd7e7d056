use domain::cohorts::{CohortCard, MyCohorts};
use leptos::prelude::*;

use crate::{
    cohorts::api::load_cohorts,
    kit::{
        api::PageData,
        ui::{Heading, Loaded, Title},
    },
};

/// `/cohorts`.
#[component]
pub fn Cohorts() -> impl IntoView {
    let cohorts = PageData::new(|| (), |()| load_cohorts());
    view! { <Loaded resource=cohorts page=|page: MyCohorts| view! { <CohortsView page /> } /> }
}

#[component]
fn CohortsView(page: MyCohorts) -> impl IntoView {
    view! {
        <Title text="Cohorts" />
        <Heading>"Cohorts"</Heading>
        {if page.cohorts.is_empty() {
            view! {
                <p>"You are not signed up to follow a cohort. Your university's lead for the course can ask us to sign you up; "
                "being a tutor alone does not show students' progress."</p>
            }.into_any()
        } else {
            view! { <div class="cards">{page.cohorts.into_iter().map(card).collect_view()}</div> }.into_any()
        }}
    }
}

fn card(cohort: CohortCard) -> impl IntoView {
    view! {
        <section class="card">
            <h2><a href=format!("/cohorts/{}", cohort.id)>{cohort.name}</a></h2>
            <p>{cohort.organisation}<br />{cohort.course}</p>
            <p><strong>{format!("{} students, {}% of modules completed", cohort.students, cohort.completed_percent)}</strong></p>
        </section>
    }
}
