use domain::{
    assessment::{
        PaperState, Release,
        results::{ResultTotals, ResultsPage, SectionResult, Show},
    },
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        authoring::parts::{PaperTab, paper_tabs},
        invigilation::{api::ReleaseResults, parts::run_head::RunHead},
        results::{
            api::{GoOnMarking, load_results},
            parts::{
                being_marked::{BeingMarked, gone_on},
                distribution::MarksChart,
                letter::letter_to,
                result_table::{ResultList, ResultTable, WORDS},
                result_view::Breakdown,
            },
        },
    },
    kit::{
        api::PageData,
        list::asked,
        ui::{CheckBox, Loaded, PostForm, Reply},
    },
};

/// `/assessments/papers/{paper}/results`: the results of the candidates who have submitted.
#[component]
pub fn Results() -> impl IntoView {
    let (params, asked) = (use_params_map(), asked());
    let page = PageData::new(
        move || (params.read().get("paper").unwrap_or_default(), asked()),
        |(paper, asked)| async move { load_results(paper, asked.clone()).await.map(|page| (asked, page)) },
    );
    view! { <Loaded resource=page page=|(asked, page)| view! { <ResultsView asked page /> } /> }
}

#[component]
fn ResultsView(asked: String, page: ResultsPage) -> impl IntoView {
    let paper = format!("/assessments/papers/{}", page.paper);
    let reply = Reply::to(&[ReleaseResults::PATH, GoOnMarking::PATH]);
    let steps = vec![(paper.clone(), page.title.clone())];
    let (totals, pass_percent) = (page.totals, page.pass_percent);
    let done = use_query_map().with_untracked(|query| query.get("done").as_deref() == Some("marking"));
    let done = done.then(|| gone_on(page.remarking.as_ref())).flatten();
    view! {
        <RunHead steps heading="Results" over=page.title.clone() reply done />
        {paper_tabs(page.paper, page.state == PaperState::Draft, Some(PaperTab::Results))}
        {page.remarking.clone().map(|remarking| view! { <BeingMarked paper=page.paper remarking page="results" /> })}
        {(page.sitting > 0).then(|| view! {
            <p class="notice">"Still sitting: "{count(page.sitting, "candidate")}". Their results come here when they submit."</p>
        })}
        <ReleaseState page=page.clone() reply />
        {if totals.submitted == 0 {
            view! { <p>"Nobody has submitted yet."</p> }.into_any()
        } else {
            let distribution = page.distribution.clone();
            let median = distribution.as_ref().map(|marks| marks.spread.median.to_string());
            let chart = distribution.map(|distribution| view! { <MarksChart distribution pass_percent /> });
            view! { <Totals totals median pass_percent />{chart}<Everybody asked page /> }.into_any()
        }}
    }
}

/// "Amy, Zoë and 3 others".
fn still_sitting(names: &[String], sitting: u32) -> String {
    let others = sitting.saturating_sub(u32::try_from(names.len()).unwrap_or(u32::MAX));
    let listed = names.join(", ");
    match others {
        0 => listed,
        others => format!("{listed} and {}", count(others, "other")),
    }
}

/// Says whether candidates can see their results, and has the form that releases them.
#[component]
fn ReleaseState(page: ResultsPage, reply: Reply) -> impl IntoView {
    if page.state == PaperState::Draft {
        return view! { <p>"This paper is a draft: there are no results to release."</p> }.into_any();
    }
    if page.released {
        return view! { <p>"Candidates can see their results."</p> }.into_any();
    }
    if page.remarking.is_some() {
        let words = match page.release {
            Release::ByHand => {
                "Candidates cannot see their results yet. They can be released when everybody has been marked again."
            }
            Release::AtClose => {
                "Candidates cannot see their results yet. They can when everybody has been marked again, the paper has closed and nobody is sitting it any more."
            }
            Release::AtOnce => {
                "Candidates cannot see their results yet. They can when everybody has been marked again."
            }
        };
        // The errors of the release lead here.
        return view! { <p id="confirmed" tabindex="-1">{words}</p> }.into_any();
    }
    if page.release != Release::ByHand {
        return view! { <p>"Candidates cannot see their results yet. They can when the paper has closed and nobody is sitting it any more."</p> }.into_any();
    }
    let closed = page.state == PaperState::Closed;
    let danger = match (closed, page.sitting == 0) {
        (true, true) => None,
        (true, false) => Some("A candidate is still sitting this paper".to_owned()),
        (false, true) => Some("This paper has not closed yet".to_owned()),
        (false, false) => {
            Some("This paper has not closed yet, and a candidate is still sitting it".to_owned())
        }
    };
    let names = still_sitting(&page.sitting_names, page.sitting);
    let problem = reply.problem("confirmed");
    view! {
        <section class="narrow" aria-labelledby="release-title">
            <h2 id="release-title">"Release the results"</h2>
            <p>"Candidates cannot see their results yet. When you release them, everybody who has submitted sees theirs at once, and certificates can be checked. You cannot take this back."</p>
            <PostForm to=ReleaseResults::PATH>
                <input type="hidden" name="paper" value=page.paper.to_string() />
                {danger.map(|danger| view! {
                    <p class="notice">
                        {danger}". Candidates who have submitted see the right answers and worked solutions at once, and could pass them on."
                        {(!names.is_empty()).then(|| view! { <span class="line">"Still sitting: "{names}"."</span> })}
                    </p>
                    <div class="field" class:wrong=move || problem.read().is_some()>
                        <CheckBox id="confirmed" label="I want to release the results all the same" checked=false problem />
                    </div>
                })}
                <button type="submit" class="button">"Release the results"</button>
            </PostForm>
        </section>
    }
    .into_any()
}

#[component]
fn Totals(totals: ResultTotals, median: Option<String>, pass_percent: u8) -> impl IntoView {
    let mean = totals.mean_in_words().unwrap_or_else(|| "Not known".to_owned());
    view! {
        <dl class="counts">
            <div><dt>"Submitted"</dt><dd>{totals.submitted}</dd></div>
            <div><dt>"Passed"</dt><dd>{totals.passed}</dd></div>
            <div><dt>"Mean mark"</dt><dd>{mean}</dd></div>
            {median.map(|median| view! { <div><dt>"Median mark"</dt><dd>{median}</dd></div> })}
            <div><dt>"Pass mark"</dt><dd>{pass_percent}"%"</dd></div>
        </dl>
    }
}

#[component]
fn Everybody(asked: String, page: ResultsPage) -> impl IntoView {
    let list = ResultList::new(format!("/assessments/papers/{}/results", page.paper), WORDS, &asked);
    let titles = page.sections.iter().map(|section| section.title.clone());
    let sections: Vec<_> = titles.filter(|_| page.sections.len() > 1).collect();
    let (found, pages) = (list.found(&page.results), list.pages(&page.results));
    let (form, files) = (list.form(), list.downloads(&list.base, &page.results));
    let (paper, rows) = (page.paper, page.results.rows);
    let write = list.query.filters == Show::Failed && !list.query.whole;
    let emails: Vec<_> = rows.iter().filter(|_| write).map(|row| row.email.as_str()).collect();
    let letter = letter_to(&page.title, &emails);
    view! {
        <h2 id="everybody">"Everybody"</h2>
        {(page.totals.unreadable > 0).then(|| view! {
            <p class="notice">"Not readable: what was typed could mean two things, like 2,5 or 1.000,5. It was not judged and has no marks. Look at it on the candidate's own page."</p>
        })}
        {form}
        {found}
        {(!rows.is_empty()).then(|| view! { <ResultTable paper list sections rows /> })}
        {pages}
        {letter}
        {files}
        <Breakdown sections=of_everybody(page.sections) categories=page.categories />
    }
}

/// The marks of all candidates together. They carry no pass mark, because a group does not pass or fail a section.
fn of_everybody(sections: Vec<SectionResult>) -> Vec<SectionResult> {
    sections.into_iter().map(|section| SectionResult { pass_percent: None, ..section }).collect()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn candidates_who_are_not_named_are_counted() {
        let names = ["Amy".to_owned(), "Zoë".to_owned()];
        assert_eq!(still_sitting(&names, 2), "Amy, Zoë");
        assert_eq!(still_sitting(&names, 3), "Amy, Zoë and 1 other");
        assert_eq!(still_sitting(&names, 5000), "Amy, Zoë and 4998 others");
    }
}
