use domain::zone::joining::{AreaCard, Areas as Page, OwnStanding, Standing};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        live::StillCurrent,
        ui::{Done, FormErrors, Heading, Loaded, PostForm, Reply, Time, Title},
    },
    zone::{
        api::joining::{WithdrawApplication, load_areas},
        pages::join::NO_LEAD,
        parts::keep_zone_current,
    },
};

/// `/zone`: the areas, for visitors too, and how the reader stands to each.
#[component]
pub fn Areas() -> impl IntoView {
    let query = use_query_map();
    let page = PageData::new(
        move || query.read().get("done").unwrap_or_default(),
        |done| async move { load_areas().await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <AreasView done page /> } /> }
}

#[component]
fn AreasView(done: String, page: Page) -> impl IntoView {
    let reply = Reply::to(&[WithdrawApplication::PATH]);
    let Page { areas, signed_in } = page;
    let stands = |to: Standing| areas.iter().any(|area| is(area, to));
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_str() {
        "applied" if stands(Standing::Waiting) => {
            Some("You have applied. You get a mail when a lead of the area has decided.")
        }
        "withdrawn" if !stands(Standing::Waiting) => Some("You have taken your application back."),
        _ => None,
    };
    let shown = RwSignal::new(areas);
    let decided = RwSignal::new(None);
    let connection = keep_zone_current(load_areas, move |now: Page| {
        if shown.with_untracked(|shown| *shown != now.areas) {
            let news = shown.with_untracked(|shown| decided_since(shown, &now.areas));
            // What was said before is not so any more.
            if news.is_some() {
                decided.set(news);
            }
            shown.set(now.areas);
        }
    });
    let belongs = move || {
        shown.with(|areas| areas.iter().any(|area| is(area, Standing::Member) || is(area, Standing::Waiting)))
    };
    let said = done.map(str::to_owned);
    view! {
        <Title text=reply.title("NMP Zone") />
        <FormErrors reply />
        {move || match decided.read().is_none() {
            true => view! { <Done reply text=said.clone() /> }.into_any(),
            false => ().into_any(),
        }}
        // There from the start, so that screen readers announce its later text.
        <div aria-live="polite">{move || match decided.get() {
            Some(text) => view! { <p class="notice">{text}</p> }.into_any(),
            None => ().into_any(),
        }}</div>
        <Heading>"NMP Zone"</Heading>
        <p class="lede">"Closed communities for people who prescribe or learn to. In each area, members find each other and share contacts and resources. Nobody outside an area sees any of it."</p>
        {move || cards(shown.get(), signed_in)}
        {move || match belongs() {
            true => view! { <p><a href="/zone/leave">"Leave NMP Zone"</a></p> }.into_any(),
            false => ().into_any(),
        }}
        {connection.map(|connection| view! { <StillCurrent connection /> })}
    }
}

fn is(area: &AreaCard, standing: Standing) -> bool {
    area.own.as_ref().is_some_and(|own| own.standing == standing)
}

/// What a lead has decided between the two.
fn decided_since(before: &[AreaCard], now: &[AreaCard]) -> Option<String> {
    let waited = |slug: &str| before.iter().any(|area| area.slug == slug && is(area, Standing::Waiting));
    let decided = |area: &&AreaCard| is(area, Standing::Member) || is(area, Standing::Refused);
    let area = now.iter().filter(decided).find(|area| waited(&area.slug))?;
    Some(format!("A lead has decided about your application to {}.", area.name))
}

fn cards(areas: Vec<AreaCard>, signed_in: bool) -> AnyView {
    if areas.is_empty() {
        return view! { <p>"There is no area to join yet. Come back later."</p> }.into_any();
    }
    let cards = areas.into_iter().map(|area| card(area, signed_in)).collect_view();
    view! { <div class="cards">{cards}</div> }.into_any()
}

fn card(area: AreaCard, signed_in: bool) -> AnyView {
    let AreaCard { slug, name, aim, own, leaderless } = area;
    let member = own.as_ref().is_some_and(|own| own.standing == Standing::Member);
    let title = match member {
        true => view! { <a href=format!("/zone/{slug}")>{name.clone()}</a> }.into_any(),
        false => name.clone().into_any(),
    };
    let waits = leaderless && own.as_ref().is_some_and(|own| own.standing == Standing::Waiting);
    let below = match own {
        Some(own) => stands(slug, name, own),
        None => {
            let verb = if signed_in { "Ask to join" } else { "Register for" };
            join(&slug, verb, name)
        }
    };
    view! {
        <section class="card">
            <h2>{title}</h2>
            <p>{aim}</p>
            {below}
            {waits.then(|| view! { <p>{NO_LEAD}</p> })}
        </section>
    }
    .into_any()
}

fn join(slug: &str, verb: &'static str, name: String) -> AnyView {
    view! { <p><a class="button small" href=format!("/zone/{slug}/join")>{verb}" "{name}</a></p> }.into_any()
}

/// How the reader stands to the area.
fn stands(slug: String, name: String, own: OwnStanding) -> AnyView {
    let OwnStanding { standing, since, reason, leads } = own;
    match standing {
        Standing::Member => view! {
            <p><span class="tag tag-completed">{if leads { "You lead this area" } else { "Member" }}</span>" "<span class="hint">"since "<Time moment=since /></span></p>
        }
        .into_any(),
        Standing::Waiting => view! {
            <p><span class="tag tag-in-progress">"Waits for a lead"</span>" "<span class="hint">"since "<Time moment=since /></span></p>
            <TakeBack slug name />
        }
        .into_any(),
        Standing::Refused | Standing::Removed => {
            let what = match standing {
                Standing::Refused => "Application refused",
                _ => "Membership ended",
            };
            view! {
                <p><span class="tag">{what}</span>" "<span class="hint">"on "<Time moment=since /></span></p>
                {reason.map(|reason| view! { <p>"A lead wrote: "{reason}</p> })}
                {join(&slug, "Ask again to join", name)}
            }
            .into_any()
        }
    }
}

#[component]
fn TakeBack(slug: String, name: String) -> impl IntoView {
    view! {
        <details>
            <summary id=format!("withdraw-{slug}")>"Take the application back"<span class="visually-hidden">" to "{name.clone()}</span></summary>
            <p>"The leads do not see your name any more. You can apply again tomorrow."</p>
            <PostForm to=WithdrawApplication::PATH>
                <input type="hidden" name="area" value=slug />
                <button type="submit" class="button secondary small">"Yes, take it back"<span class="visually-hidden">", the application to "{name}</span></button>
            </PostForm>
        </details>
    }
}
