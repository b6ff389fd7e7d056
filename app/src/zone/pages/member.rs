use domain::zone::profile::MemberPage;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    kit::{
        api::{ErrorKind, PageData},
        live::StillCurrent,
        ui::{BackLink, Done, Heading, Loaded, Reply, Title},
    },
    zone::{
        api::{joining::load_area, profile::load_member},
        parts::{
            BlockForm, CONTACT_FORMS, Head, MemberDetails, MessageForm, ReportForm, contact_done,
            keep_area_current, use_area,
        },
    },
};

/// `/zone/{area}/members/{member}`: what a member shows to the others of the area.
#[component]
pub fn Member() -> impl IntoView {
    let (area, params, query) = (use_area(), use_params_map(), use_query_map());
    let done = move || query.read().get("done").unwrap_or_default();
    let page = PageData::new(
        move || (area(), params.read().get("member").unwrap_or_default(), done()),
        |(area, member, done)| async move { load_member(area, member).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <MemberView done page /> } /> }
}

/// The page, until they leave.
#[component]
fn MemberView(done: String, page: MemberPage) -> impl IntoView {
    let reply = Reply::to(&CONTACT_FORMS);
    let (area, member, gone) = (page.head.slug.clone(), page.profile.member, RwSignal::new(false));
    let directory = format!("/zone/{area}/directory");
    let ask = move || {
        let area = area.clone();
        async move {
            match load_member(area.clone(), member.to_string()).await {
                // Whoever sees the area still learns that it is the other one who has left.
                Err(error) if error.kind == ErrorKind::NotFound => load_area(area).await.map(|_| true),
                found => found.map(|_| false),
            }
        }
    };
    let take = move |left: bool| {
        if left {
            gone.set(true);
        }
    };
    let connection = keep_area_current(page.id, ask, take);
    view! {
        // There from the start, so that screen readers announce its later text.
        <div aria-live="polite">{move || gone.get().then(|| view! {
            <Title text="This member has left" />
            <Heading>"This member has left"</Heading>
            <p>"They are not in this area any more. Messages between you stay, from a former member."</p>
            <BackLink href=directory.clone() name="the directory" />
        })}</div>
        {move || (!gone.get()).then(|| view! { <Details done=done.clone() page=page.clone() reply /> })}
        {connection.map(|connection| view! { <StillCurrent connection /> })}
    }
}

#[component]
fn Details(done: String, page: MemberPage, reply: Reply) -> impl IntoView {
    let MemberPage { head, id: _, profile, own, writing } = page;
    let (member, blocks) = (profile.member, writing.blocked);
    let (area, name) = (head.slug.clone(), profile.name.clone());
    let ends = (head.lead && !own).then(|| format!("/zone/{area}/applications?end={}", profile.member));
    let contact = (!own).then(|| {
        let (area, name, blocked) = (area.clone(), name.clone(), writing.blocked);
        let (of_block, named) = (area.clone(), name.clone());
        view! {
            <MessageForm area=area.clone() member name=name.clone() writing reply />
            {(!blocked).then(|| view! { <BlockForm area=of_block member name=named at="member" /> })}
            <ReportForm area member=Some(member) message=None subject=name at="member" reply />
        }
    });
    let nothing = format!("{name} has filled in nothing else so far.");
    view! {
        <Head head heading=name below=("directory", "Directory") reply />
        <Done reply text=contact_done(&done, blocks).map(str::to_owned) />
        <MemberDetails area=area.clone() profile nothing />
        {own.then(|| view! { <p><a class="button secondary" href=format!("/zone/{area}/profile")>"Change your profile"</a></p> })}
        {contact}
        {ends.map(|ends| view! { <p><a href=ends>"End this membership"</a></p> })}
    }
}
