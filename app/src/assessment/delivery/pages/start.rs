use domain::{
    FieldProblem, Problem,
    assessment::delivery::{CandidatePaper, PaperAvailability},
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::delivery::api::{StartSitting, load_start},
    kit::{
        api::{ErrorKind, PageData},
        live::{Refresh, StillCurrent, keep_current},
        ui::{Breadcrumbs, FormErrors, Heading, Loaded, PostForm, Reply, Time, Title},
    },
};

/// `/assessments/start/{paper}`: the paper that the candidate is about to sit, before the clock starts.
#[component]
pub fn Start() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        (params.read().get("paper").unwrap_or_default(), query.read().get("code").unwrap_or_default())
    };
    let paper = PageData::new(asked, |(paper, code)| async move {
        match load_start(paper, code.clone()).await {
            // Too many codes were tried: that is not the same as a wrong address.
            Err(error) if error.kind == ErrorKind::Invalid => Ok(Err(error.fields)),
            // It may have been another one when the candidate typed it. Of the paper itself nothing is said.
            Err(error) if error.kind == ErrorKind::NotFound && !code.is_empty() => {
                Ok(Err(vec![FieldProblem::new("code", Problem::CodeUnknown)]))
            }
            other => other.map(|paper| Ok((paper, code))),
        }
    });
    view! { <Loaded resource=paper page=|found| view! { <StartOrWait found /> } /> }
}

#[component]
fn StartOrWait(found: Result<(CandidatePaper, String), Vec<FieldProblem>>) -> impl IntoView {
    match found {
        Ok((paper, code)) => view! { <StartView paper code /> }.into_any(),
        Err(problems) => {
            let unknown = problems.iter().any(|problem| problem.problem == Problem::CodeUnknown);
            let heading =
                if unknown { "This code opens no paper" } else { "Wait before you try another code" };
            view! {
                <Title text=heading />
                <div class="narrow">
                    <Heading>{heading}</Heading>
                    {problems.into_iter().map(|problem| view! { <p class="notice">{problem.problem.message()}"."</p> }).collect_view()}
                    {unknown.then(|| view! { <p>"The code of a paper can be changed. Ask the person who set the paper for the present one."</p> })}
                    <p><a href="/assessments">"Back to Assessments"</a></p>
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn StartView(paper: CandidatePaper, code: String) -> impl IntoView {
    let reply = Reply::to(&[StartSitting::PATH]);
    let (id, of_code, waits) =
        (paper.id.to_string(), code.clone(), paper.standing == PaperAvailability::NotOpenYet);
    let news = Refresh::Due { every: 20, due_in: paper.opens_in };
    let (title, over) = (paper.title.clone(), format!("{}, {}", paper.kind.label(), paper.organisation));
    let instructions = paper.instructions.clone();
    let shown = RwSignal::new(paper);
    // A waiting candidate hears when the start is moved, and sees the button when it appears.
    let connection = waits.then(|| {
        let ask = move || load_start(id.clone(), of_code.clone());
        keep_current(news, ask, move |now| shown.set(now))
    });
    let standing = Memo::new(move |_| shown.read().standing);
    view! {
        <Title text=title.clone() />
        <Breadcrumbs steps=vec![("/assessments".to_owned(), "Assessments".to_owned())] />
        <FormErrors reply />
        <p class="over">{over}</p>
        <Heading>{title}</Heading>
        {(!instructions.is_empty()).then(|| view! { <p class="instructions">{instructions}</p> })}
        <dl class="summary-list narrow" id="start-facts">{move || facts(shown.get())}</dl>
        <div id="start-standing">{move || stands(&standing.read(), shown, &code)}</div>
        {connection.map(|connection| view! { <StillCurrent connection /> })}
    }
}

fn facts(paper: CandidatePaper) -> AnyView {
    let extra = paper.adjustment.in_words();
    view! {
        <div><dt>"Questions"</dt><dd>{paper.questions}</dd></div>
        <div>
            <dt>"Your time"</dt>
            <dd>
                {count(paper.minutes, "minute")}{(!extra.is_empty()).then(|| format!(", with {extra}"))}
                {paper.cut_by_close.then(|| view! { <span class="line">"Less than the whole time, because the paper closes before it would be over"</span> })}
            </dd>
        </div>
        <div>
            <dt>"Pass mark"</dt>
            <dd>
                {paper.pass_percent}"%"
                {paper.section_passes.into_iter().map(|section| view! {
                    <span class="line">"And "{section.percent}"% in the section "{section.title}</span>
                }).collect_view()}
            </dd>
        </div>
        <div><dt>"Calculator"</dt><dd>{if paper.calculator { "There is one on the page, unless you have switched scripts off" } else { "Not allowed" }}</dd></div>
        <div><dt>"Open"</dt><dd>"From "<Time moment=paper.opens />" to "<Time moment=paper.closes />", UK time"</dd></div>
        <div><dt>"Attempts left"</dt><dd>{paper.attempts_left}</dd></div>
    }
    .into_any()
}

/// The possible actions now.
fn stands(standing: &PaperAvailability, paper: RwSignal<CandidatePaper>, code: &str) -> AnyView {
    match standing {
        PaperAvailability::CanStart => {
            let code = code.to_owned();
            view! {
            <h2>"Before you start"</h2>
            <p>"Not sure how answers are given? "<a href="/assessments/practice">"Try a question in Practice"</a>" first: it has the same fields, and nobody sees it."</p>
            <ul class="advice">
                <li>"The clock starts when you choose the button, and runs on if you leave."</li>
                <li>"Every answer is saved as you give it. If the connection goes, keep going: it is sent when it comes back."</li>
                <li>"If the page or the device fails, sign in again, on this device or another, and go on where you were."</li>
                <li>"Leaving the window is noted for the person who set the paper. It does not end the exam."</li>
                <li>"When the time is up, what you have saved is submitted for you."</li>
            </ul>
            <PostForm to=StartSitting::PATH document=true>
                <input type="hidden" name="paper" value=paper.read_untracked().id.to_string() />
                <input type="hidden" name="code" value=code />
                <button type="submit" class="button" id="start">"Start now"</button>
            </PostForm>
            }
            .into_any()
        }
        // The exam room has a document of its own.
        PaperAvailability::Sitting(sitting) => view! {
            <p><a class="button" href=format!("/assessments/sittings/{sitting}") rel="external">"Go on with the paper"</a></p>
        }
        .into_any(),
        PaperAvailability::NotOpenYet => view! {
            <p class="notice" role="status">"This paper is not open yet. It opens on "<Time moment=paper.read().opens.clone() />", UK time. You can wait here: the button to start comes by itself when it opens. If you have switched scripts off, load the page again then."</p>
        }
        .into_any(),
        PaperAvailability::NoAttemptsLeft => view! {
            <p class="notice">"You have used every attempt. What you submitted is listed under "<a href="/assessments">"Assessments"</a>"."</p>
        }
        .into_any(),
        PaperAvailability::Closed if paper.read_untracked().last.is_some() => view! {
            <p class="notice">"This paper has closed. What you submitted is listed under "<a href="/assessments">"Assessments"</a>"."</p>
        }
        .into_any(),
        PaperAvailability::Closed => view! {
            <p class="notice">"This paper has closed. If you think you should still sit it, ask the person who set it."</p>
        }
        .into_any(),
    }
}
