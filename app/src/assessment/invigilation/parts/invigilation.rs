use domain::{
    assessment::{
        PaperId,
        invigilation::{CandidateRow, Invigilation, InvigilationQuery, InvigilationShow, InvigilationSort},
    },
    kit::list::{Filter, Page},
};
use leptos::prelude::*;

use super::candidate_table::CandidateTable;
use crate::{
    assessment::invigilation::api::load_invigilation,
    kit::{
        list::{Shown, Words},
        live::{Refresh, StillCurrent, keep_current},
        ui::whenever,
    },
};

/// How often the invigilator's page fetches the candidates' progress, in seconds. Single answers make no news.
pub const EVERY: u32 = 4;

/// The candidates of a paper while it is sat.
pub type InvigilationList = Shown<InvigilationSort, InvigilationShow>;

const WORDS: Words = Words { one: "candidate", none: "None of the", searched: "Name or e-mail address" };
/// A candidate with several attempts has a row for each of them.
const WORDS_OF_ATTEMPTS: Words = Words { one: "row", ..WORDS };

/// The running exam: how many candidates sit it, and the progress of those on this page of the list. Only this page is
/// fetched again.
#[component]
pub fn LiveInvigilation(
    paper: PaperId,
    /// How often each candidate may sit the paper.
    attempts: u8,
    asked: String,
    now: Invigilation,
) -> impl IntoView {
    let words = if attempts > 1 { WORDS_OF_ATTEMPTS } else { WORDS };
    let list = InvigilationList::new(format!("/assessments/papers/{paper}"), words, &asked);
    let shown = RwSignal::new(now);
    let ask = move || load_invigilation(paper, asked.clone());
    let connection = keep_current(Refresh::Every(EVERY), ask, move |now| shown.set(now));
    // Each number leads to the candidates whom it counts; the one that is chosen, back to everybody.
    let ways =
        [InvigilationShow::NotStarted, InvigilationShow::Sitting, InvigilationShow::Submitted].map(|show| {
            let chosen = list.query.filters == show;
            let filters = if chosen { InvigilationShow::All } else { show };
            let way = InvigilationQuery { filters, ..list.query.everything() }.link(&list.base);
            (show.label(), way, chosen.then_some("true"))
        });
    let counts = move || {
        let now = shown.read();
        let numbers = [now.not_started, now.sitting, now.submitted];
        let count = |((name, way, chosen), number): ((&'static str, String, Option<&'static str>), u32)| {
            view! { <div><dt>{name}</dt><dd>{number}</dd><dd class="way"><a href=way aria-current=chosen>{only(chosen.is_some())}<span class="visually-hidden">": "{name}</span></a></dd></div> }
        };
        ways.clone().into_iter().zip(numbers).map(count).collect_view()
    };
    let nobody = Memo::new(move |_| shown.read().candidates.in_all == 0);
    let listed = move || {
        if nobody.get() {
            view! { <p>"Nobody may sit this paper yet. People with the access code appear here when they start."</p> }
                .into_any()
        } else {
            view! { <Listed paper list=list.clone() shown /> }.into_any()
        }
    };
    // Without scripts nothing follows.
    let live = RwSignal::new(false);
    whenever(move || live.set(true));
    view! {
        <StillCurrent connection />
        <div id="now">
            <dl class="counts">{counts}</dl>
            <p class="hint">{move || how_old(live.get())}{move || shown.read().at.clone()}"."</p>
            {listed}
        </div>
    }
}

fn how_old(live: bool) -> &'static str {
    if live { "Kept up to date while this page is open, last at " } else { "As it was at " }
}

/// The words of the link at a number.
fn only(chosen: bool) -> &'static str {
    if chosen { "Show everybody" } else { "Show only these" }
}

/// The order of the times changes while they are looked at. That it follows what the column shows is worth more than a fixed one, by the
/// latest end: there a time of five minutes would stand below one of ten.
fn of_the_order(sort: InvigilationSort) -> Option<&'static str> {
    (sort == InvigilationSort::TimeLeft).then_some(
        "Time stands still in a rest break: candidates who work on pass those who rest, also from one page to another.",
    )
}

/// The list, without what its rows contain.
fn outline(page: &Page<CandidateRow>) -> Page<()> {
    Page {
        rows: vec![(); page.rows.len()],
        found: page.found,
        in_all: page.in_all,
        next: page.next.clone(),
        anew: page.anew,
    }
}

#[component]
fn Listed(paper: PaperId, list: InvigilationList, shown: RwSignal<Invigilation>) -> impl IntoView {
    // What is around the rows is drawn again only if it changes.
    let page = Memo::new(move |_| outline(&shown.read().candidates));
    let rows = Signal::derive(move || shown.read().candidates.rows.clone());
    let (form, of_found, of_pages) = (list.form(), list.clone(), list.clone());
    let order = of_the_order(list.query.sort).map(|order| view! { <p class="hint">{order}</p> });
    view! {
        {form}
        {move || page.with(|page| of_found.found(page))}
        {order}
        <CandidateTable paper list rows />
        {move || page.with(|page| of_pages.pages(page))}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_order_that_moves_says_so() {
        assert!(of_the_order(InvigilationSort::TimeLeft).is_some_and(|order| order.contains("rest break")));
        assert_eq!(of_the_order(InvigilationSort::Name), None);
    }
}
