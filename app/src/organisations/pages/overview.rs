use domain::{
    count,
    organisations::{OrganisationKind, OrganisationPage},
};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        ui::{Breadcrumbs, Heading, Loaded, Title},
    },
    organisations::{api::load_organisation, parts::use_slug},
};

/// `/organisation/{slug}`: what there is, and the way to it.
#[component]
pub fn Overview() -> impl IntoView {
    let page = PageData::new(use_slug(), load_organisation);
    view! { <Loaded resource=page page=|page| view! { <OverviewView page /> } /> }
}

#[component]
fn OverviewView(page: OrganisationPage) -> impl IntoView {
    let base = format!("/organisation/{}", page.head.slug);
    let to = move |end: &str| format!("{base}/{end}");
    let people = format!("{} active, {} pending", page.active, page.pending);
    let asking = (page.asking > 0).then(|| format!("{} to be answered", page.asking));
    let waiting = (page.waiting > 0).then(|| format!("{} to be confirmed", page.waiting));
    view! {
        <Title text=page.head.name.clone() />
        <Breadcrumbs steps=vec![("/cohorts".to_owned(), "Cohorts".to_owned())] />
        <p class="over">{page.kind.label()}</p>
        <Heading>{page.head.name}</Heading>
        <ul class="task-list">
            <li><a href=to("people")>"People"</a><span>{people}</span></li>
            // Funders get figures, and see no single learner.
            {(page.kind != OrganisationKind::Funder).then(|| view! {
                <li>
                    <a href=to("sponsored")>"Learners you pay for"</a>
                    <span>{count(page.sponsored, "learner")}{asking.map(|asking| view! { " "<span class="tag tag-in-progress">{asking}</span> })}</span>
                </li>
            })}
            <li><a href=to("cohorts")>"Cohorts and their tutors"</a><span>{count(page.cohorts, "cohort")}</span></li>
            <li><a href=to("courses")>"Courses"</a><span>{format!("{} given", page.assigned)}</span></li>
            // Support, which sees none of it, and funders, who get figures, are not led there.
            {(page.follows && page.kind != OrganisationKind::Funder).then(|| view! {
                <li><a href=to("reports")>"Who has completed what"</a></li>
            })}
            <li>
                <a href=to("uploads")>"Uploads"</a>
                <span>{count(page.uploads, "upload")}{waiting.map(|waiting| view! { " "<span class="tag tag-in-progress">{waiting}</span> })}</span>
            </li>
            <li><a href=to("feedback")>"Feedback"</a><span>"What people think of their courses"</span></li>
        </ul>
        <p><a class="button" href=to("uploads#file")>"Upload a file of people"</a></p>
        <p><a href=to("people/new")>"Add one person by hand"</a></p>
    }
}
