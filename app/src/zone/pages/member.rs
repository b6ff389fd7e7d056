use domain::zone::profile::MemberPage;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    kit::{
        api::PageData,
        ui::{Loaded, Reply},
    },
    zone::{
        api::profile::load_member,
        parts::{Head, MemberDetails, use_area},
    },
};

/// `/zone/{area}/members/{member}`: what a member shows to the others of the area.
#[component]
pub fn Member() -> impl IntoView {
    let (area, params) = (use_area(), use_params_map());
    let page = PageData::new(
        move || (area(), params.read().get("member").unwrap_or_default()),
        |(area, member)| load_member(area, member),
    );
    view! { <Loaded resource=page page=|page| view! { <MemberView page /> } /> }
}

#[component]
fn MemberView(page: MemberPage) -> impl IntoView {
    let reply = Reply::to(&[]);
    let MemberPage { head, profile, own } = page;
    let (area, name) = (head.slug.clone(), profile.name.clone());
    let ends = (head.lead && !own).then(|| format!("/zone/{area}/applications?end={}", profile.member));
    let nothing = format!("{name} has filled in nothing else so far.");
    view! {
        <Head head heading=name below=("directory", "Directory") reply />
        <MemberDetails area=area.clone() profile nothing />
        {own.then(|| view! { <p><a class="button secondary" href=format!("/zone/{area}/profile")>"Change your profile"</a></p> })}
        {ends.map(|ends| view! { <p><a href=ends>"End this membership"</a></p> })}
    }
}
