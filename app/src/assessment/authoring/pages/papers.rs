use domain::{
    assessment::authoring::{ListChoice, MyPapers, PaperCard, PaperShow, PaperSort},
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
        list::{Shown, Words, asked},
        ui::{Done, Loaded, Reply, ShortTime},
    },
};

const WORDS: Words = Words { one: "paper", none: "None of the", searched: "Title of the paper" };

const ORGANISATIONS: &str = "/assessments/organisations";

/// `/assessments/papers`: the setter's papers.
#[component]
pub fn Papers() -> impl IntoView {
    let (query, asked) = (use_query_map(), asked());
    let organisation = move || query.read().get("organisation").unwrap_or_default();
    let papers = PageData::new(
        move || (asked(), organisation()),
        |(asked, organisation)| async move {
            load_papers(asked.clone(), organisation).await.map(|page| (asked, page))
        },
    );
    view! { <Loaded resource=papers page=|(asked, page)| view! { <PapersView asked page /> } /> }
}

#[component]
fn PapersView(asked: String, page: MyPapers) -> impl IntoView {
    let reply = Reply::to(&[CreatePaper::PATH]);
    let done = use_query_map().with_untracked(|query| query.get("done"));
    let done = match done.as_deref() {
        Some("removed") => Some("The draft is deleted."),
        Some("put-away") => Some("The paper is put away. The list shows it under “Put away”."),
        Some("brought-back") => Some("The paper is back in the list."),
        _ => None,
    };
    // Support sees the papers of all organisations.
    let (everywhere, several) = (page.everywhere, page.everywhere || page.organisations.len() > 1);
    let (unchosen, again) = (page.organisations.is_empty(), page.papers.in_all > 0);
    let list = Shown::<PaperSort, PaperShow>::new("/assessments/papers".to_owned(), WORDS, &asked);
    let (form, found, pages) = (list.form(), list.found(&page.papers), list.pages(&page.papers));
    view! {
        <OrganisationHead heading="Papers" list=true reply />
        <Done reply text=done.map(str::to_owned) />
        {not_shown(page.not_shown, "paper")}
        {if page.papers.in_all == 0 && list.query.filters == PaperShow::PutAway {
            view! { <p>"No paper is put away. "<a href="/assessments/papers">"All papers"</a></p> }.into_any()
        } else if page.papers.in_all == 0 {
            view! {
                <p>"There are no papers here yet. Create one below: it stays a draft that nobody else sees until you publish it. "<a href="/assessments/papers?show=put-away">"Papers that are put away"</a></p>
            }.into_any()
        } else {
            let rows = page.papers.rows;
            view! {
                <p class="on-screen"><a href="#create" rel="external">"Create a paper"</a></p>
                {form}
                {page.more_papers.then(|| view! { <p class="notice">{format!("There are more papers than this list has: it has the newest {}.", page.papers.in_all)}</p> })}
                {found}
                {(!rows.is_empty()).then(|| view! { <PaperTable list several rows /> })}
                {pages}
            }.into_any()
        }}
        {if unchosen {
            view! {
                <section id="create" class="narrow" aria-labelledby="create-title">
                    <h2 id="create-title">"Create a paper"</h2>
                    <p>"First choose the organisation whose paper it is. Its question bank and its extra time are there too."</p>
                    <p><a href=ORGANISATIONS>"Choose an organisation"</a></p>
                </section>
            }
            .into_any()
        } else {
            // The form of another organisation keeps nothing of the shown one.
            let keeps = !everywhere;
            view! {
                <CreateForm organisations=page.organisations.clone() several again keeps form=page.form reply />
                <h2>"For every paper"</h2>
                <ul class="link-list">
                    <li><a href="/questions">"Questions to choose from"</a></li>
                    {page.organisations.into_iter().map(|organisation| view! { <OrganisationLinks organisation several /> }).collect_view()}
                    {everywhere.then(|| view! { <li><a href=ORGANISATIONS>"Choose another organisation"</a></li> })}
                </ul>
            }
            .into_any()
        }}
    }
}

#[component]
fn PaperTable(list: Shown<PaperSort, PaperShow>, several: bool, rows: Vec<PaperCard>) -> impl IntoView {
    // No column shows when a paper was created, so this order has a link of its own.
    let newest =
        (list.query.sort != PaperSort::Made).then(|| list.query.sorted_by(PaperSort::Made).link(&list.base));
    view! {
        <p class="hint on-screen">{match newest {
            Some(newest) => view! { <a href=newest>"Newest first"</a> }.into_any(),
            None => "The newest comes first.".into_any(),
        }}</p>
        <div class="table-frame" role="region" aria-label="Papers" tabindex="0">
            <table class="papers">
                <caption class="visually-hidden">"Papers"</caption>
                <thead>
                    <tr>
                        {list.head(PaperSort::Title, "Paper", "")}
                        <th scope="col">"State"</th>
                        {list.head(PaperSort::Opens, "Opens", "")}
                        {list.head(PaperSort::Closes, "Closes", "")}
                        <th scope="col">"Sittings"</th>
                        <th scope="col" class="on-screen">"As last time"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(|paper| view! { <PaperItem paper several /> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn PaperItem(paper: PaperCard, several: bool) -> impl IntoView {
    let sat = if paper.sittings == 0 {
        "Nobody has started it yet".to_owned()
    } else {
        format!("{}, {} submitted", count(paper.sittings, "sitting"), paper.submitted)
    };
    let mut about = vec![paper.kind.label().to_owned()];
    if several {
        about.push(paper.organisation);
    }
    if !paper.set_by.is_empty() {
        about.push(format!("set by {}", paper.set_by));
    }
    let copy = format!("/assessments/papers/{}/change#copy-title", paper.id);
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/assessments/papers/{}", paper.id)>{paper.title}</a>
                <span class="hint">{about.join(", ")}</span>
            </th>
            <td><StateTag state=paper.state /></td>
            <td><ShortTime moment=paper.opens /></td>
            <td><ShortTime moment=paper.closes /></td>
            <td>{sat}</td>
            <td class="on-screen"><a href=copy>"Copy"</a></td>
        </tr>
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
