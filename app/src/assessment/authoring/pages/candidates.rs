use domain::assessment::{
    PaperState,
    authoring::{CandidatesPage, InvitedLearner, ListChoice, PaperPage},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    assessment::authoring::{
        api::{SaveCandidates, load_candidates},
        parts::{CandidateList, ChangedMeanwhile, PaperHead},
    },
    kit::{
        api::PageData,
        ui::{CheckBox, Loaded, PostForm, ProblemLine, Reply, TextArea},
    },
};

/// `/assessments/papers/{paper}/candidates`: who sits the paper. It can be changed after publishing: somebody always comes late.
#[component]
pub fn Candidates() -> impl IntoView {
    let params = use_params_map();
    let page = PageData::new(move || params.read().get("paper").unwrap_or_default(), load_candidates);
    view! { <Loaded resource=page page=|page| view! { <CandidatesView page /> } /> }
}

#[component]
fn CandidatesView(page: CandidatesPage) -> impl IntoView {
    let CandidatesPage { paper: page, learners } = page;
    let reply = Reply::to(&[SaveCandidates::PATH]);
    let (id, settings) = (page.id, format!("/assessments/papers/{}/settings", page.id));
    let (draft, code) = (page.state == PaperState::Draft, page.settings.access_code.clone());
    let (stands, stand) = (page.clone(), learners.clone());
    let emails: Vec<_> = learners.iter().map(|learner| learner.email.as_str()).collect();
    let emails = reply.typed("emails", &emails.join("\n"));
    view! {
        <PaperHead page=page.clone() heading="Candidates" reply />
        <div class="narrow">
            <ChangedMeanwhile reply again=format!("/assessments/papers/{id}/candidates")>
                <StandsNow page=stands learners=stand />
            </ChangedMeanwhile>
            <p>"Everybody in the cohorts that you tick, and everybody whose address you enter, can sit this paper while it is open."</p>
            {(!draft).then(|| view! { <p>"The paper is published. You can still change who sits it."</p> })}
            <PostForm to=SaveCandidates::PATH>
                <input type="hidden" name="paper" value=id.to_string() />
                <input type="hidden" name="version" value=page.versions.candidates.to_string() />
                <CohortBoxes cohorts=page.cohorts organisation=page.organisation reply />
                <TextArea id="emails" label="Learners by e-mail address (optional)" rows=8
                    hint="One address on each line, or a list out of your e-mail program or a spreadsheet; names beside the addresses are ignored. They need not be in a cohort, nor have an account yet."
                    value=emails problem=reply.problem("emails") />
                <div class="actions">
                    <button type="submit" class="button">"Save the candidates"</button>
                    <a href=format!("/assessments/papers/{id}")>"Cancel"</a>
                </div>
            </PostForm>
            <Invited learners />
            <h2>"Access code"</h2>
            {if code.is_empty() {
                view! { <p>"None. With an access code, any signed-in person who has it could sit the paper too."</p> }.into_any()
            } else {
                view! { <p>"Anybody signed in who has the code "<strong>{code}</strong>" can sit the paper too."</p> }.into_any()
            }}
            {draft.then(|| view! { <p><a href=settings>"Change the access code in the settings"</a></p> })}
        </div>
    }
}

#[component]
fn StandsNow(page: PaperPage, learners: Vec<InvitedLearner>) -> impl IntoView {
    let learners = learners.into_iter().map(|learner| view! { <li>{learner.email}</li> }).collect_view();
    view! {
        <CandidateList page />
        <ul class="plain-list">{learners}</ul>
    }
}

#[component]
fn CohortBoxes(cohorts: Vec<ListChoice>, organisation: String, reply: Reply) -> impl IntoView {
    let none = cohorts.is_empty();
    let problem = reply.problem("cohorts");
    // The first has the id of the field, which the error summary leads to.
    let boxes = cohorts.into_iter().enumerate().map(|(at, cohort)| {
        let checked = reply.among("cohorts", &cohort.id, cohort.chosen);
        let id = if at == 0 { "cohorts".to_owned() } else { format!("cohort-{}", cohort.id) };
        view! { <CheckBox id name="cohorts[]" value=cohort.id label=cohort.label checked /> }
    });
    let boxes = boxes.collect_view();
    view! {
        <fieldset class="field" class:wrong=move || problem.read().is_some()
            aria-describedby=move || problem.read().is_some().then_some("cohorts-problem")>
            <legend>"Cohorts of "{organisation}</legend>
            {move || problem.get().map(|problem| view! { <ProblemLine id="cohorts" problem /> })}
            {none.then(|| view! { <p class="hint">"There are none yet."</p> })}
            {boxes}
        </fieldset>
    }
}

/// Who was entered by address: by name whom the organisation knows. All others look alike, whether they have an account or not.
#[component]
fn Invited(learners: Vec<InvitedLearner>) -> impl IntoView {
    let (known, others): (Vec<_>, Vec<_>) = learners.into_iter().partition(|learner| learner.name.is_some());
    let learner = |InvitedLearner { email, name }| match name {
        Some(name) => view! { <li>{name}<span class="hint">" "{email}</span></li> }.into_any(),
        None => view! { <li>{email}</li> }.into_any(),
    };
    let list = move |learners: Vec<_>| {
        view! { <ul class="plain-list">{learners.into_iter().map(learner).collect_view()}</ul> }
    };
    view! {
        {(!others.is_empty()).then(|| view! {
            <h2>"Entered by address"</h2>
            <p>"Check the spelling. Whoever has an account with one of these addresses finds the paper there; without an account it waits until there is one. You see a name when its owner has started a paper of your organisation."</p>
            {list(others)}
        })}
        {(!known.is_empty()).then(|| view! {
            <h2>"Entered by address, and known to your organisation"</h2>
            {list(known)}
        })}
    }
}
