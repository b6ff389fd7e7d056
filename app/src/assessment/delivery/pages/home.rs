use domain::{
    assessment::delivery::{CandidateHome, CandidatePaper, LastAttempt, PaperAvailability, PastSitting},
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::{
        authoring::parts::not_shown,
        delivery::api::{EnterCode, load_home},
    },
    kit::{
        api::PageData,
        ui::{FormErrors, Heading, Loaded, PostForm, Reply, TextField, Time, Title},
    },
};

/// `/assessments`: the papers set for the person, and their past sittings.
#[component]
pub fn Home() -> impl IntoView {
    let home = PageData::new(|| (), |()| load_home());
    view! { <Loaded resource=home page=|home| view! { <HomeView home /> } /> }
}

#[component]
fn HomeView(home: CandidateHome) -> impl IntoView {
    let reply = Reply::to(&[EnterCode::PATH]);
    view! {
        <Title text=reply.title("Assessments") />
        <FormErrors reply />
        <Heading>"Assessments"</Heading>
        {home.papers.iter().map(going_on).collect_view()}
        <p class="lede">"Numeracy and literacy for prescribing: papers that were set for you, and practice for whenever you like."</p>
        {home.sets_papers.then(|| view! { <p><a href="/assessments/papers">"Papers that you set"</a></p> })}
        <h2>"Set for you"</h2>
        {not_shown(home.not_shown, "paper")}
        {if home.papers.is_empty() {
            view! { <p>"No paper is set for you at the moment. If you were given an access code, enter it below."</p> }.into_any()
        } else {
            view! {
                {cut(home.papers.len(), home.all_papers.saturating_sub(home.not_shown)).map(|text| view! { <p>"Those that close first: "{text}</p> })}
                <ul class="papers">{home.papers.into_iter().map(paper).collect_view()}</ul>
            }.into_any()
        }}
        <PostForm to=EnterCode::PATH class="code-form">
            <TextField id="code" label="Access code" hint="Letters and digits, as you were given them." value=reply.typed("code", "")
                problem=reply.problem("code") />
            <button type="submit" class="button secondary">"Find the paper"</button>
        </PostForm>
        <h2>"Practice"</h2>
        <p>"Fresh questions, an answer at once, and the working shown step by step. Nobody but you sees how it goes."</p>
        <p><a class="button" href="/assessments/practice">"Practise"</a></p>
        <h2>"Your results"</h2>
        {not_shown(home.results_not_shown, "result")}
        {if home.results.is_empty() {
            view! { <p>"When you have submitted a paper, it is listed here. Results are kept for seven years."</p> }.into_any()
        } else {
            view! {
                {cut(home.results.len(), home.all_results.saturating_sub(home.results_not_shown)).map(|text| view! { <p>"The newest: "{text}</p> })}
                <ul class="papers">{home.results.into_iter().map(result).collect_view()}</ul>
            }.into_any()
        }}
    }
}

/// For a truncated list, how much of it there is.
fn cut(listed: usize, all: u32) -> Option<String> {
    usize::try_from(all).is_ok_and(|all| all > listed).then(|| format!("{listed} of {all}."))
}

/// A sitting whose clock runs comes before everything else.
fn going_on(paper: &CandidatePaper) -> impl IntoView + use<> {
    let PaperAvailability::Sitting(sitting) = paper.standing else { return None };
    let label = match paper.minutes_left {
        None | Some(0) => "Continue".to_owned(),
        Some(minutes) => format!("Continue, {} left", count(minutes, "minute")),
    };
    let title = paper.title.clone();
    Some(view! {
        <div class="onward">
            <p>{title}</p>
            // The exam room has a document of its own.
            <a class="button" href=format!("/assessments/sittings/{sitting}") rel="external">{label}</a>
        </div>
    })
}

fn paper(paper: CandidatePaper) -> impl IntoView {
    let start = format!("/assessments/start/{}", paper.id);
    let (tag, class) = match paper.standing {
        PaperAvailability::NotOpenYet => ("Cannot start yet".to_owned(), "tag"),
        PaperAvailability::CanStart if paper.last.is_some() => {
            (format!("{} left", count(paper.attempts_left, "attempt")), "tag")
        }
        PaperAvailability::CanStart => ("Not yet started".to_owned(), "tag"),
        PaperAvailability::Sitting(_) => ("In progress".to_owned(), "tag tag-in-progress"),
        PaperAvailability::NoAttemptsLeft => ("Completed".to_owned(), "tag tag-completed"),
        PaperAvailability::Closed => ("Closed".to_owned(), "tag"),
    };
    let href = match paper.standing {
        PaperAvailability::Sitting(sitting) => format!("/assessments/sittings/{sitting}"),
        _ => start,
    };
    // The exam room has a document of its own: its work ends with it.
    let rel = matches!(paper.standing, PaperAvailability::Sitting(_)).then_some("external");
    view! {
        <li>
            <div>
                <a href=href rel=rel>{paper.title}</a>
                <p class="hint">
                    {paper.kind.label()}", "{paper.organisation}". "{count(paper.questions, "question")}", "{count(paper.minutes, "minute")}"."
                    <br />
                    {match paper.standing {
                        PaperAvailability::NotOpenYet => view! { "Opens "<Time moment=paper.opens />", UK time" }.into_any(),
                        PaperAvailability::Closed => format!("Closed {}", paper.closed_on.unwrap_or(paper.closes.london)).into_any(),
                        _ => view! { "Closes "<Time moment=paper.closes />", UK time" }.into_any(),
                    }}
                </p>
                {paper.last.map(last)}
            </div>
            <span class=class>{tag}</span>
        </li>
    }
}

/// The result of the newest attempt.
fn last(last: LastAttempt) -> impl IntoView {
    let (page, words) = match last.outcome {
        None => ("receipt", "Submitted: the result is not out yet".to_owned()),
        Some(_) if last.remarking => ("result", "Being marked again: the result may change".to_owned()),
        Some(outcome) if outcome.passed => ("result", format!("Passed with {}", outcome.in_words())),
        Some(outcome) => ("result", format!("Not passed: {}", outcome.in_words())),
    };
    view! { <p class="hint"><a href=format!("/assessments/sittings/{}/{page}", last.sitting)>{words}</a></p> }
}

fn result(past: PastSitting) -> impl IntoView {
    let (tag, class) = match past.outcome {
        None => ("Waiting for release", "tag"),
        Some(_) if past.remarking => ("Being marked again", "tag"),
        Some(outcome) if outcome.passed => ("Passed", "tag tag-completed"),
        Some(_) => ("Not passed", "tag"),
    };
    let page = if past.outcome.is_some() { "result" } else { "receipt" };
    view! {
        <li>
            <div>
                <a href=format!("/assessments/sittings/{}/{page}", past.sitting)>{past.title}</a>
                <p class="hint">
                    {past.outcome.filter(|_| !past.remarking).map(|outcome| format!("{}. ", outcome.in_words()))}
                    "Submitted "<Time moment=past.submitted />". It will be removed on "{past.removed_on}"."
                </p>
            </div>
            <span class=class>{tag}</span>
        </li>
    }
}
