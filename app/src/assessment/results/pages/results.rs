use domain::{
    assessment::{
        PaperState, Release,
        results::{ResultSheet, SectionResult},
    },
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        invigilation::{api::ReleaseResults, parts::run_head::RunHead},
        results::{
            api::load_results,
            parts::{
                result_view::Breakdown,
                sheet::SheetQuery,
                sheet_table::{SheetFilter, SheetTable},
            },
        },
    },
    kit::{
        api::PageData,
        ui::{CheckBox, Loaded, PostForm, Reply},
    },
};

/// `/assessments/papers/{paper}/results`: everybody who has submitted.
#[component]
pub fn Results() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    // What is chosen of the sheet is part of what is asked for: the page is made anew for it.
    let asked = move || (params.read().get("paper").unwrap_or_default(), SheetQuery::read(&query.read()));
    let sheet = PageData::new(asked, |(paper, query)| async move {
        load_results(paper).await.map(|sheet| (query.clone(), sheet))
    });
    view! { <Loaded resource=sheet page=|(query, sheet)| view! { <ResultsView query sheet /> } /> }
}

#[component]
fn ResultsView(query: SheetQuery, sheet: ResultSheet) -> impl IntoView {
    let paper = format!("/assessments/papers/{}", sheet.paper);
    let reply = Reply::to(&[ReleaseResults::PATH]);
    let steps = vec![(paper.clone(), sheet.title.clone())];
    let empty = sheet.rows.is_empty();
    view! {
        <RunHead steps heading="Results" over=sheet.title.clone() reply done=None />
        {(!sheet.sitting.is_empty()).then(|| view! {
            <p class="notice">"Still sitting: "{still_sitting(&sheet)}". Their results come here when they submit."</p>
        })}
        <ReleaseState sheet=sheet.clone() reply />
        {if empty {
            view! { <p>"Nobody has submitted yet."</p> }.into_any()
        } else {
            view! { <Totals sheet=sheet.clone() /><Sheet query sheet /> }.into_any()
        }}
    }
}

/// "2 candidates".
fn still_sitting(sheet: &ResultSheet) -> String {
    count(u32::try_from(sheet.sitting.len()).unwrap_or(u32::MAX), "candidate")
}

/// Who can see the results, and the form that lets candidates see them.
#[component]
fn ReleaseState(sheet: ResultSheet, reply: Reply) -> impl IntoView {
    if sheet.state == PaperState::Draft {
        return view! { <p>"This paper is a draft: there are no results to release."</p> }.into_any();
    }
    if sheet.released {
        return view! { <p>"Candidates can see their results."</p> }.into_any();
    }
    if sheet.release != Release::ByHand {
        return view! { <p>"Candidates cannot see their results yet. They can when the paper has closed and nobody is sitting it any more."</p> }.into_any();
    }
    let closed = sheet.state == PaperState::Closed;
    let danger = match (closed, sheet.sitting.is_empty()) {
        (true, true) => None,
        (true, false) => Some("Somebody still sits this paper".to_owned()),
        (false, true) => Some("This paper has not closed yet".to_owned()),
        (false, false) => Some("This paper has not closed yet, and somebody sits it now".to_owned()),
    };
    let names = sheet.sitting.join(", ");
    let problem = reply.problem("confirmed");
    view! {
        <section class="narrow" aria-labelledby="release-title">
            <h2 id="release-title">"Release the results"</h2>
            <p>"Candidates cannot see their results yet. When you release them, everybody who has submitted sees theirs at once, and certificates can be checked. You cannot take this back."</p>
            <PostForm to=ReleaseResults::PATH>
                <input type="hidden" name="paper" value=sheet.paper.to_string() />
                {danger.map(|danger| view! {
                    <p class="notice">
                        {danger}". Who has submitted sees the right answers and worked solutions at once, and could pass them on."
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
fn Totals(sheet: ResultSheet) -> impl IntoView {
    let (submitted, pass_percent) = (sheet.rows.len(), sheet.pass_percent);
    let passed = sheet.rows.iter().filter(|row| row.outcome.passed).count();
    let mean = sheet.mean_in_words().unwrap_or_else(|| "Not known".to_owned());
    view! {
        <dl class="counts">
            <div><dt>"Submitted"</dt><dd>{submitted}</dd></div>
            <div><dt>"Passed"</dt><dd>{passed}</dd></div>
            <div><dt>"Mean mark"</dt><dd>{mean}</dd></div>
            <div><dt>"Pass mark"</dt><dd>{pass_percent}"%"</dd></div>
        </dl>
    }
}

#[component]
fn Sheet(query: SheetQuery, sheet: ResultSheet) -> impl IntoView {
    let base = format!("/assessments/papers/{}/results", sheet.paper);
    let all = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    let unreadable = sheet.rows.iter().any(|row| row.unreadable > 0);
    let rows = query.chosen(sheet.rows);
    let none = rows.is_empty();
    let pages = query.pages(rows.len());
    let found = format!("{} of {}", rows.len(), count(all, "result"));
    let found = if pages > 1 { format!("{found}: page {} of {pages}", query.page) } else { found };
    let rows = query.on_page(rows);
    let links = page_links(&query, &base, pages);
    let titles = sheet
        .sections
        .iter()
        .map(|section| section.title.clone())
        .filter(|_| sheet.sections.len() > 1)
        .collect();
    view! {
        <p>
            <a href=format!("{base}.csv") download="">"Download the results (CSV)"</a>" · "
            <a href=format!("/assessments/papers/{}/items", sheet.paper)>"Item analysis"</a>
        </p>
        <h2 id="sheet">"Everybody"</h2>
        {unreadable.then(|| view! {
            <p class="notice">"Not readable: what was typed could mean two things, like 2,5 or 1.000,5. It was not judged and has no marks. Look at it on the candidate's own page."</p>
        })}
        <SheetFilter base=base.clone() query=query.clone() />
        <p role="status">{if none { format!("None of {} matches.", count(all, "result")) } else { found }}</p>
        {(!none).then(|| view! { <SheetTable paper=sheet.paper base query sections=titles rows /> })}
        {links}
        <Breakdown sections=of_everybody(sheet.sections) categories=sheet.categories />
    }
}

/// The way to the other pages of a long sheet.
fn page_links(query: &SheetQuery, base: &str, pages: usize) -> impl IntoView + use<> {
    let to = |page: usize, name: &'static str| {
        let href = SheetQuery { page, ..query.clone() }.link(base);
        (1..=pages).contains(&page).then(|| view! { <a href=href>{name}</a>" " })
    };
    let (before, after) = (to(query.page - 1, "Page before"), to(query.page + 1, "Next page"));
    (pages > 1).then(|| view! { <nav aria-label="Pages of the results"><p>{before}{after}</p></nav> })
}

/// The marks of all candidates together: no section is passed or failed by them.
fn of_everybody(sections: Vec<SectionResult>) -> Vec<SectionResult> {
    sections.into_iter().map(|section| SectionResult { pass_percent: None, ..section }).collect()
}
