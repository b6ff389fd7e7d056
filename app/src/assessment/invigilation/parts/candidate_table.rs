use domain::assessment::{
    PaperId,
    invigilation::{CandidateRow, InvigilationSort, SittingRow},
};
use leptos::prelude::*;

use super::{invigilation::InvigilationList, sitting::cut_by_close};
use crate::{assessment::delivery::parts::clock::clock, kit::ui::ShortTime};

/// The candidates on this page of the list, and their progress. A row stays the row of its candidate when others are
/// inserted above, so that the focus never moves to another candidate's link.
#[component]
pub fn CandidateTable(
    paper: PaperId,
    list: InvigilationList,
    rows: Signal<Vec<CandidateRow>>,
) -> impl IntoView {
    let nobody = Memo::new(move |_| rows.read().is_empty());
    let keys = move || rows.read().iter().map(key).collect::<Vec<_>>();
    // By their keys, once for each reply of the server: the rows look themselves up in it.
    let rows = Memo::new(move |_| {
        let mut rows: Vec<_> = rows.read().iter().map(|row| (key(row), row.clone())).collect();
        rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        rows
    });
    let row = move |of: String| {
        // An unchanged row is not drawn again.
        let row = Memo::new(move |_| {
            let rows = rows.read();
            let at = rows.binary_search_by(|(key, _)| key.cmp(&of)).ok()?;
            rows.get(at).map(|(_, row)| row.clone())
        });
        move || row.get().map(|row| candidate(paper, row))
    };
    move || {
        if nobody.get() {
            return ().into_any();
        }
        view! {
            <div class="table-frame" role="region" aria-label="Candidates" tabindex="0">
                <table class="candidates">
                    <caption class="visually-hidden">"Candidates, and how far they are"</caption>
                    <thead>
                        <tr>
                            {list.head(InvigilationSort::Name, "Candidate", "")}
                            <th scope="col">"Status"</th>
                            <th scope="col">"Answered"</th>
                            {list.head(InvigilationSort::TimeLeft, "Time left", "")}
                            <th scope="col">"Last contact"</th>
                            <th scope="col">"Left the window"</th>
                            <th scope="col">"Time allowed"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=keys key=String::clone children=row />
                    </tbody>
                </table>
            </div>
        }
        .into_any()
    }
}

/// The key of a row: its sitting, or a candidate without one.
fn key(row: &CandidateRow) -> String {
    row.sitting.as_ref().map_or_else(|| row.email.clone(), |sitting| sitting.id.to_string())
}

fn candidate(paper: PaperId, row: CandidateRow) -> impl IntoView {
    let time = match &row.sitting {
        Some(sitting) => sitting.time.in_words(),
        None => Some(row.adjustment.in_words())
            .filter(|extra| !extra.is_empty())
            .unwrap_or_else(|| "–".to_owned()),
    };
    let cut = row.sitting.as_ref().and_then(cut_by_close);
    let overview =
        row.sitting.as_ref().map(|sitting| format!("/assessments/papers/{paper}/sittings/{}", sitting.id));
    let attempt = row.sitting.as_ref().filter(|sitting| sitting.attempt > 1).map(|sitting| sitting.attempt);
    let (class, words) = status(row.sitting.as_ref());
    // A person without a known name is shown by address.
    let email = (row.email != row.name).then_some(row.email);
    view! {
        <tr>
            <th scope="row">
                {match overview {
                    Some(href) => view! { <a href=href>{row.name}</a> }.into_any(),
                    None => row.name.into_any(),
                }}
                <span class="hint">{email}{attempt.map(|attempt| format!(" attempt {attempt}"))}</span>
            </th>
            <td><span class=class>{words}</span></td>
            {match row.sitting {
                Some(sitting) => progress(sitting).into_any(),
                None => view! { <td>"–"</td><td>"–"</td><td>"–"</td><td>"–"</td> }.into_any(),
            }}
            <td>{time}{cut}</td>
        </tr>
    }
}

fn progress(sitting: SittingRow) -> impl IntoView {
    let silence = sitting.silence();
    view! {
        <td class="number">{sitting.answered}" of "{sitting.questions}</td>
        <td class="number">{sitting.remaining_ms.map_or_else(|| "–".to_owned(), |ms| clock(ms / 1000))}</td>
        <td>
            <ShortTime moment=sitting.last_contact />
            {silence.map(|silence| view! { <span class="line out-of-contact">{silence}</span> })}
        </td>
        <td>{times(sitting.left)}</td>
    }
}

/// Class and words for the state of a sitting.
pub fn status(sitting: Option<&SittingRow>) -> (&'static str, &'static str) {
    match sitting.map(|sitting| (sitting.remaining_ms, sitting.paused)) {
        None => ("tag", "Not started"),
        Some((None, _)) => ("tag tag-completed", "Submitted"),
        Some((Some(_), true)) => ("tag tag-in-progress", "On a rest break"),
        Some((Some(left), false)) if left <= 0 => ("tag tag-in-progress", "Time is up"),
        Some((Some(_), false)) => ("tag tag-in-progress", "Sitting"),
    }
}

pub fn times(number: u32) -> String {
    match number {
        0 => "Never".to_owned(),
        1 => "Once".to_owned(),
        number => format!("{number} times"),
    }
}
