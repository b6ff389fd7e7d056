use domain::{
    assessment::{PaperId, results::SheetRow},
    count,
};
use leptos::prelude::*;

use super::sheet::{SheetQuery, SheetSort, Show};
use crate::kit::ui::{AddressForm, Tick, Time};

/// What to show of the sheet. A plain form: it changes the address.
#[component]
pub fn SheetFilter(base: String, query: SheetQuery) -> impl IntoView {
    let chosen = query.show;
    let option = move |show: Show| view! { <option value=show.as_str() selected=show == chosen>{show.label()}</option> };
    view! {
        <AddressForm action=base class="search sheet-filter">
            <input type="hidden" name="sort" value=query.sort.as_str() />
            <input type="hidden" name="order" value=query.order() />
            <div class="field">
                <label for="search">"Name or e-mail address"</label>
                <input id="search" name="search" type="search" value=query.search.clone() />
            </div>
            <div class="field">
                <label for="show">"Show"</label>
                <select id="show" name="show">{Show::ALL.map(option).into_iter().collect_view()}</select>
            </div>
            <button type="submit" class="button secondary small">"Show these"</button>
        </AddressForm>
    }
}

/// The result sheet, a row for each sitting that was submitted.
#[component]
pub fn SheetTable(
    paper: PaperId,
    base: String,
    query: SheetQuery,
    /// Titles of the sections; none where there is only one.
    sections: Vec<String>,
    rows: Vec<SheetRow>,
) -> impl IntoView {
    let head = |sort: SheetSort, label: &'static str| {
        let active = query.sort == sort;
        // A second click turns the order round; the first starts with what people look for.
        let descending = if active { !query.descending } else { sort != SheetSort::Name };
        let href = SheetQuery { sort, descending, page: 1, ..query.clone() }.link(&base);
        let order = match (active, query.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        };
        let id = format!("sort-{}", sort.as_str());
        view! { <th scope="col" aria-sort=order><a id=id href=href data-noscroll="">{label}</a></th> }
    };
    let several = !sections.is_empty();
    view! {
        <div class="table-frame" role="region" aria-label="Results" tabindex="0">
            <table class="sheet">
                <caption class="visually-hidden">"Results of everybody who has submitted"</caption>
                <thead>
                    <tr>
                        {head(SheetSort::Name, "Candidate")}
                        {head(SheetSort::Mark, "Mark")}
                        <th scope="col">"Result"</th>
                        {head(SheetSort::Submitted, "Submitted")}
                        {sections.into_iter().map(|title| view! { <th scope="col">{title}</th> }).collect_view()}
                        <th scope="col">"Not readable"</th>
                        <th scope="col">"Incidents"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(|row| view! { <SheetItem paper row several /> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn SheetItem(paper: PaperId, row: SheetRow, several: bool) -> impl IntoView {
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
            <td><Time moment=row.submitted /><span class="hint">"By: "{row.submitted_by.in_words()}</span></td>
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
