use domain::cohorts::{CohortPage, CohortQuery, SortBy};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::use_live,
    cohorts::{
        api::load_cohort,
        parts::{Pages, StudentTable, link},
    },
    ui::{Breadcrumbs, Loaded},
};

/// `/cohorts/{cohort}`: students by modules, live. What is asked for stands in the address, so that it can be kept and works
/// without scripts.
#[component]
pub fn Cohort() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let live = use_live(params.with_untracked(|params| params.get("cohort")));
    let asked = move || {
        let query = query.read();
        CohortQuery {
            search: query.get("search").unwrap_or_default(),
            sort: SortBy::parse(&query.get("sort").unwrap_or_default()),
            descending: query.get("order").as_deref() == Some("down"),
            after: query.get("after"),
        }
    };
    let cohort = Resource::new(
        move || (params.read().get("cohort").unwrap_or_default(), asked(), live.get()),
        |(cohort, query, _)| async move { load_cohort(cohort, query.clone()).await.map(|page| (query, page)) },
    );
    view! { <Loaded resource=cohort page=|(query, page)| view! { <CohortView query page /> } /> }
}

#[component]
fn CohortView(query: CohortQuery, page: CohortPage) -> impl IntoView {
    let base = format!("/cohorts/{}", page.id);
    let found = match (query.search.trim(), page.found) {
        ("", _) => format!("{} students", page.in_all),
        (search, 0) => format!("Nobody among the {} students matches “{search}”.", page.in_all),
        (search, found) => format!("{found} of {} students match “{search}”.", page.in_all),
    };
    let empty = page.in_all == 0;
    let searched = !query.search.trim().is_empty();
    view! {
        <Title text=page.name.clone() />
        <Breadcrumbs steps=vec![("/cohorts".to_owned(), "Cohorts".to_owned())] />
        <p class="over">{page.organisation.clone()}</p>
        <h1>{page.name.clone()}</h1>
        <p class="lede">{page.course.clone()}</p>
        {if empty {
            view! { <p>"Nobody is in this cohort yet. Its students appear here as soon as the university has sent their names."</p> }.into_any()
        } else {
            view! {
                <form method="get" action=base.clone() class="search" role="search">
                    <input type="hidden" name="sort" value=query.sort.as_str() />
                    <input type="hidden" name="order" value=if query.descending { "down" } else { "up" } />
                    <label for="search">"Name or e-mail address"</label>
                    <div class="with-button">
                        <input id="search" name="search" type="search" value=query.search.clone() />
                        <button type="submit" class="button secondary small">"Search"</button>
                    </div>
                </form>
                <p role="status">{found}
                    {searched.then(|| {
                        let all = CohortQuery { search: String::new(), after: None, ..query.clone() };
                        view! { " "<a href=link(&base, &all)>"Show all"</a> }
                    })}
                </p>
                {(page.found > 0).then(|| view! {
                    <StudentTable base=base.clone() query=query.clone() page=page.clone() />
                    <Pages base query next=page.next />
                })}
            }.into_any()
        }}
    }
}
