use domain::{
    FormToken,
    assessment::{PaperId, delivery::SittingId, invigilation::SittingOverview},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    assessment::{
        authoring::parts::paper_tabs,
        invigilation::{
            api::{AddTime, NoteIncident, ReopenSitting, SubmitFor, load_sitting_overview},
            parts::{
                invigilation::EVERY,
                run_head::RunHead,
                sitting::{Incidents, SittingFacts},
            },
        },
        results::parts::result_view::ResultView,
    },
    kit::{
        api::{ApiError, ErrorKind, PageData},
        live::{Refresh, StillCurrent, keep_current},
        ui::{Loaded, PostForm, Reply, TextArea, TextField},
    },
};

/// `/assessments/papers/{paper}/sittings/{sitting}`: one candidate's sitting, and the actions on it.
#[component]
pub fn SittingPage() -> impl IntoView {
    let params = use_params_map();
    let address = move || ["paper", "sitting"].map(|name| params.read().get(name).unwrap_or_default());
    let overview = PageData::new(address, |[paper, sitting]| async move {
        // A sitting is shown under its own paper only.
        let overview = load_sitting_overview(sitting).await?;
        if overview.paper.to_string() == paper {
            Ok(overview)
        } else {
            Err(ApiError::new(ErrorKind::NotFound))
        }
    });
    view! { <Loaded resource=overview page=|overview| view! { <OverviewView overview /> } /> }
}

#[component]
fn OverviewView(overview: SittingOverview) -> impl IntoView {
    let reply = Reply::to(&[AddTime::PATH, SubmitFor::PATH, ReopenSitting::PATH, NoteIncident::PATH]);
    let paper = format!("/assessments/papers/{}", overview.paper);
    let steps = vec![(paper.clone(), overview.paper_title.clone())];
    let (paper_id, sitting, form) = (overview.paper, overview.row.id, overview.form);
    let (heading, over) = (overview.candidate.clone(), overview.paper_title.clone());
    let shown = RwSignal::new(overview);
    // A refused form shows its problems and the typed values once; newer data would contain neither.
    let connection = (!reply.any()).then(|| {
        let ask = move || load_sitting_overview(sitting.to_string());
        keep_current(Refresh::Every(EVERY), ask, move |now| shown.set(now))
    });
    // A part with a form is redrawn only when the form changes: the typed text stays.
    let open = Memo::new(move |_| shown.read().submitted.is_none());
    let results_out = Memo::new(move |_| shown.read().results_out);
    let forms = move || {
        let (open, _) = (open.get(), results_out.get());
        let (overview, reply) = (shown.get_untracked(), reply);
        if open {
            // The page's own token, even if there is a newer one: the second press of a button sends the token of the first.
            view! { <WhileSitting overview form reply /> }.into_any()
        } else {
            view! { <Reopen overview reply /> }.into_any()
        }
    };
    let incidents = move || {
        let overview = shown.read();
        view! { <Incidents all=overview.all_incidents incidents=overview.incidents.clone() /> }
    };
    let result = move || {
        let result = shown.read().result.clone();
        result.map(|result| view! { <h2>"Result"</h2><ResultView result own=false /> })
    };
    view! {
        <RunHead steps heading over reply done=None />
        {paper_tabs(paper_id, false, None)}
        {connection.map(|connection| view! { <StillCurrent connection /> })}
        <div id="overview">
            {move || view! { <SittingFacts overview=shown.get() /> }}
            <div class="narrow">
                {forms}
                {incidents}
                <PostForm to=NoteIncident::PATH>
                    <Hidden paper=paper_id sitting />
                    <input type="hidden" name="form" value=form.to_string() />
                    <TextArea id="note" label="Note an incident" hint="What happened, in at most 500 characters. It stays with the sitting; the candidate does not see it."
                        rows=3 value=reply.typed("note", "") problem=reply.problem("note") />
                    <button type="submit" class="button secondary">"Note it"</button>
                </PostForm>
            </div>
            {result}
        </div>
        <p><a href=paper>"Back to all candidates"</a></p>
    }
}

/// The content that all forms of the page send.
#[component]
fn Hidden(paper: PaperId, sitting: SittingId) -> impl IntoView {
    view! {
        <input type="hidden" name="paper" value=paper.to_string() />
        <input type="hidden" name="sitting" value=sitting.to_string() />
    }
}

#[component]
fn WhileSitting(overview: SittingOverview, form: FormToken, reply: Reply) -> impl IntoView {
    let (paper, sitting) = (overview.paper, overview.row.id);
    let reply = reply.of(&[AddTime::PATH]);
    view! {
        <h2>"Add time"</h2>
        <PostForm to=AddTime::PATH>
            <Hidden paper sitting />
            <input type="hidden" name="form" value=form.to_string() />
            <TextField id="minutes" label="Minutes to add" hint="A whole number from 1 to 240. The candidate's clock changes at once."
                numeric=true value=reply.typed("minutes", "") problem=reply.problem("minutes") />
            <button type="submit" class="button">"Add time"</button>
        </PostForm>
        <details>
            <summary>"Submit for this candidate"</summary>
            <p>"This ends the sitting now. What "{overview.candidate}" has saved is submitted and marked. What has not reached the server yet does not count. You can open the sitting again afterwards."</p>
            <PostForm to=SubmitFor::PATH>
                <Hidden paper sitting />
                <button type="submit" class="button secondary">"Yes, submit for this candidate"</button>
            </PostForm>
        </details>
    }
}

#[component]
fn Reopen(overview: SittingOverview, reply: Reply) -> impl IntoView {
    let (paper, sitting) = (overview.paper, overview.row.id);
    let reply = reply.of(&[ReopenSitting::PATH]);
    // A refused form is visible.
    let problem = reply.problem("minutes");
    view! {
        <details open=move || problem.read().is_some()>
            <summary>"Open this sitting again"</summary>
            <p>"The candidate can go on with the answers that were saved, with the time that was left at submission and the minutes that you add. The result goes until the sitting is submitted again; a certificate is not valid until then, and keeps its code if the sitting is passed again."</p>
            {overview.results_out.then(|| view! { <p class="notice">"The results of this paper are out: the candidate may know the right answers by now."</p> })}
            <PostForm to=ReopenSitting::PATH>
                <Hidden paper sitting />
                <TextField id="minutes" label="Minutes to add" hint="A whole number from 0 to 240. At least 1 if the time was up."
                    numeric=true value=reply.typed("minutes", "") problem />
                <button type="submit" class="button secondary">"Yes, open it again"</button>
            </PostForm>
        </details>
    }
}
