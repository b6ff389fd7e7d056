use domain::organisations::{OrganisationPeople, PeopleFilters, PeopleSort, PersonRow, PersonState};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Loaded, Reply},
    },
    organisations::{
        api::load_people,
        parts::{Head, use_slug},
    },
};

const WORDS: Words =
    Words { one: "member", none: "Nobody among the", searched: "Name, e-mail address or student number" };

/// `/organisation/{slug}/people`: who belongs to the organisation.
#[component]
pub fn People() -> impl IntoView {
    let (slug, asked) = (use_slug(), asked());
    let people = PageData::new(
        move || (slug(), asked()),
        |(slug, asked)| async move { load_people(slug, asked.clone()).await.map(|page| (asked, page)) },
    );
    view! { <Loaded resource=people page=|(asked, page)| view! { <PeopleView asked page /> } /> }
}

#[component]
fn PeopleView(asked: String, page: OrganisationPeople) -> impl IntoView {
    let base = format!("/organisation/{}/people", page.head.slug);
    let add = format!("{base}/new");
    let upload = format!("/organisation/{}/uploads#file", page.head.slug);
    let list = Shown::<PeopleSort, PeopleFilters>::new(base.clone(), WORDS, &asked);
    let empty = page.people.in_all == 0;
    view! {
        <Head head=page.head.clone() heading="People" reply=Reply::to(&[]) />
        <p class="on-screen"><a href=upload>"Upload a file of people"</a>" or "<a href=add>"add one person by hand"</a>"."</p>
        {if empty {
            view! { <p>"Nobody belongs to this organisation yet. Upload a file with their names and e-mail addresses: each gets a mail in which they agree."</p> }.into_any()
        } else {
            view! { <PeopleTable list page /> }.into_any()
        }}
    }
}

#[component]
fn PeopleTable(list: Shown<PeopleSort, PeopleFilters>, page: OrganisationPeople) -> impl IntoView {
    let (form, found, pages) = (list.form(), list.found(&page.people), list.pages(&page.people));
    let files = list.downloads(&list.base, &page.people);
    let rows = page.people.rows;
    view! {
        {form}
        {found}
        {(!rows.is_empty()).then(|| view! {
            <div class="table-frame" role="region" aria-label="People" tabindex="0">
                <table class="members">
                    <caption class="visually-hidden">"People of the organisation"</caption>
                    <thead>
                        <tr>
                            {list.head(PeopleSort::Name, "Person", "")}
                            {list.head(PeopleSort::Number, "Student number", "")}
                            {list.head(PeopleSort::Team, "Team", "")}
                            {list.head(PeopleSort::Area, "Area", "")}
                            <th scope="col">"Cohort"</th>
                            <th scope="col">"State"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        })}
        {pages}
        {files}
    }
}

fn row(person: PersonRow) -> AnyView {
    let class = match person.state {
        PersonState::Active => "tag tag-completed",
        PersonState::Pending => "tag tag-in-progress",
        PersonState::Withdrawn => "tag",
    };
    let mail = person.mail.as_deref().and_then(|mail| match mail {
        "queued" => Some("The mail is on its way"),
        "sent" => Some("The mail was sent"),
        "bounced" => Some("The mail came back: check the address"),
        "failed" => Some("The mail could not be sent"),
        _ => None,
    });
    view! {
        <tr>
            <th scope="row">{person.name}<span class="hint">{person.email}</span></th>
            <td>{person.student_number}</td>
            <td>{person.team}</td>
            <td>{person.area}</td>
            <td>{person.cohorts}</td>
            <td><span class=class>{person.state.label()}</span>{mail.map(|mail| view! { <span class="hint">{mail}</span> })}</td>
        </tr>
    }
    .into_any()
}
