use domain::{
    cohorts::{CohortPage, NOT_HERE, StudentRow, StudentSort, short_title},
    learning::Status,
};
use leptos::prelude::*;

use super::{Reasons, StudentList};
use crate::kit::ui::{Ago, Time};

/// A row for each student and a column for each module. The first column stays visible while the modules scroll.
#[component]
pub fn StudentTable(list: StudentList, page: CohortPage) -> impl IntoView {
    let modules = page.modules.clone();
    let all = modules.len();
    let (base, whole) = (list.base.clone(), list.query.whole);
    let not_here = page.students.rows.iter().any(|student| student.statuses().any(|status| status.is_none()));
    let not_here = not_here.then(|| {
        view! {
            <span><span class="cell" role="img" aria-label=NOT_HERE title=NOT_HERE>"·"</span>{NOT_HERE}</span>
        }
    });
    view! {
        <p class="legend">
            <span><span class="cell is-completed" role="img" aria-label="Completed" title="Completed">"✓"</span>"Completed"</span>
            <span><span class="cell is-in-progress" role="img" aria-label="In progress" title="In progress">"◐"</span>"In progress"</span>
            <span><span class="cell" role="img" aria-label="Not yet started" title="Not yet started">"–"</span>"Not yet started"</span>
            {not_here}
        </p>
        <div class="table-frame" role="region" aria-label="Students and modules" tabindex="0">
            <table class="students">
                <caption class="visually-hidden">"Students, and what they have completed"</caption>
                <thead>
                    <tr>
                        {list.head(StudentSort::Name, "Student", "student")}
                        {list.head(StudentSort::Completed, "Completed", "")}
                        {list.head(StudentSort::LastSeen, "Last seen", "")}
                        {modules
                            .iter()
                            .enumerate()
                            .map(|(n, title)| view! {
                                <th scope="col" class="module" title=title.clone()>
                                    <span class="module-name" aria-hidden="true">{n + 1}" "{short_title(title)}</span>
                                    <span class="visually-hidden">{n + 1}" "{title.clone()}</span>
                                </th>
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{page.students.rows.into_iter().map(|student| row(student, all, &base, whole)).collect_view()}</tbody>
            </table>
        </div>
        <details class="module-names">
            <summary>"Names of the modules"</summary>
            <ol>{modules.into_iter().map(|title| view! { <li>{title}</li> }).collect_view()}</ol>
        </details>
    }
}

/// On paper nobody can look behind "2 weeks ago", so the page to print has the time.
fn row(student: StudentRow, all: usize, base: &str, whole: bool) -> impl IntoView + use<> {
    let cells: Vec<_> = student.statuses().map(cell).collect();
    let progress = format!("{} of {all} ({}%)", student.completed, student.percent());
    let group: Vec<_> = [student.team, student.area].into_iter().flatten().collect();
    let group = (!group.is_empty()).then(|| group.join(", "));
    let href = format!("{base}/students/{}", student.person);
    view! {
        <tr>
            <th scope="row" class="student"><a href=href>{student.name}</a><span class="hint">{student.email}</span>{group.map(|group| view! { <span class="hint">{group}</span> })}<Reasons reasons=student.reasons /></th>
            <td class="number">{progress}</td>
            <td>{match student.last_seen {
                Some(moment) if whole => view! { <Time moment /> }.into_any(),
                Some(moment) => view! { <Ago moment days=student.seen_days_ago /> }.into_any(),
                None => "Not yet".into_any(),
            }}</td>
            {cells}
        </tr>
    }
}

/// A table has a thousand of these cells. Each is one fixed piece of markup, so the server writes it as one piece of text.
fn cell(status: Option<Status>) -> AnyView {
    match status {
        Some(Status::Completed) => {
            view! { <td class="module"><span class="cell is-completed" role="img" aria-label="Completed" title="Completed">"✓"</span></td> }
                .into_any()
        }
        Some(Status::InProgress) => {
            view! { <td class="module"><span class="cell is-in-progress" role="img" aria-label="In progress" title="In progress">"◐"</span></td> }
                .into_any()
        }
        Some(Status::NotStarted) => {
            view! { <td class="module"><span class="cell" role="img" aria-label="Not yet started" title="Not yet started">"–"</span></td> }
                .into_any()
        }
        None => {
            view! { <td class="module"><span class="cell" role="img" aria-label=NOT_HERE title=NOT_HERE>"·"</span></td> }
                .into_any()
        }
    }
}
