use domain::zone::profile::MemberPage;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    kit::{
        api::PageData,
        ui::{Done, Loaded, Reply},
    },
    zone::{
        api::profile::load_member,
        parts::{
            BlockForm, CONTACT_FORMS, Head, MemberDetails, MessageForm, ReportForm, contact_done, use_area,
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

#[component]
fn MemberView(done: String, page: MemberPage) -> impl IntoView {
    let reply = Reply::to(&CONTACT_FORMS);
    let MemberPage { head, profile, own, writing } = page;
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
