use domain::zone::joining::LeavingArea;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    kit::{
        api::PageData,
        ui::{Loaded, PostForm, Reply},
    },
    zone::{
        api::joining::{LeaveArea, load_leave},
        parts::{Head, WhatGoes, use_area},
    },
};

/// `/zone/{area}/leave`: what follows, before it is done.
#[component]
pub fn Leave() -> impl IntoView {
    let page = PageData::new(use_area(), load_leave);
    view! { <Loaded resource=page page=|page| view! { <LeaveView page /> } /> }
}

#[component]
fn LeaveView(page: LeavingArea) -> impl IntoView {
    let LeavingArea { head, leads_alone } = page;
    let reply = Reply::to(&[LeaveArea::PATH]);
    let (slug, name) = (head.slug.clone(), head.name.clone());
    let alone = if leads_alone { vec![name.clone()] } else { Vec::new() };
    view! {
        <div class="narrow">
            <Head head heading="Leave this area" reply />
            <WhatGoes alone />
            <PostForm to=LeaveArea::PATH>
                <input type="hidden" name="area" value=slug />
                <button type="submit" class="button">"Yes, leave "{name}</button>
            </PostForm>
            <p><a href="/zone/leave">"Leave all areas of NMP Zone"</a></p>
        </div>
    }
}
