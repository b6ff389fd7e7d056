use domain::{some_of, zone::joining::LeaveZone as Page};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    kit::{
        api::PageData,
        ui::{Breadcrumbs, FormErrors, Heading, Loaded, PostForm, Reply, Title},
    },
    zone::{
        api::joining::{LeaveEveryArea, load_leave_zone},
        parts::WhatGoes,
    },
};

/// `/zone/leave`: out of every area, after what follows from it.
#[component]
pub fn LeaveAll() -> impl IntoView {
    let page = PageData::new(|| (), |()| load_leave_zone());
    view! { <Loaded resource=page page=|page| view! { <LeaveView page /> } /> }
}

#[component]
fn LeaveView(page: Page) -> impl IntoView {
    let reply = Reply::to(&[LeaveEveryArea::PATH]);
    let Page { member_of, applied_to, decided_against, leads_alone } = page;
    let nothing = member_of.is_empty() && applied_to.is_empty();
    let listed = |what: &'static str, names: &[String]| {
        (!names.is_empty()).then(|| view! { <p>{what}<strong>{some_of(names)}</strong>"."</p> })
    };
    let (members, applied) =
        (listed("You are a member of ", &member_of), listed("You have applied to ", &applied_to));
    view! {
        <Title text=reply.title("Leave NMP Zone") />
        <div class="narrow">
            <Breadcrumbs steps=vec![("/zone".to_owned(), "NMP Zone".to_owned())] />
            <FormErrors reply />
            <Heading>"Leave NMP Zone"</Heading>
            {members}
            {applied}
            {if nothing {
                view! { <p>"You are a member of no area, and have applied to none: there is nothing to leave."</p> }.into_any()
            } else {
                view! {
                    <WhatGoes alone=leads_alone />
                    {(!applied_to.is_empty()).then(|| view! { <p>"Your applications are taken back."</p> })}
                    <PostForm to=LeaveEveryArea::PATH>
                        <button type="submit" class="button">"Yes, leave NMP Zone"</button>
                    </PostForm>
                }.into_any()
            }}
            {decided_against.then(|| view! { <p class="hint">"That a lead has refused or removed you stays, with the reason, until your account goes: otherwise leaving would undo it."</p> })}
        </div>
    }
}
