use domain::cohorts::{CohortPage, CohortQuery, SortBy};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    cohorts::{api::load_cohort, parts::Students},
    kit::{
        api::PageData,
        ui::{Breadcrumbs, Heading, Loaded, SearchForm, Title},
    },
};

/// `/cohorts/{cohort}`: students by modules. What is asked for stands in the address, so that it can be kept and works
/// without scripts.
#[component]
pub fn Cohort() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        let query = query.read();
        CohortQuery {
            search: query.get("search").unwrap_or_default(),
            sort: SortBy::parse(&query.get("sort").unwrap_or_default()),
            descending: query.get("order").as_deref() == Some("down"),
            after: query.get("after"),
        }
    };
    let cohort = PageData::new(
        move || (params.read().get("cohort").unwrap_or_default(), asked()),
        |(cohort, query)| async move { load_cohort(cohort, query.clone()).await.map(|page| (query, page)) },
    );
    view! { <Loaded resource=cohort page=|(query, page)| view! { <CohortView query page /> } /> }
}

#[component]
fn CohortView(query: CohortQuery, page: CohortPage) -> impl IntoView {
    let base = format!("/cohorts/{}", page.id);
    let empty = page.in_all == 0;
    let name = page.name.clone();
    view! {
        <Title text=page.name.clone() />
        <Breadcrumbs steps=vec![("/cohorts".to_owned(), "Cohorts".to_owned())] />
        <p class="over">{page.organisation.clone()}</p>
        <Heading>{name}</Heading>
        <p class="lede">{page.course.clone()}</p>
        {if empty {
            view! { <p>"Nobody is in this cohort yet. Its students appear here as soon as the university has sent their names."</p> }.into_any()
        } else {
            view! {
                <SearchForm action=base.clone() label="Name or e-mail address" search=query.search.clone()>
                    <input type="hidden" name="sort" value=query.sort.as_str() />
                    <input type="hidden" name="order" value=if query.descending { "down" } else { "up" } />
                </SearchForm>
                <Students base query page />
            }.into_any()
        }}
    }
}
