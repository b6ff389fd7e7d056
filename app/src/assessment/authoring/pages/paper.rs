use domain::{
    FormToken,
    assessment::{
        PaperId, PaperState, Release,
        authoring::{ChangeKind, PaperPage},
        invigilation::Invigilation,
    },
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        authoring::{
            api::load_paper,
            parts::{
                PaperTab, StateTag, paper_tabs,
                tasks::{Tasks, who_sits},
            },
        },
        invigilation::{
            api::{AddTime, load_invigilation},
            parts::{invigilation::LiveInvigilation, run_head::RunHead},
        },
    },
    kit::{
        api::{ApiError, PageData},
        list::asked,
        ui::{Loaded, PostForm, Reply, TextField, Time},
    },
};

/// `/assessments/papers/{paper}`: the remaining tasks of a draft; the progress of a published paper.
#[component]
pub fn Paper() -> impl IntoView {
    let (params, asked) = (use_params_map(), asked());
    let paper = PageData::new(
        move || (params.read().get("paper").unwrap_or_default(), asked()),
        |(paper, asked)| async move {
            let page = load_paper(paper).await?;
            let live = match page.state {
                PaperState::Draft => None,
                _ => Some(load_invigilation(page.id, asked.clone()).await?),
            };
            Ok::<_, ApiError>((asked, page, live))
        },
    );
    view! { <Loaded resource=paper page=|(asked, page, live)| view! { <PaperView asked page live /> } /> }
}

#[component]
fn PaperView(asked: String, page: PaperPage, live: Option<Invigilation>) -> impl IntoView {
    let reply = Reply::to(&[AddTime::PATH]);
    let saved = format!("The candidates are saved: {}.", who_sits(&page));
    let (done, candidates) =
        use_query_map().with_untracked(|query| (query.get("done"), query.get("candidates")));
    let time = time_added(candidates.and_then(|candidates| candidates.parse().ok()));
    // An address that is opened again, when the paper has changed since, says nothing.
    let draft = page.state == PaperState::Draft;
    let last = page.changes.first().map(|last| &last.kind);
    let moved = last.is_some_and(ChangeKind::moves_times);
    let closed = matches!(last, Some(ChangeKind::Closed { .. }));
    let reworded = matches!(last, Some(ChangeKind::Reworded { .. }));
    let done = match done.as_deref() {
        Some("saved") if page.versions.candidates > 0 => Some(saved.as_str()),
        Some("time") => Some(time.as_str()),
        Some("window") if !draft && moved => Some("The times of this paper are changed."),
        Some("closed") if closed => {
            Some("This paper is closed. Who is sitting it goes on until their own time is up.")
        }
        Some("reworded") if reworded => Some("The title and the instructions are corrected."),
        Some("code") if matches!(last, Some(ChangeKind::CodeSet)) => Some("The access code is changed."),
        Some("code") if matches!(last, Some(ChangeKind::CodeRemoved)) => Some("The access code is removed."),
        Some("withdrawn") if draft => Some("This paper is withdrawn: it is a draft again."),
        _ => None,
    };
    view! {
        <RunHead steps=Vec::new() heading=page.settings.title.clone() over=page.organisation.clone() reply done=done.map(str::to_owned) />
        {paper_tabs(page.id, draft, Some(PaperTab::Own))}
        <p><StateTag state=page.state />" "{page.settings.kind.label()}</p>
        {page.time_notes.iter().map(|note| view! { <p class="notice">{note.clone()}</p> }).collect_view()}
        {match live {
            None => view! { <Tasks page /> }.into_any(),
            Some(live) => view! { <Published asked page live reply /> }.into_any(),
        }}
    }
}

/// How many candidates were given time by the last form; a form that is sent twice does not say so.
fn time_added(candidates: Option<u32>) -> String {
    match candidates {
        Some(1) => "The 1 candidate who is sitting has more time now.".to_owned(),
        Some(candidates) => format!("The {candidates} candidates who are sitting have more time now."),
        None => "The time was added already: the candidates who were sitting then have it.".to_owned(),
    }
}

#[component]
fn Published(asked: String, page: PaperPage, live: Invigilation, reply: Reply) -> impl IntoView {
    let (id, form, attempts) = (page.id, page.form, page.settings.attempts);
    // Time can be added whenever a candidate may be sitting; with extra time that goes on after the paper has closed.
    let running = page.state == PaperState::Open || live.sitting > 0 || reply.any();
    view! {
        <Facts page />
        {running.then(|| view! { <AddTimeForm paper=id form reply /> })}
        <h2>"Candidates now"</h2>
        <LiveInvigilation paper=id attempts asked now=live />
    }
}

/// What an invigilator needs at hand.
#[component]
fn Facts(page: PaperPage) -> impl IntoView {
    let settings = page.settings;
    let code = if settings.access_code.is_empty() { "None".to_owned() } else { settings.access_code };
    let results = match (settings.release, page.released) {
        (Release::ByHand, true) => "Released",
        (Release::ByHand, false) => "Not released yet: you release them on the results page",
        (release, _) => release.label(),
    };
    view! {
        <dl class="summary-list narrow">
            <div><dt>"Opens"</dt><dd><Time moment=page.opens /></dd></div>
            <div><dt>"Closes"</dt><dd><Time moment=page.closes /></dd></div>
            <div><dt>"Time limit"</dt><dd>{count(settings.limit_minutes, "minute")}</dd></div>
            <div><dt>"Access code"</dt><dd>{code}</dd></div>
            <div><dt>"Results"</dt><dd>{results}</dd></div>
        </dl>
    }
}

#[component]
fn AddTimeForm(paper: PaperId, form: FormToken, reply: Reply) -> impl IntoView {
    let minutes = reply.problem("minutes");
    view! {
        <details class="add-time" open=move || minutes.read().is_some()>
            <summary>"Add time for everybody"</summary>
            <p>"For when all were held up, by a fire alarm say. Their clocks change at once. One candidate's time is on that candidate's own page."</p>
            <PostForm to=AddTime::PATH>
                <input type="hidden" name="paper" value=paper.to_string() />
                <input type="hidden" name="form" value=form.to_string() />
                <TextField id="minutes" label="Minutes to add" hint="A whole number from 1 to 240." numeric=true
                    value=reply.typed("minutes", "") problem=minutes />
                <button type="submit" class="button">"Add time for everybody"</button>
            </PostForm>
        </details>
    }
}
