use domain::zone::{
    AreaHead,
    joining::{AreaHome as Page, NewMember},
};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        live::StillCurrent,
        ui::{Breadcrumbs, Heading, Loaded, Time, Title},
    },
    zone::{
        api::joining::load_area,
        parts::{keep_zone_current, so_many, suggestions_wait, use_area, waits},
    },
};

/// `/zone/{area}`: what there is in the area, and the way to it.
#[component]
pub fn AreaHome() -> impl IntoView {
    let page = PageData::new(use_area(), load_area);
    view! { <Loaded resource=page page=|page| view! { <AreaView page /> } /> }
}

#[component]
fn AreaView(page: Page) -> impl IntoView {
    let Page { head: AreaHead { slug, name, lead }, aim, members, newest, waiting, suggestions, reports } =
        page;
    let base = format!("/zone/{slug}");
    let to = move |end: &str| format!("{base}/{end}");
    let (waiting, suggestions, reports) =
        (RwSignal::new(waiting), RwSignal::new(suggestions), RwSignal::new(reports));
    let take = move |now: Page| {
        waiting.set(now.waiting);
        suggestions.set(now.suggestions);
        reports.set(now.reports);
    };
    let connection = lead.then(|| keep_zone_current(move || load_area(slug.clone()), take)).flatten();
    let who_waits = move || tag(waiting.get(), waits);
    let suggested = move || tag(suggestions.get(), suggestions_wait);
    let reported = move || tag(reports.get(), |reports| format!("{reports} open"));
    let newest = newest.into_iter().map(|NewMember { member, name, joined }| {
        view! { <li><a href=to(&format!("members/{member}"))>{name}</a>", since "<Time moment=joined /></li> }
    });
    let newest = newest.collect_view();
    view! {
        <Title text=name.clone() />
        <Breadcrumbs steps=vec![("/zone".to_owned(), "NMP Zone".to_owned())] />
        <p class="over">"NMP Zone"</p>
        <Heading>{name}</Heading>
        <p class="lede">{aim}</p>
        <ul class="task-list">
            <li><a href=to("directory")>"Directory"</a><span>{so_many(members)}</span></li>
            <li><a href=to("profile")>"Your profile"</a><span>"What the other members see of you"</span></li>
            <li><a href=to("contacts")>"Contacts"</a><span>"People and services that are useful to members"</span></li>
            <li><a href=to("resources")>"Resources"</a><span>"What members share"{suggested}</span></li>
            <li><a href=to("messages")>"Messages"</a><span>"What members have written to you, and you to them"</span></li>
            {lead.then(|| view! {
                <li><a href=to("applications")>"Applications"</a><span>"Who joins"{who_waits}</span></li>
                <li><a href=to("reports")>"Reports"</a><span>"What members have reported"{reported}</span></li>
            })}
        </ul>
        <h2>"Newest members"</h2>
        <ul class="plain-list">{newest}</ul>
        <p><a href=to("leave")>"Leave this area"</a></p>
        {connection.map(|connection| view! { <StillCurrent connection /> })}
    }
}

/// What waits for a lead, if anything does.
fn tag(waiting: u32, words: impl Fn(u32) -> String) -> Option<AnyView> {
    (waiting > 0).then(|| view! { " "<span class="tag tag-in-progress">{words(waiting)}</span> }.into_any())
}
