use domain::{
    assessment::authoring::{ListChoice, MyPapers, PaperCard},
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    assessment::authoring::{
        api::{CreatePaper, load_papers},
        parts::{CreateForm, OrganisationHead, StateTag, not_shown},
    },
    kit::{
        api::PageData,
        ui::{Done, Loaded, Reply, SearchForm, Time},
    },
};

/// `/assessments/papers`: the setter's papers.
#[component]
pub fn Papers() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        let query = query.read();
        let get = |name| query.get(name).unwrap_or_default();
        (get("after"), get("search"))
    };
    let papers = PageData::new(asked, |(after, search)| load_papers(after, search));
    view! { <Loaded resource=papers page=|page| view! { <PapersView page /> } /> }
}

#[component]
fn PapersView(page: MyPapers) -> impl IntoView {
    let later =
        use_query_map().with_untracked(|query| query.get("after").is_some_and(|after| !after.is_empty()));
    let reply = Reply::to(&[CreatePaper::PATH]);
    let removed = use_query_map().with_untracked(|query| query.get("done").as_deref() == Some("removed"));
    // The results of a search name the organisation, even when there is only one.
    let find = page.more_organisations || !page.search.is_empty();
    let several = find || page.organisations.len() > 1;
    let next = page.next.map(|next| format!("/assessments/papers?after={next}"));
    view! {
        <OrganisationHead heading="Papers" list=true reply />
        <Done reply text=removed.then(|| "The draft is deleted.".to_owned()) />
        {not_shown(page.not_shown, "paper")}
        {if page.papers.is_empty() {
            view! { <p>{if later { "There are no older papers." } else { "There are no papers yet. Create the first one below: it stays a draft that nobody else sees until you publish it." }}</p> }.into_any()
        } else {
            view! {
                <p><a href="#create" rel="external">"Create a paper"</a></p>
                <ul class="cards">
                    {page.papers.into_iter().map(|paper| view! { <PaperItem paper several /> }).collect_view()}
                </ul>
            }.into_any()
        }}
        {(later || next.is_some()).then(|| view! {
            <nav class="ways" aria-label="Pages of papers">
                {later.then(|| view! { <a href="/assessments/papers">"Newest papers"</a> })}
                {next.map(|href| view! { <a class="next" rel="next" href=href><span>"Next page"</span>"Older papers"</a> })}
            </nav>
        })}
        {find.then(|| view! { <FindOrganisation search=page.search more=page.more_organisations found=page.organisations.len() /> })}
        <CreateForm organisations=page.organisations.clone() several form=page.form reply />
        <h2>"For every paper"</h2>
        <ul class="link-list">
            {page.organisations.into_iter().map(|organisation| view! { <OrganisationLinks organisation several /> }).collect_view()}
        </ul>
    }
}

/// For more organisations than one page lists.
#[component]
fn FindOrganisation(search: String, more: bool, found: usize) -> impl IntoView {
    let said = match (found, more) {
        (0, _) => "No organisation has this in its name.".to_owned(),
        (_, true) => {
            format!("There are more organisations than are listed here. These are the first {found} by name.")
        }
        (1, false) => "This organisation has it in its name.".to_owned(),
        (_, false) => format!("These {found} organisations have it in their names."),
    };
    view! {
        <h2>"Organisations"</h2>
        <SearchForm action="/assessments/papers" label="Part of the organisation's name" search />
        <p role="status">{said}</p>
    }
}

#[component]
fn PaperItem(paper: PaperCard, several: bool) -> impl IntoView {
    let sat = if paper.sittings == 0 {
        "Nobody has started it yet".to_owned()
    } else {
        format!("{}, {} submitted", count(paper.sittings, "sitting"), paper.submitted)
    };
    let mut about = Vec::new();
    if several {
        about.push(paper.organisation);
    }
    if !paper.set_by.is_empty() {
        about.push(format!("set by {}", paper.set_by));
    }
    view! {
        <li class="card paper-card">
            <h2><a href=format!("/assessments/papers/{}", paper.id)>{paper.title}</a></h2>
            <p><StateTag state=paper.state />" "{paper.kind.label()}</p>
            <p>"Opens "<Time moment=paper.opens /><br />"Closes "<Time moment=paper.closes /></p>
            <p>{sat}</p>
            {(!about.is_empty()).then(|| view! { <p class="hint">{about.join(", ")}</p> })}
        </li>
    }
}

#[component]
fn OrganisationLinks(organisation: ListChoice, several: bool) -> impl IntoView {
    let ListChoice { id, label, .. } = organisation;
    let of = if several { format!(" of {label}") } else { String::new() };
    view! {
        <li><a href=format!("/assessments/questions/{id}")>"Question bank"{of.clone()}</a></li>
        <li><a href=format!("/assessments/adjustments/{id}")>"Extra time and rest breaks"{of}</a></li>
    }
}
