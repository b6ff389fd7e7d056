use domain::{
    assessment::{
        PaperId,
        results::{ResultRow, ResultSort, Show},
    },
    count,
};
use leptos::prelude::*;

use crate::kit::{
    list::{Shown, Words},
    ui::{ShortTime, Tick},
};

/// The results of a paper.
pub type ResultList = Shown<ResultSort, Show>;

pub const WORDS: Words = Words { one: "result", none: "None of the", searched: "Name or e-mail address" };

/// A row for each submitted sitting.
#[component]
pub fn ResultTable(
    paper: PaperId,
    list: ResultList,
    /// The titles of the sections. The list is empty when there is only one section.
    sections: Vec<String>,
    rows: Vec<ResultRow>,
) -> impl IntoView {
    let several = !sections.is_empty();
    view! {
        <div class="table-frame" role="region" aria-label="Results" tabindex="0">
            <table class="result-list">
                <caption class="visually-hidden">"Results of those who have submitted"</caption>
                <thead>
                    <tr>
                        {list.head(ResultSort::Name, "Candidate", "")}
                        {list.head(ResultSort::Mark, "Mark", "")}
                        <th scope="col">"Result"</th>
                        {list.head(ResultSort::Submitted, "Submitted", "")}
                        {sections.into_iter().map(|title| view! { <th scope="col">{title}</th> }).collect_view()}
                        <th scope="col">"Not readable"</th>
                        <th scope="col">"Incidents"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(|row| view! { <ResultItem paper row several /> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn ResultItem(paper: PaperId, row: ResultRow, several: bool) -> impl IntoView {
    let passed = row.outcome.passed;
    let class = if passed { "tag tag-completed" } else { "tag" };
    let sections = row.sections.into_iter().filter(|_| several);
    let missed = row.missed.into_iter().map(|missed| view! { <span class="line hint">{missed}</span> });
    let missed = missed.collect_view();
    let attempt = (row.attempt > 1).then(|| format!(", attempt {}", row.attempt));
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/assessments/papers/{paper}/sittings/{}", row.sitting)>{row.name}</a>
                <span class="hint">{row.email}{attempt}</span>
            </th>
            <td class="number">{row.outcome.in_words()}</td>
            <td><span class=class>{passed.then(|| view! { <Tick /> })}{if passed { "Passed" } else { "Not passed" }}</span>{missed}</td>
            <td><ShortTime moment=row.submitted /><span class="hint">"By: "{row.submitted_by.in_words()}</span></td>
            {sections.map(|mark| view! { <td class="number">{mark}</td> }).collect_view()}
            <td>{if row.unreadable > 0 {
                view! { <strong>{count(row.unreadable, "answer")}</strong> }.into_any()
            } else {
                "None".into_any()
            }}</td>
            <td class="number">{row.incidents}</td>
        </tr>
    }
}
