use std::time::Duration;

use domain::assessment::{Invigilation, PaperId};
use leptos::{prelude::*, task::spawn_local};

use super::candidate_table::CandidateTable;
use crate::{api::ErrorKind, assessment::api::load_invigilation};

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
        {move || view! { <CandidateTable paper candidates=current.read().candidates.clone() /> }}
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
                    Err(error) if matches!(error.kind, ErrorKind::SignedOut | ErrorKind::NotFound) => {
                        way.set(Way::Over)
                    }
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
