use domain::{
    assessment::{
        delivery::SubmittedBy,
        invigilation::{IncidentKind, IncidentRow, SittingOverview, SittingRow},
    },
    count,
};
use leptos::prelude::*;

use super::candidate_table::{status, times};
use crate::{assessment::delivery::parts::clock::clock, kit::ui::Time};

/// The state of one sitting.
#[component]
pub fn SittingFacts(overview: SittingOverview) -> impl IntoView {
    let (class, words) = status(Some(&overview.row));
    let by = overview.submitted_by.map(|by| match by {
        SubmittedBy::Candidate => "by the candidate",
        SubmittedBy::Setter => "by the invigilator",
        SubmittedBy::Clock => "by the server, because the time was up",
    });
    let row = overview.row;
    let (cut, silence) = (cut_by_close(&row), row.silence());
    view! {
        <dl class="summary-list narrow">
            <div><dt>"Candidate"</dt><dd>{overview.candidate}<span class="line">{overview.email}</span></dd></div>
            {(row.attempt > 1).then(|| view! { <div><dt>"Attempt"</dt><dd>{row.attempt}</dd></div> })}
            <div><dt>"Time allowed"</dt><dd>{row.time.in_words()}{cut}</dd></div>
            <div><dt>"Status"</dt><dd><span class=class>{words}</span></dd></div>
            <div><dt>"Started"</dt><dd><Time moment=overview.started /></dd></div>
            <div><dt>"Deadline"</dt><dd><Time moment=overview.deadline /></dd></div>
            {row.remaining_ms.map(|left| view! { <div><dt>"Time left"</dt><dd>{clock(left / 1000)}</dd></div> })}
            {overview.submitted.map(|moment| view! { <div><dt>"Submitted"</dt><dd><Time moment />" "{by}</dd></div> })}
            <div><dt>"Answered"</dt><dd>{row.answered}" of "{row.questions}{not_readable(overview.unreadable)}</dd></div>
            <div>
                <dt>"Last contact"</dt>
                <dd>
                    <Time moment=row.last_contact />
                    {silence.map(|silence| view! { <span class="line out-of-contact">{silence}</span> })}
                </dd>
            </div>
            <div><dt>"Left the window"</dt><dd>{times(row.left)}</dd></div>
            {(overview.late_answers > 0).then(|| view! {
                <div><dt>"Late answers"</dt><dd>{count(overview.late_answers, "answer")}", kept but not counted"</dd></div>
            })}
        </dl>
    }
}

/// Why there is less time left than the time allowed, if that is so.
pub fn cut_by_close(row: &SittingRow) -> Option<impl IntoView + use<>> {
    row.cut_by_close.then(
        || view! { <span class="line">"Less than that: the paper closes before it would be over"</span> },
    )
}

/// Answers that do not count as answered, in words, if there are any.
pub fn not_readable(answers: u32) -> Option<impl IntoView> {
    let words =
        if answers == 1 { " more cannot be read as it stands" } else { " more cannot be read as they stand" };
    (answers > 0)
        .then(|| view! { <span class="line">{format!("{}{words}", count(answers, "answer"))}</span> })
}

/// The events of the sitting, in order.
#[component]
pub fn Incidents(incidents: Vec<IncidentRow>, all: u32) -> impl IntoView {
    let listed = incidents.len();
    let cut = usize::try_from(all).is_ok_and(|all| all > listed);
    view! {
        <h2>"Incidents"</h2>
        {cut.then(|| view! { <p>"The newest "{listed}" of "{all}" are listed."</p> })}
        {if incidents.is_empty() {
            view! { <p>"None."</p> }.into_any()
        } else {
            let items = incidents.into_iter().map(|row| view! { <IncidentItem row /> }).collect_view();
            view! { <ol class="incidents">{items}</ol> }.into_any()
        }}
    }
}

#[component]
fn IncidentItem(row: IncidentRow) -> impl IntoView {
    view! {
        <li>
            <strong>{happened(row.kind, row.times)}</strong>
            {(!row.note.is_empty()).then(|| view! { <span class="line as-noted">{row.note}</span> })}
            <span class="hint"><Time moment=row.at />{(!row.by.is_empty()).then(|| format!(", {}", row.by))}</span>
        </li>
    }
}

/// The incident, in words.
fn happened(kind: IncidentKind, times: u32) -> String {
    let what = match kind {
        IncidentKind::Left => "Left the window of the exam",
        IncidentKind::Returned => "Came back to the window",
        IncidentKind::TimeAdded => "Time added",
        IncidentKind::Submitted => "Submitted by the invigilator",
        IncidentKind::Reopened => "Opened again",
        IncidentKind::Note => "Note",
    };
    if times > 1 { format!("{what}, {times} times within a minute") } else { what.to_owned() }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn an_incident_says_how_often_it_happened_in_its_minute() {
        assert_eq!(happened(IncidentKind::TimeAdded, 1), "Time added");
        assert_eq!(happened(IncidentKind::Left, 3), "Left the window of the exam, 3 times within a minute");
    }

    #[test]
    fn unreadable_answers_are_shown_if_there_are_any() {
        let drawn = |answers| not_readable(answers).to_html();
        assert!(drawn(1).contains("1 answer more cannot be read as it stands"));
        assert!(drawn(2).contains("2 answers more cannot be read as they stand"));
        assert!(!drawn(0).contains("answer"));
    }
}
