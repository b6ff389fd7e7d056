use domain::assessment::authoring::{MyOrganisations, OfKind, OrganisationRow, OrganisationSort};
use leptos::prelude::*;

use crate::{
    assessment::authoring::{api::load_organisations, parts::OrganisationHead},
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Loaded, Reply},
    },
};

type OrganisationList = Shown<OrganisationSort, OfKind>;

const WORDS: Words = Words { one: "organisation", none: "None of the", searched: "Name of the organisation" };

/// `/assessments/organisations`: the organisations in which somebody sets papers. Support chooses one of all.
#[component]
pub fn Organisations() -> impl IntoView {
    let asked = asked();
    let page = PageData::new(asked, |asked| async move {
        load_organisations(asked.clone()).await.map(|page| (asked, page))
    });
    view! { <Loaded resource=page page=|(asked, page)| view! { <OrganisationsView asked page /> } /> }
}

#[component]
fn OrganisationsView(asked: String, page: MyOrganisations) -> impl IntoView {
    let list = OrganisationList::new("/assessments/organisations".to_owned(), WORDS, &asked);
    let page = page.organisations;
    let (form, found, pages) = (list.form(), list.found(&page), list.pages(&page));
    let rows = page.rows;
    view! {
        <OrganisationHead heading="Organisations" reply=Reply::to(&[]) />
        {if page.in_all == 0 {
            view! { <p>"There are no organisations yet."</p> }.into_any()
        } else {
            view! {
                {form}
                {found}
                {(!rows.is_empty()).then(|| view! { <OrganisationTable list rows /> })}
                {pages}
            }
            .into_any()
        }}
    }
}

#[component]
fn OrganisationTable(list: OrganisationList, rows: Vec<OrganisationRow>) -> impl IntoView {
    let row = |OrganisationRow { id, name, kind }: OrganisationRow| {
        let of = || view! { <span class="visually-hidden">" of "{name.clone()}</span> };
        view! {
            <tr>
                <th scope="row">{name.clone()}</th>
                <td>{kind.label()}</td>
                <td><a href=format!("/assessments/papers?organisation={id}#create")>"Create a paper"{of()}</a></td>
                <td><a href=format!("/assessments/questions/{id}")>"Question bank"{of()}</a></td>
                <td><a href=format!("/assessments/adjustments/{id}")>"Extra time"{of()}</a></td>
            </tr>
        }
    };
    view! {
        <div class="table-frame" role="region" aria-label="Organisations" tabindex="0">
            <table class="organisations">
                <caption class="visually-hidden">"Organisations"</caption>
                <thead>
                    <tr>
                        {list.head(OrganisationSort::Name, "Organisation", "")}
                        {list.head(OrganisationSort::Kind, "Kind", "")}
                        <th scope="col">"Papers"</th>
                        <th scope="col">"Questions"</th>
                        <th scope="col">"Extra time"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
