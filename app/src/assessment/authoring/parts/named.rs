use domain::{
    assessment::{
        PaperId,
        authoring::{CandidateSort, InvitedLearner, Known},
    },
    kit::list::Page,
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::authoring::api::RemoveCandidates,
    kit::{
        list::{Chosen, Shown, Tick, TickAll, Words},
        ui::{CheckBox, PostForm, ProblemLine, Reply},
    },
};

type NamedList = Shown<CandidateSort, Known>;

const WORDS: Words = Words { one: "candidate", none: "None of the", searched: "E-mail address or name" };

/// The candidates that were entered by address. A candidate whom the organisation knows is shown with their name. All others look the
/// same, with an account or without one.
#[component]
pub fn Named(
    paper: PaperId,
    version: u32,
    asked: String,
    learners: Page<InvitedLearner>,
    reply: Reply,
) -> impl IntoView {
    let list = NamedList::new(format!("/assessments/papers/{paper}/candidates"), WORDS, &asked);
    if learners.in_all == 0 {
        return ().into_any();
    }
    let (form, found, pages) = (list.form(), list.found(&learners), list.pages(&learners));
    let (files, whole) = (list.downloads(&list.base, &learners), list.query.whole);
    let (address, name) =
        (list.head(CandidateSort::Address, "E-mail address", ""), list.head(CandidateSort::Name, "Name", ""));
    let (none, query) = (learners.rows.is_empty(), list.query.first().link(""));
    let row = move |InvitedLearner { email, name }: InvitedLearner| {
        let checked = reply.among(&[RemoveCandidates::PATH], "chosen", &email, false);
        let label = format!("Choose {email}");
        view! {
            <tr>
                {(!whole).then(|| view! { <Tick name="chosen[]" value=email.clone() label checked /> })}
                <th scope="row">{email}</th>
                <td>{name.unwrap_or_else(|| "Not known".to_owned())}</td>
            </tr>
        }
    };
    let rows = learners.rows.into_iter().map(row).collect_view();
    let table = view! {
        <div class="table-frame" role="region" aria-label="Candidates entered by address" tabindex="0">
            <table class="named">
                <caption class="visually-hidden">"Candidates entered by address"</caption>
                <thead><tr>{(!whole).then(|| view! { <TickAll within="chosen" /> })}{address}{name}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    };
    view! {
        <h2 id="named">"Entered by address"</h2>
        <p class="narrow">"Check the spelling. A person with an account under one of these addresses finds the paper there; without an account it waits until there is one. You see a name when its owner is a student of your organisation, or has started a paper of it."</p>
        {form}
        {found}
        {if none {
            ().into_any()
        } else if whole {
            table.into_any()
        } else {
            let problem = reply.problem("chosen");
            view! {
                <PostForm to=RemoveCandidates::PATH class="remove-candidates">
                    <input type="hidden" name="paper" value=paper.to_string() />
                    <input type="hidden" name="version" value=version.to_string() />
                    <input type="hidden" name="query" value=query />
                    {move || problem.get().map(|problem| view! { <ProblemLine id="chosen" problem /> })}
                    <Chosen id="chosen">{table}</Chosen>
                    <div class="on-screen">
                        <CheckBox id="confirmed" label="Remove the ticked candidates from this paper: they cannot start it any more"
                            checked=false problem=reply.problem("confirmed") />
                        <button type="submit" class="button secondary">"Remove the ticked candidates"</button>
                    </div>
                </PostForm>
            }
            .into_any()
        }}
        {pages}
        {files}
    }
    .into_any()
}
