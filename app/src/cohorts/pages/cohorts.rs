use domain::{
    cohorts::{CohortCard, CohortSort, MyCohorts},
    count,
};
use leptos::prelude::*;

use crate::{
    cohorts::api::load_cohorts,
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Heading, Loaded, Title},
    },
};

const WORDS: Words =
    Words { one: "cohort", none: "None of the", searched: "Name, university or employer, or course" };

/// `/cohorts`: the cohorts that the actor follows.
#[component]
pub fn Cohorts() -> impl IntoView {
    let cohorts =
        PageData::new(
            asked(),
            |asked| async move { load_cohorts(asked.clone()).await.map(|page| (asked, page)) },
        );
    view! { <Loaded resource=cohorts page=|(asked, page)| view! { <CohortsView asked page /> } /> }
}

#[component]
fn CohortsView(asked: String, page: MyCohorts) -> impl IntoView {
    view! {
        <Title text="Cohorts" />
        <Heading>"Cohorts"</Heading>
        {(!page.administered.is_empty()).then(|| view! {
            <h2>"What you administer"</h2>
            <ul class="link-list">
                {page.administered.iter().map(|of| view! { <li><a href=format!("/organisation/{}", of.slug)>{of.name.clone()}</a></li> }).collect_view()}
            </ul>
        })}
        {if page.cohorts.in_all == 0 && !page.administered.is_empty() {
            view! { <p>"There is no cohort yet. You can make one where you administer your organisation."</p> }.into_any()
        } else if page.cohorts.in_all == 0 {
            view! {
                <p>"You are not signed up to follow a cohort. Your university's lead for the course can ask us to sign you up; "
                "being a tutor alone does not show students' progress."</p>
            }.into_any()
        } else {
            view! { <CohortTable asked page /> }.into_any()
        }}
    }
}

#[component]
fn CohortTable(asked: String, page: MyCohorts) -> impl IntoView {
    let list = Shown::<CohortSort>::new("/cohorts".to_owned(), WORDS, &asked);
    let (found, pages) = (list.found(&page.cohorts), list.pages(&page.cohorts));
    let rows = page.cohorts.rows;
    view! {
        {list.form()}
        {found}
        {(!rows.is_empty()).then(|| view! {
            <div class="table-frame" role="region" aria-label="Cohorts" tabindex="0">
                <table class="cohorts">
                    <caption class="visually-hidden">"Cohorts that you follow"</caption>
                    <thead>
                        <tr>
                            {list.head(CohortSort::Name, "Cohort", "")}
                            {list.head(CohortSort::Students, "Students", "")}
                            {list.head(CohortSort::Completed, "Modules completed", "")}
                            <th scope="col">"Not seen for 14 days"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        })}
        {pages}
    }
}

fn row(cohort: CohortCard) -> impl IntoView {
    let address = format!("/cohorts/{}", cohort.id);
    let unseen = match cohort.unseen {
        0 => "Nobody".into_any(),
        unseen => view! { <a href=format!("{address}?attention=not-seen")>{count(unseen, "student")}</a> }
            .into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=address>{cohort.name}</a>
                <span class="hint">{cohort.organisation}", "{cohort.course}</span>
            </th>
            <td class="number">{cohort.students}</td>
            // Of nobody there is no share: a funder sees none.
            <td class="number">{(cohort.students > 0).then(|| format!("{}%", cohort.completed_percent))}</td>
            <td>{(cohort.students > 0).then_some(unseen)}</td>
        </tr>
    }
}
