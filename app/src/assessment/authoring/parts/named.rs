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
        ui::{CheckBox, PostForm, Reply, problem_line},
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
    /// All who are ticked, on any page of the list.
    ticked: RwSignal<Vec<String>>,
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
    let (turns, here) = (list.turns(&learners), list.query.link(&list.base));
    let mut chosen = ticked.get_untracked();
    // A form that was sent without scripts brings its own along.
    if chosen.is_empty() {
        chosen = reply.of(&[RemoveCandidates::PATH]).all("chosen");
    }
    let (shown, elsewhere): (Vec<_>, Vec<_>) =
        chosen.into_iter().partition(|email| learners.rows.iter().any(|row| row.email == *email));
    let row = move |InvitedLearner { email, name }: InvitedLearner| {
        let checked = shown.contains(&email);
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
        {if whole {
            table.into_any()
        } else if none && elsewhere.is_empty() {
            ().into_any()
        } else {
            let problem = reply.problem("chosen");
            view! {
                <PostForm to=RemoveCandidates::PATH class="remove-candidates" taken=Callback::new(move |()| ticked.set(Vec::new()))>
                    <input type="hidden" name="paper" value=paper.to_string() />
                    <input type="hidden" name="version" value=version.to_string() />
                    <input type="hidden" name="query" value=query />
                    {move || problem_line("chosen", problem.get())}
                    <Chosen id="chosen" name="chosen[]" ticked elsewhere turns here>{(!none).then_some(table)}</Chosen>
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
