use domain::assessment::results::{Analysis, CorrectionKind, CorrectionRow, FEWEST, ItemsPage};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        authoring::parts::{PaperTab, paper_tabs},
        invigilation::parts::run_head::RunHead,
        results::{
            api::{CorrectItem, GoOnMarking, load_items},
            parts::{
                being_marked::{BeingMarked, gone_on},
                item_table::ItemTable,
                item_view::ItemView,
            },
        },
    },
    kit::{
        api::PageData,
        ui::{Loaded, Reply, Time},
    },
};

/// With fewer candidates the numbers may well be chance.
const FEW: u32 = 30;

/// `/assessments/papers/{paper}/items`: the item analysis, and the forms that correct a wrong key.
#[component]
pub fn Items() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let address = move || {
        let of = |name: &str| query.read().get(name).unwrap_or_default();
        [params.read().get("paper").unwrap_or_default(), of("item"), of("how"), of("right")]
    };
    let page = PageData::new(address, |[paper, item, how, right]| load_items(paper, item, how, right));
    view! { <Loaded resource=page page=|page| view! { <ItemsView page /> } /> }
}

#[component]
fn ItemsView(page: ItemsPage) -> impl IntoView {
    let reply = Reply::to(&[CorrectItem::PATH, GoOnMarking::PATH]);
    let done = use_query_map().with_untracked(|query| query.get("done"));
    let done = match done.as_deref() {
        // While everybody is being marked, the notice below the heading says that it is corrected.
        Some("corrected") if page.remarking.is_none() => {
            Some("The question is corrected, and everybody has been marked again.".to_owned())
        }
        Some("marking") => gone_on(page.remarking.as_ref()),
        _ => None,
    };
    let steps = vec![(format!("/assessments/papers/{}", page.paper), page.title.clone())];
    let (paper, nobody, unpublished) = (page.paper, page.analysis.candidates == 0, page.items.is_empty());
    // These are the marks of one attempt, so each place counts once, although different attempts may ask different questions there.
    let firsts = page.items.chunk_by(|a, b| a.number == b.number).filter_map(|place| place.first());
    let available: u32 = firsts.map(|item| item.marks).sum();
    let table = (!nobody).then(|| view! { <ItemTable items=page.items.clone() /> });
    // While everybody is being marked, the marks that stand are no measure.
    let effect = page.effect.filter(|_| page.remarking.is_none());
    let items =
        page.items.into_iter().map(|item| view! { <ItemView paper item effect=effect.clone() reply /> });
    let items = items.collect_view();
    view! {
        <RunHead steps heading="Item analysis" over=page.title.clone() reply done />
        {paper_tabs(paper, unpublished, Some(PaperTab::Items))}
        {page.remarking.map(|remarking| view! { <BeingMarked paper remarking page="items" /> })}
        {if nobody {
            view! { <p>"Nobody has submitted yet, so there is nothing to say about the questions."</p> }.into_any()
        } else {
            view! { <Summary analysis=page.analysis available /> }.into_any()
        }}
        {table}
        {(!page.corrections.is_empty()).then(|| view! { <Corrections corrections=page.corrections all=page.all_corrections /> })}
        {(!unpublished).then(|| view! {
            <h2>"Questions"</h2>
            <p>"If the key of a question is wrong, correct it here. Everybody who was asked the question is then marked again, and what changes is kept on record."</p>
            <ol class="items">{items}</ol>
        })}
    }
}

/// Each number with its meaning.
#[component]
fn Summary(analysis: Analysis, available: u32) -> impl IntoView {
    let alpha = match analysis.alpha {
        Some(alpha) => (
            format!("{alpha:.2}").replace('-', "−"),
            "How well the questions hang together: 1 if all measure the same thing, about 0 if none has to do with another. 0.7 or more is usually thought good enough to compare groups.",
        ),
        None => (
            "Not known".to_owned(),
            "How well the questions hang together. It takes two candidates, two questions and marks that differ.",
        ),
    };
    let facts = [
        (
            "Candidates",
            analysis.candidates.to_string(),
            "Sittings that were submitted and marked; each attempt counts.",
        ),
        (
            "Mean mark",
            format!("{} of {available}", analysis.mean_in_words()),
            "What a candidate got on average.",
        ),
        (
            "Standard deviation",
            analysis.standard_deviation.map_or_else(|| "Not known".to_owned(), |known| format!("{known:.1}")),
            "How far the marks lie apart: most are within this distance of the mean. It takes two candidates.",
        ),
        ("Cronbach's alpha", alpha.0, alpha.1),
    ];
    let fact = |(name, number, meaning)| view! { <div><dt>{name}</dt><dd><strong>{number}</strong><span class="line hint">{meaning}</span></dd></div> };
    let few = analysis.candidates < FEW;
    let fewest = analysis.candidates < FEWEST;
    view! {
        <dl class="summary-list narrow">{facts.map(fact).into_iter().collect_view()}</dl>
        {few.then(|| view! { <p class="notice">"There are fewer than "{FEW}" sittings: what these numbers say may well be chance."{fewest.then(|| format!(" Remarks on single questions begin at {FEWEST}."))}</p> })}
    }
}

#[component]
fn Corrections(corrections: Vec<CorrectionRow>, all: u32) -> impl IntoView {
    let listed = corrections.len();
    let cut = usize::try_from(all).is_ok_and(|all| all > listed);
    view! {
        <h2>"Corrections"</h2>
        {cut.then(|| view! { <p>"The newest "{listed}" of "{all}" are listed."</p> })}
        <div class="table-frame" role="region" aria-label="Corrections" tabindex="0">
            <table>
                <caption class="visually-hidden">"Questions that were corrected, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Question"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Reason"</th>
                        <th scope="col">"When and by whom"</th>
                        <th scope="col">"Marks changed"</th>
                        <th scope="col">"Passes changed"</th>
                    </tr>
                </thead>
                <tbody>{corrections.into_iter().map(|row| view! { <CorrectionItem row /> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// The correction in words, and for a key "From 2 mL to 2.2 mL".
fn corrected(kind: &CorrectionKind) -> (&'static str, Option<String>) {
    match kind {
        CorrectionKind::TakenOut => ("Taken out: everybody got its marks", None),
        CorrectionKind::PutBack => ("Put back: marked again as it was answered", None),
        CorrectionKind::Key { before, after } => {
            ("The key was corrected", Some(format!("From {} to {}", before.join("; "), after.join("; "))))
        }
    }
}

#[component]
fn CorrectionItem(row: CorrectionRow) -> impl IntoView {
    let (what, right) = corrected(&row.kind);
    view! {
        <tr>
            <th scope="row">{row.question}</th>
            <td>{what}{right.map(|right| view! { <span class="line">{right}</span> })}</td>
            <td class="as-noted">{row.reason}</td>
            <td><Time moment=row.at />{(!row.by.is_empty()).then(|| view! { <span class="line">{row.by}</span> })}</td>
            <td class="number">{row.marks_changed}</td>
            <td class="number">{row.passes_changed}</td>
        </tr>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_corrected_key_is_shown_before_and_after() {
        let key = CorrectionKind::Key {
            before: vec!["2 mL".into()],
            after: vec!["2.2 mL".into(), "2.20 mL".into()],
        };
        assert_eq!(
            corrected(&key),
            ("The key was corrected", Some("From 2 mL to 2.2 mL; 2.20 mL".to_owned()))
        );
        assert_eq!(corrected(&CorrectionKind::PutBack).1, None);
    }
}
