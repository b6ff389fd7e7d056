//! Ten draws of a question that is being written.

use domain::{
    assessment::bank::{Draw, Fault, TriedQuestion},
    count,
};
use leptos::prelude::*;

use super::{previewed::Shown, written::problem_of};
use crate::kit::ui::when;

/// What trying the question came to: a line about it, the faults with links to their fields, and the draws.
pub fn draws(tried: Option<TriedQuestion>) -> AnyView {
    let Some(TriedQuestion { faults, draws }) = tried else {
        return view! { <p>"Press “Preview” to see ten draws, with the right answer and what each known mistake would give."</p> }
            .into_any();
    };
    let said = match faults.len() {
        0 => "Nothing is wrong with the question.".to_owned(),
        number => format!("{} to correct.", count(u32::try_from(number).unwrap_or(u32::MAX), "thing")),
    };
    let fault = |fault: &Fault| {
        let problem = problem_of(fault);
        view! { <li><a href=format!("#{}", problem.field) rel="external">{problem.problem.message().into_owned()}</a></li> }
    };
    let faults_there = !faults.is_empty();
    let faults = faults.iter().map(fault).collect_view();
    view! {
        <p role="status">{said}</p>
        {when(faults_there, move || view! { <ul class="plain-list faults">{faults}</ul> }.into_any())}
        {when(!draws.is_empty(), move || drawn(draws))}
    }
    .into_any()
}

fn drawn(draws: Vec<Draw>) -> AnyView {
    let pairs = |pairs: &[(String, String)]| {
        let pair = |(name, value): &(String, String)| view! { <li>{format!("{name}: {value}")}</li> };
        view! { <ul class="plain-list">{pairs.iter().map(pair).collect_view()}</ul> }
    };
    let row = |draw: &Draw| {
        view! {
            <tr>
                <th scope="row">{draw.seed}</th>
                <td>{pairs(&draw.numbers)}</td>
                <td>{draw.question.right_answer.join("; ")}</td>
                <td>{pairs(&draw.mistakes)}</td>
            </tr>
        }
    };
    let rows = draws.iter().map(row).collect_view();
    let whole = |draw: Draw| {
        view! {
            <details>
                <summary>"The whole question, draw "{draw.seed}</summary>
                <Shown question=draw.question />
            </details>
        }
    };
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label="Ten draws">
            <table>
                <caption class="visually-hidden">"Ten draws of the question"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Draw"</th>
                        <th scope="col">"Numbers"</th>
                        <th scope="col">"Right answer"</th>
                        <th scope="col">"What each known mistake gives"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {draws.into_iter().map(whole).collect_view()}
    }
    .into_any()
}
