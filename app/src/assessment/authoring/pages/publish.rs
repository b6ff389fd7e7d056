use domain::{
    assessment::{
        PaperState,
        authoring::{PaperPage, PublicationPage},
    },
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::authoring::{
        api::{PublishPaper, RemoveDraft, load_publication},
        parts::{CandidateList, Checked, PaperHead, RulesTable, SettingsSummary, Totals, of_paper},
    },
    kit::ui::{CheckBox, Loaded, PostForm, Reply, Time},
};

/// `/assessments/papers/{paper}/publish`: everything once more, then the step that cannot be undone once a candidate
/// has started.
#[component]
pub fn Publish() -> impl IntoView {
    view! { <Loaded resource=of_paper(load_publication) page=|page| view! { <PublishView page /> } /> }
}

#[component]
fn PublishView(page: PublicationPage) -> impl IntoView {
    let PublicationPage { paper: page, asked_again } = page;
    let reply = Reply::to(&[PublishPaper::PATH, RemoveDraft::PATH]);
    let id = page.id;
    view! {
        <PaperHead page=page.clone() heading="Check and publish" reply />
        {if page.state == PaperState::Draft {
            view! { <Check page asked_again reply /> }.into_any()
        } else {
            view! {
                <p>"This paper is published already."</p>
                <p><a href=format!("/assessments/papers/{id}")>"Go to the paper"</a></p>
            }.into_any()
        }}
    }
}

#[component]
fn Check(page: PaperPage, asked_again: Vec<String>, reply: Reply) -> impl IntoView {
    let id = page.id;
    let step = |name: &str| format!("/assessments/papers/{id}/{name}");
    let (preview, questions, marks) = (step("preview"), page.questions(), page.marks());
    let (settings, candidates, warning) = (page.clone(), page.clone(), page.window_warning());
    let sections = page.sections.clone().into_iter().map(|section| {
        let totals = (section.questions(), section.marks(), section.pass_percent);
        let empty = section.rules.is_empty();
        view! {
            <h3>{section.title.clone()}</h3>
            <Totals questions=totals.0 marks=totals.1 pass_percent=totals.2 />
            {if empty { view! { <p>"No questions yet."</p> }.into_any() } else { view! { <RulesTable section /> }.into_any() }}
        }
    });
    let sections = sections.collect_view();
    let changed = reply.problem("changed").get_untracked().is_some();
    view! {
        // The error summary leads here: the page is drawn again, with the current state.
        {changed.then(|| view! {
            <p id="changed" class="notice" tabindex="-1">"Nothing was published. What you see here is what stands now: check it, then publish it."</p>
        })}
        <Checked id="settings" heading="Settings" change=step("settings") problem=reply.problem("settings")>
            {warning.map(|warning| view! { <p class="notice">{warning}</p> })}
            <SettingsSummary page=settings />
        </Checked>
        <Checked id="questions" heading="Questions" change=step("questions") problem=reply.problem("questions")>
            <Totals questions marks pass_percent=None />
            {asked_again.into_iter().map(|said| view! { <p class="notice">{said}</p> }).collect_view()}
            {sections}
            <p><a href=preview>"Preview the questions"</a></p>
        </Checked>
        <Checked id="candidates" heading="Candidates" change=step("candidates") problem=reply.problem("candidates")>
            <CandidateList page=candidates />
        </Checked>
        <PublishForm page=page.clone() reply />
        <RemoveForm page />
    }
}

#[component]
fn PublishForm(page: PaperPage, reply: Reply) -> impl IntoView {
    let attempts = page.settings.attempts;
    let confirmed = reply.problem("confirmed");
    view! {
        <section class="narrow" aria-labelledby="publish-title">
            <h2 id="publish-title">"Publish"</h2>
            <p>"When you publish:"</p>
            <ul class="plain-list">
                <li>"the questions are drawn, for "{count(attempts, "attempt")}", and are the same for every candidate"</li>
                <li>"settings and questions are fixed; the candidates, the access code, the title and the instructions can still be changed, and until somebody starts the times too, or the paper be withdrawn"</li>
                <li>"candidates see the paper, and can sit it from "<Time moment=page.opens />" until "<Time moment=page.closes /></li>
            </ul>
            <PostForm to=PublishPaper::PATH>
                <input type="hidden" name="paper" value=page.id.to_string() />
                <input type="hidden" name="settings_version" value=page.versions.settings.to_string() />
                <input type="hidden" name="questions_version" value=page.versions.questions.to_string() />
                <input type="hidden" name="candidates_version" value=page.versions.candidates.to_string() />
                <div class="field" class:wrong=move || confirmed.read().is_some()>
                    <CheckBox id="confirmed" label="I have checked this paper, and want to publish it" checked=false problem=confirmed />
                </div>
                <button type="submit" class="button">"Publish"</button>
            </PostForm>
        </section>
    }
}

#[component]
fn RemoveForm(page: PaperPage) -> impl IntoView {
    view! {
        <details class="narrow">
            <summary>"Remove this draft"</summary>
            <p>"The draft is deleted permanently, with its settings, questions and list of candidates. Nobody has sat it, so no results are lost."</p>
            <PostForm to=RemoveDraft::PATH>
                <input type="hidden" name="paper" value=page.id.to_string() />
                <input type="hidden" name="form" value=page.form.to_string() />
                <button type="submit" class="button secondary">"Yes, remove this draft"</button>
            </PostForm>
        </details>
    }
}
