use domain::assessment::{
    PaperState,
    authoring::{CandidatesPage, ListChoice},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::authoring::{
        api::{RemoveCandidates, SaveCandidates, load_candidates},
        parts::{CandidateList, Named, PaperHead, PaperTab},
    },
    kit::{
        api::PageData,
        list::asked,
        ui::{ChangedMeanwhile, CheckBox, Done, Loaded, PostForm, Reply, TextArea, problem_line},
    },
};

/// `/assessments/papers/{paper}/candidates`: the candidates of a paper. The setter can change them after publishing, because there are
/// always late candidates.
#[component]
pub fn Candidates() -> impl IntoView {
    let (params, asked) = (use_params_map(), asked());
    let page = PageData::new(
        move || (params.read().get("paper").unwrap_or_default(), asked()),
        |(paper, asked)| async move { load_candidates(paper, asked.clone()).await.map(|page| (asked, page)) },
    );
    // Here, because a search and another page of the list draw everything else anew.
    let ticked = RwSignal::new(Vec::<String>::new());
    view! { <Loaded resource=page page=move |(asked, page)| view! { <CandidatesView asked page ticked /> } /> }
}

#[component]
fn CandidatesView(asked: String, page: CandidatesPage, ticked: RwSignal<Vec<String>>) -> impl IntoView {
    let CandidatesPage { paper: page, learners } = page;
    let reply = Reply::to(&[SaveCandidates::PATH, RemoveCandidates::PATH]);
    let (id, settings) = (page.id, format!("/assessments/papers/{}/settings", page.id));
    let (draft, code) = (page.state == PaperState::Draft, page.settings.access_code.clone());
    let (stands, emails) = (page.clone(), reply.typed("emails", ""));
    let version = page.versions.candidates;
    // Without their number, which anybody could write into the address.
    let removed = use_query_map().with_untracked(|query| query.get("done").as_deref() == Some("removed"));
    view! {
        <PaperHead page=page.clone() heading="Candidates" tab=PaperTab::Candidates reply />
        <Done reply text=removed.then(|| "The ticked candidates are taken off the paper.".to_owned()) />
        <div class="narrow">
            <ChangedMeanwhile reply again=format!("/assessments/papers/{id}/candidates") says=changed_meanwhile(reply)>
                <CandidateList page=stands />
            </ChangedMeanwhile>
            <p>"Everybody in the cohorts that you tick, and everybody whose address you add, can sit this paper while it is open."</p>
            {(!draft).then(|| view! { <p>"The paper is published. You can still change who sits it."</p> })}
            <PostForm to=SaveCandidates::PATH id="who-sits" keeps=true>
                <input type="hidden" name="paper" value=id.to_string() />
                <input type="hidden" name="version" value=page.versions.candidates.to_string() />
                <CohortBoxes cohorts=page.cohorts organisation=page.organisation reply />
                <TextArea id="emails" label="Add learners by e-mail address (optional)" rows=8
                    hint="One address on each line, or a list out of your e-mail program or a spreadsheet; names beside the addresses are ignored. Those who are on the paper already are in the list below. They need not be in a cohort, nor have an account yet."
                    value=emails problem=reply.problem("emails") />
                <div class="actions">
                    <button type="submit" class="button">"Save the candidates"</button>
                    <a href=format!("/assessments/papers/{id}")>"Cancel"</a>
                </div>
            </PostForm>
        </div>
        <Named paper=id version asked learners reply ticked />
        <div class="narrow">
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

/// The page has two forms, and another candidate may have come while either was filled in.
fn changed_meanwhile(reply: Reply) -> &'static str {
    if reply.of(&[RemoveCandidates::PATH]).problem("changed").get_untracked().is_some() {
        "What you ticked is still ticked. Once you confirm it again, those of them who still stand here are taken off the paper. "
    } else {
        "What you typed is still in the form. If you save it, the addresses are added to those that stand here, and the cohorts take the place of these. "
    }
}

#[component]
fn CohortBoxes(cohorts: Vec<ListChoice>, organisation: String, reply: Reply) -> impl IntoView {
    let none = cohorts.is_empty();
    let problem = reply.problem("cohorts");
    // The first box has the id of the field, because the error summary links to that id.
    let boxes = cohorts.into_iter().enumerate().map(|(at, cohort)| {
        let checked = reply.among(&[SaveCandidates::PATH], "cohorts", &cohort.id, cohort.chosen);
        let id = if at == 0 { "cohorts".to_owned() } else { format!("cohort-{}", cohort.id) };
        view! { <CheckBox id name="cohorts[]" value=cohort.id label=cohort.label checked /> }
    });
    let boxes = boxes.collect_view();
    view! {
        <fieldset class="field" class:wrong=move || problem.read().is_some()
            aria-describedby=move || problem.read().is_some().then_some("cohorts-problem")>
            <legend>"Cohorts of "{organisation}</legend>
            {move || problem_line("cohorts", problem.get())}
            {none.then(|| view! { <p class="hint">"There are none yet."</p> })}
            {boxes}
        </fieldset>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{DayTime, FieldProblem, Problem};

    use super::*;
    use crate::kit::api::{ApiError, ErrorKind, PageState, Returned};

    #[test]
    fn a_removal_that_is_refused_speaks_of_what_is_ticked_and_not_of_what_is_typed() {
        let said = |form: &str| {
            let changed =
                Problem::ChangedMeanwhile { at: DayTime { day: 29, month: 11, hour: 9, minute: 30 } };
            let fields = vec![FieldProblem::new("changed", changed)];
            let error = ApiError { fields, ..ApiError::new(ErrorKind::Invalid) };
            let returned = Some(Returned::new(form, error, Vec::new()));
            Owner::new().with(|| {
                provide_context(RwSignal::new(PageState { returned, ..PageState::default() }));
                changed_meanwhile(Reply::to(&[SaveCandidates::PATH, RemoveCandidates::PATH]))
            })
        };
        assert!(said(SaveCandidates::PATH).starts_with("What you typed"));
        assert!(said(RemoveCandidates::PATH).starts_with("What you ticked"));
    }
}
