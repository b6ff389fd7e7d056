use std::time::Duration;

use domain::assessment::{CandidateRow, Invigilation, PaperId, SittingRow};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::ErrorKind,
    assessment::api::load_invigilation,
    ui::Time,
};

const EVERY: Duration = Duration::from_secs(4);
/// How many rounds an answer is waited for before it is asked for again.
const PATIENCE: u32 = 3;

/// Whether what is shown is how things are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// The server does not answer just now.
    Lost,
    /// Signed out, or no longer allowed to see it: asking again would not help.
    Over,
}

/// The exam as it goes on: how many sit it, and how far everybody is.
#[island]
pub fn LiveInvigilation(paper: PaperId, first: Invigilation) -> impl IntoView {
    let current = RwSignal::new(first);
    let way = RwSignal::new(Way::Open);
    keep_asking(paper, current, way);
    view! {
        {move || counts(&current.read())}
        {move || stale(way.get(), &current.read().at)}
        {move || table(paper, current.read().candidates.clone())}
    }
}

/// Asks every few seconds while somebody looks, and at once when somebody looks again.
fn keep_asking(paper: PaperId, current: RwSignal<Invigilation>, way: RwSignal<Way>) {
    Effect::new(move |_| {
        // The number of the last question, and for how many rounds its answer has been waited for; 0 when it is there.
        let (asked, waited) = (StoredValue::new(0_u32), StoredValue::new(0_u32));
        let ask = move || {
            asked.update_value(|asked| *asked += 1);
            waited.set_value(1);
            let number = asked.get_value();
            spawn_local(async move {
                let answer = load_invigilation(paper).await;
                // A slow answer must not undo the one to a later question.
                if asked.get_value() != number {
                    return;
                }
                waited.set_value(0);
                match answer {
                    Ok(new) => {
                        current.set(new);
                        way.set(Way::Open);
                    }
                    Err(error) if matches!(error.kind, ErrorKind::SignedOut | ErrorKind::NotFound) => way.set(Way::Over),
                    Err(_) => way.set(Way::Lost),
                }
            });
        };
        let round = move || match waited.get_value() {
            _ if document().hidden() || way.get_untracked() == Way::Over => {}
            0 => ask(),
            rounds if rounds < PATIENCE => waited.set_value(rounds + 1),
            _ => {
                way.set(Way::Lost);
                ask();
            }
        };
        if let Ok(handle) = set_interval_with_handle(round, EVERY) {
            on_cleanup(move || handle.clear());
        }
        // For as long as the page lives. Whoever was signed out may have signed in again elsewhere.
        let _ = window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                ask();
            }
        });
    });
}

fn counts(now: &Invigilation) -> impl IntoView + use<> {
    let counts = [
        ("Not started", now.not_started),
        ("Sitting", now.sitting),
        ("Submitted", now.submitted),
        ("Waiting for an account", now.waiting_for_account),
    ];
    let count = |(name, number): (&'static str, u32)| view! { <div><dt>{name}</dt><dd>{number}</dd></div> };
    view! { <dl class="counts">{counts.map(count).into_iter().collect_view()}</dl> }
}

fn stale(way: Way, at: &str) -> impl IntoView + use<> {
    let text = match way {
        Way::Open => None,
        Way::Lost => Some(format!("The server does not answer. This is how it was at {at}. We keep trying.")),
        Way::Over => Some("This is not kept up to date any more. Load the page again.".to_owned()),
    };
    // There from the start, so that what comes into it is read out.
    view! { <div role="status">{text.map(|text| view! { <p class="notice">{text}</p> })}</div> }
}

fn table(paper: PaperId, candidates: Vec<CandidateRow>) -> impl IntoView {
    if candidates.is_empty() {
        return view! { <p>"Nobody may sit this paper yet. People with the access code appear here when they start."</p> }.into_any();
    }
    view! {
        <div class="table-frame" role="region" aria-label="Candidates" tabindex="0">
            <table class="candidates">
                <caption class="visually-hidden">"Candidates, and how far they are"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Candidate"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Answered"</th>
                        <th scope="col">"Time left"</th>
                        <th scope="col">"Last contact"</th>
                        <th scope="col">"Left the window"</th>
                        <th scope="col">"Extra time"</th>
                    </tr>
                </thead>
                <tbody>{candidates.into_iter().map(|row| candidate(paper, row)).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn candidate(paper: PaperId, row: CandidateRow) -> impl IntoView {
    let extra = row.adjustment.in_words();
    let extra = if extra.is_empty() { "None".to_owned() } else { extra };
    let desk = row.sitting.as_ref().map(|sitting| format!("/assessments/papers/{paper}/sittings/{}", sitting.id));
    let attempt = row.sitting.as_ref().filter(|sitting| sitting.attempt > 1).map(|sitting| sitting.attempt);
    let (class, words) = status(row.sitting.as_ref());
    view! {
        <tr>
            <th scope="row">
                {match desk {
                    Some(href) => view! { <a href=href>{row.name}</a> }.into_any(),
                    None => row.name.into_any(),
                }}
                <span class="hint">{row.email}{attempt.map(|attempt| format!(", attempt {attempt}"))}</span>
            </th>
            <td><span class=class>{words}</span></td>
            {match row.sitting {
                Some(sitting) => progress(sitting).into_any(),
                None => view! { <td>"–"</td><td>"–"</td><td>"–"</td><td>"–"</td> }.into_any(),
            }}
            <td>{extra}</td>
        </tr>
    }
}

fn progress(sitting: SittingRow) -> impl IntoView {
    let silent = sitting.out_of_contact;
    view! {
        <td class="number">{sitting.answered}" of "{sitting.questions}</td>
        <td class="number">{sitting.remaining_ms.map_or_else(|| "–".to_owned(), clock)}</td>
        <td>
            {silent.then(|| view! { <strong class="out-of-contact">"Out of contact since "</strong> })}
            <Time moment=sitting.last_contact />
        </td>
        <td>{times(sitting.left)}</td>
    }
}

/// Class and words of where a sitting stands.
pub fn status(sitting: Option<&SittingRow>) -> (&'static str, &'static str) {
    match sitting.map(|sitting| (sitting.remaining_ms, sitting.paused)) {
        None => ("tag", "Not started"),
        Some((None, _)) => ("tag tag-completed", "Submitted"),
        Some((Some(_), true)) => ("tag tag-in-progress", "On a rest break"),
        Some((Some(left), false)) if left <= 0 => ("tag tag-in-progress", "Time is up"),
        Some((Some(_), false)) => ("tag tag-in-progress", "Sitting"),
    }
}

/// Minutes and seconds, as a clock shows them.
pub fn clock(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

pub fn times(number: u32) -> String {
    match number {
        0 => "Never".to_owned(),
        1 => "Once".to_owned(),
        number => format!("{number} times"),
    }
}
