use domain::organisations::{
    Difference, RowOutcome, RowShown, RowSort, RowTrouble, STAYS, UploadPage, UploadRow,
};
use leptos::prelude::*;

use crate::kit::list::{Shown, Words};

const WORDS: Words = Words { one: "row", none: "None of the", searched: "Name or e-mail address" };

/// The rows of a file, page by page, each with what becomes of it.
#[component]
pub fn Rows(asked: String, page: UploadPage) -> impl IntoView {
    let base = format!("/organisation/{}/uploads/{}", page.head.slug, page.upload.id);
    let list = Shown::<RowSort, RowShown>::new(base, WORDS, &asked);
    let (form, found, pages) = (list.form(), list.found(&page.rows), list.pages(&page.rows));
    let rows = page.rows.rows;
    view! {
        <h2 id="rows">"Row by row"</h2>
        {form}
        {found}
        {(!rows.is_empty()).then(|| view! {
            <div class="table-frame" role="region" aria-label="Rows of the file" tabindex="0">
                <table class="upload-rows">
                    <caption class="visually-hidden">"Rows of the file"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Row"</th><th scope="col">"Person"</th><th scope="col">"What becomes of it"</th>
                            <th scope="col">"What to do, or what changes"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        })}
        {pages}
    }
}

fn row(row: UploadRow) -> AnyView {
    let class = if row.outcome == RowOutcome::Wrong { "tag tag-wrong" } else { "tag" };
    view! {
        <tr>
            <th scope="row" class="number">{row.number}</th>
            <td>{row.name}<span class="hint">{row.email}</span></td>
            <td><span class=class>{row.outcome.label()}</span></td>
            <td>
                {row.problems.into_iter().map(|problem| view! { <p>{trouble(problem)}</p> }).collect_view()}
                {row.difference.into_iter().map(|part| view! { <p>{difference(part)}</p> }).collect_view()}
                {row.stays.then(|| view! { <p>{STAYS}</p> })}
            </td>
        </tr>
    }
    .into_any()
}

fn trouble(problem: RowTrouble) -> String {
    match problem.column {
        Some(column) => format!("{column}: {}", problem.what),
        None => problem.what,
    }
}

fn difference(part: Difference) -> String {
    match part.before {
        Some(before) => format!("{}: {before} becomes {}", part.what, part.after),
        None => format!("{}: {}", part.what, part.after),
    }
}
