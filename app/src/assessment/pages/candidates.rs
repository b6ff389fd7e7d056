use domain::assessment::{InvitedLearner, ListChoice, PaperPage, PaperState};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::{
        api::SaveCandidates,
        parts::setting::{CameBack, CandidateList, ChangedMeanwhile, PaperHead, use_paper},
    },
    ui::{CheckBox, Loaded, TextArea},
};

/// `/assessments/papers/{paper}/candidates`: who sits the paper. It can be changed after publishing: somebody always comes late.
#[component]
pub fn Candidates() -> impl IntoView {
    view! { <Loaded resource=use_paper() page=|page| view! { <CandidatesView page /> } /> }
}

#[component]
fn CandidatesView(page: PaperPage) -> impl IntoView {
    let came_back = CameBack::from(&[SaveCandidates::PATH]);
    let (id, settings) = (page.id, format!("/assessments/papers/{}/settings", page.id));
    let (draft, code) = (page.state == PaperState::Draft, page.settings.access_code.clone());
    let stands = page.clone();
    let emails: Vec<_> = page.learners.iter().map(|learner| learner.email.as_str()).collect();
    let emails = came_back.typed("emails", &emails.join("\n"));
    view! {
        <PaperHead page=page.clone() heading="Candidates" came_back=came_back.clone() />
        <div class="narrow">
            <ChangedMeanwhile came_back=came_back.clone() again=format!("/assessments/papers/{id}/candidates")>
                <StandsNow page=stands />
            </ChangedMeanwhile>
            <p>"Everybody in the cohorts that you tick, and everybody whose address you enter, can sit this paper while it is open."</p>
            {(!draft).then(|| view! { <p>"The paper is published. You can still change who sits it."</p> })}
            <form method="post" action=SaveCandidates::url() novalidate autocomplete="off">
                <input type="hidden" name="paper" value=id.to_string() />
                <input type="hidden" name="version" value=page.versions.candidates.to_string() />
                <CohortBoxes cohorts=page.cohorts organisation=page.organisation came_back=came_back.clone() />
                <TextArea id="emails" label="Learners by e-mail address (optional)" rows=8
                    hint="One address on each line, or a list out of your e-mail program or a spreadsheet; names beside the addresses are passed over. They need not be in a cohort, nor have an account yet."
                    value=emails problem=came_back.problem("emails") />
                <div class="actions">
                    <button type="submit" class="button">"Save the candidates"</button>
                    <a href=format!("/assessments/papers/{id}")>"Cancel"</a>
                </div>
            </form>
            <Invited learners=page.learners />
            <h2>"Access code"</h2>
            {if code.is_empty() {
                view! { <p>"None. With an access code, anybody signed in who has it could sit the paper too."</p> }.into_any()
            } else {
                view! { <p>"Anybody signed in who has the code "<strong>{code}</strong>" can sit the paper too."</p> }.into_any()
            }}
            {draft.then(|| view! { <p><a href=settings>"Change the access code in the settings"</a></p> })}
        </div>
    }
}

#[component]
fn StandsNow(page: PaperPage) -> impl IntoView {
    let learners =
        page.learners.iter().map(|learner| view! { <li>{learner.email.clone()}</li> }).collect_view();
    view! {
        <CandidateList page />
        <ul class="plain-list">{learners}</ul>
    }
}

#[component]
fn CohortBoxes(cohorts: Vec<ListChoice>, organisation: String, came_back: CameBack) -> impl IntoView {
    let none = cohorts.is_empty();
    let boxes = cohorts.into_iter().map(|cohort| {
        let checked = came_back.among("cohorts", &cohort.id, cohort.chosen);
        let id = format!("cohort-{}", cohort.id);
        view! { <CheckBox id name="cohorts[]" value=cohort.id label=cohort.label checked /> }
    });
    let boxes = boxes.collect_view();
    view! {
        <fieldset class="field">
            <legend>"Cohorts of "{organisation}</legend>
            {none.then(|| view! { <p class="hint">"There are none yet."</p> })}
            {boxes}
        </fieldset>
    }
}

/// Who was entered by address: those with an account by their names, the others with what they wait for.
#[component]
fn Invited(learners: Vec<InvitedLearner>) -> impl IntoView {
    let mut named = Vec::new();
    let mut waiting = Vec::new();
    for InvitedLearner { email, name } in learners {
        match name {
            Some(name) => named.push(view! { <li>{name}<span class="hint">" "{email}</span></li> }),
            None => waiting.push(view! { <li>{email}</li> }),
        }
    }
    view! {
        {(!waiting.is_empty()).then(|| view! {
            <h2>"Waiting for an account"</h2>
            <p>"Nobody has an active account with these addresses. Check the spelling. As soon as one of them has an account, the paper is there for them."</p>
            <ul class="plain-list">{waiting}</ul>
        })}
        {(!named.is_empty()).then(|| view! {
            <h2>"Entered by address"</h2>
            <ul class="plain-list">{named}</ul>
        })}
    }
}
