use domain::{
    kit::list::{Filters, Page},
    zone::resources::{
        KindShown, OfMembers, OwnSuggestion, ResourceCard, ResourceSort, ResourceState, Resources as Library,
        StateShown,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Done, FileForm, Loaded, PostForm, Reply},
    },
    zone::{
        RESOURCE_PATH,
        api::resources::{RemoveResource, load_resources},
        parts::{FactFields, Head, ThingFields, member, suggestions_wait, tags, use_area},
    },
};

const WORDS: Words = Words { one: "resource", none: "None of the", searched: "Title, or what it is for" };

/// `/zone/{area}/resources`: the library, and the form to add to it.
#[component]
pub fn Resources() -> impl IntoView {
    let (area, asked, query) = (use_area(), asked(), use_query_map());
    let done = move || query.read().get("done").unwrap_or_default();
    let page = PageData::new(
        move || (area(), asked(), done()),
        |(area, asked, done)| async move {
            load_resources(area, asked.clone()).await.map(|page| (asked, done, page))
        },
    );
    view! { <Loaded resource=page page=|(asked, done, page)| view! { <ResourcesView asked done page /> } /> }
}

#[component]
fn ResourcesView(asked: String, done: String, page: Library) -> impl IntoView {
    let reply = Reply::to(&[RESOURCE_PATH, RemoveResource::PATH]);
    let of = crate::kit::list::done_to();
    let gone = !of.is_empty() && page.resources.rows.iter().all(|card| card.id.to_string() != of);
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_str() {
        "added" if page.head.lead && page.resources.in_all > 0 => Some("It is in the library."),
        "suggested" if !page.own.is_empty() => {
            Some("The leads see your suggestion. You are told by mail what they decide.")
        }
        "removed" if gone => Some("It is removed for good."),
        _ => None,
    };
    let Library { head, resources, own, waiting, form } = page;
    let (slug, lead) = (head.slug.clone(), head.lead);
    let base = format!("/zone/{slug}/resources");
    let suggested = format!("{base}?state=suggested");
    let add = if lead { "Add a link or a file" } else { "Suggest a link or a file" };
    let narrowed = asked.contains("state=");
    let empty = resources.in_all == 0 && !narrowed;
    let library = if empty {
        view! { <p>"Nothing is in the library yet. "<a href="#add-title" rel="external">{add}</a>", and it is found here by every member."</p> }.into_any()
    } else if lead {
        table(Shown::<ResourceSort, (KindShown, StateShown)>::new(base, WORDS, &asked), &slug, resources)
    } else {
        table(Shown::<ResourceSort, (KindShown, OfMembers)>::new(base, WORDS, &asked), &slug, resources)
    };
    view! {
        <Head head heading="Resources" reply />
        <Done reply text=done.map(str::to_owned) />
        {(waiting > 0).then(|| view! {
            <p class="notice">
                <a href=suggested>{suggestions_wait(waiting)}</a>
                " for a lead to accept or decline."
            </p>
        })}
        {(!empty).then(|| view! { <p class="on-screen"><a href="#add-title" rel="external">{add}</a></p> })}
        {library}
        {(!lead && !own.is_empty()).then(|| suggestions(&slug, own))}
        <section class="narrow" aria-labelledby="add-title">
            <h2 id="add-title">{add}</h2>
            {(!lead).then(|| view! { <p>"A lead looks at it before other members see it."</p> })}
            <FileForm action=format!("{RESOURCE_PATH}?area={slug}")>
                <input type="hidden" name="form" value=form.to_string() />
                <FactFields lead reply />
                <ThingFields reply />
                <button type="submit" class="button">{if lead { "Add it" } else { "Suggest it" }}</button>
            </FileForm>
        </section>
    }
}

fn table<F: Filters>(list: Shown<ResourceSort, F>, slug: &str, page: Page<ResourceCard>) -> AnyView {
    let (form, found, pages) = (list.form(), list.found(&page), list.pages(&page));
    let base = list.base.clone();
    let heads = view! {
        {list.head(ResourceSort::Title, "Title", "")}
        <th scope="col">"Kind"</th>
        <th scope="col">"Owner"</th>
        {list.head(ResourceSort::Added, "Added", "")}
        {list.head(ResourceSort::Review, "Review", "")}
    };
    let rows = page.rows.into_iter().map(|card| row(&base, slug, card)).collect::<Vec<_>>();
    view! {
        {form}
        {found}
        {(!rows.is_empty()).then(|| view! {
            <div class="table-frame" role="region" aria-label="Resources" tabindex="0">
                <table class="papers">
                    <caption class="visually-hidden">"Resources of the area"</caption>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })}
        {pages}
    }
    .into_any()
}

fn row(base: &str, slug: &str, card: ResourceCard) -> AnyView {
    let tags = tags(&card);
    let words = card.thing.words();
    view! {
        <tr>
            <th scope="row">
                <a href=format!("{base}/{}", card.id)>{card.title}</a>
                {tags}
                <span class="hint">{card.purpose}</span>
            </th>
            <td>{words}</td>
            <td>{member(slug, card.owner)}</td>
            <td>{card.added.words}</td>
            <td>{card.review.words}</td>
        </tr>
    }
    .into_any()
}

/// What the reader has suggested, and no lead has accepted.
fn suggestions(slug: &str, own: Vec<OwnSuggestion>) -> AnyView {
    let slug = slug.to_owned();
    let line = move |suggestion: OwnSuggestion| {
        let OwnSuggestion { id, title, state, reason, new_version } = suggestion;
        let words = match state {
            ResourceState::Declined => "Declined",
            _ => "Waits for a lead",
        };
        let (area, named) = (slug.clone(), title.clone());
        view! {
            <li>
                <div class="task-text">
                    <a href=format!("/zone/{slug}/resources/{id}")>{title}</a>
                    {new_version.then_some(" (a new version)")}
                    {reason.map(|reason| view! { <p class="as-typed">"The reason: "{reason}</p> })}
                    <details>
                        <summary>"Remove"<span class="visually-hidden">" "{named}</span></summary>
                        <p class="hint">"Nobody finds it any more, the leads neither, and its file is destroyed."</p>
                        {remove(area, id.to_string())}
                    </details>
                </div>
                <span class="tag">{words}</span>
            </li>
        }
    };
    view! {
        <section aria-labelledby="own-title">
            <h2 id="own-title">"Your suggestions"</h2>
            <ul class="task-list">{own.into_iter().map(line).collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// The button that removes a resource for good. What follows from it stands above.
pub fn remove(area: String, resource: String) -> AnyView {
    view! {
        <PostForm to=RemoveResource::PATH>
            <input type="hidden" name="area" value=area />
            <input type="hidden" name="resource" value=resource />
            <button type="submit" class="button secondary small">"Yes, remove it for good"</button>
        </PostForm>
    }
    .into_any()
}
