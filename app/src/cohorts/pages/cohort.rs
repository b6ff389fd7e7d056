use domain::{
    cohorts::{AttentionShown, CohortPage},
    kit::list::Filter,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    cohorts::{
        api::load_cohort,
        parts::{StudentList, Students, WORDS},
    },
    kit::{
        api::PageData,
        list::asked,
        ui::{Breadcrumbs, Heading, Loaded, Title},
    },
};

/// `/cohorts/{cohort}`: a table of the students and their modules.
#[component]
pub fn Cohort() -> impl IntoView {
    let (params, asked) = (use_params_map(), asked());
    let cohort = PageData::new(
        move || (params.read().get("cohort").unwrap_or_default(), asked()),
        |(cohort, asked)| async move { load_cohort(cohort, asked.clone()).await.map(|page| (asked, page)) },
    );
    view! { <Loaded resource=cohort page=|(asked, page)| view! { <CohortView asked page /> } /> }
}

#[component]
fn CohortView(asked: String, page: CohortPage) -> impl IntoView {
    let list = StudentList::new(format!("/cohorts/{}", page.id), WORDS, &asked);
    let empty = page.students.in_all == 0;
    let (name, base) = (page.name.clone(), list.base.clone());
    // With the search, so that it begins with those who are on the screen.
    let remind = list.query.first().link(&format!("{base}/remind"));
    view! {
        <Title text=page.name.clone() />
        <Breadcrumbs steps=vec![("/cohorts".to_owned(), "Cohorts".to_owned())] />
        <p class="over">{page.organisation.clone()}</p>
        <Heading>{name}</Heading>
        <p class="lede">{page.course.clone()}</p>
        {if empty {
            view! { <p>"Nobody is in this cohort yet. Its students appear here as soon as the university has sent their names."</p> }.into_any()
        } else {
            view! {
                <p class="paper-links on-screen">
                    <a href=remind>"Send a reminder"</a>
                    <a href=format!("{base}/progress")>"Progress over time"</a>
                    <a href=format!("{base}/dates")>"Target dates"</a>
                </p>
                <p class="hint on-screen">"A team or area is found by its whole name."</p>
                {list.form_beside(AttentionShown::NAME)}
                <Students list asked page />
            }
            .into_any()
        }}
    }
}
