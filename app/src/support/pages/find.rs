use domain::support::{FindPeople, FoundPerson, FoundSort, MOST_FOUND, words_to_find};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Heading, Loaded, Title},
    },
    support::api::search_people,
};

const WORDS: Words =
    Words { one: "person", none: "Nobody among", searched: "Name, e-mail address or student number" };

/// `/support`: the search for people.
#[component]
pub fn Find() -> impl IntoView {
    let people = PageData::new(asked(), |asked| async move {
        search_people(asked.clone()).await.map(|page| (asked, page))
    });
    view! { <Loaded resource=people page=|(asked, page)| view! { <FindView asked page /> } /> }
}

#[component]
fn FindView(asked: String, page: FindPeople) -> impl IntoView {
    let list = Shown::<FoundSort>::new("/support".to_owned(), WORDS, &asked);
    let searched = !list.query.search.trim().is_empty();
    let form = list.form();
    let found = match page.people.found {
        0 if words_to_find(&list.query.search).is_empty() => {
            "Type at least three letters, or a whole address or student number.".to_owned()
        }
        0 => "Nobody matches.".to_owned(),
        1 => "1 person matches.".to_owned(),
        found if found > MOST_FOUND => {
            format!("{found} people match. These are {MOST_FOUND} of them: narrow the search.")
        }
        found => format!("{found} people match."),
    };
    let rows = page.people.rows;
    let without_lead = page.without_lead;
    view! {
        <Title text="Support" />
        <Heading>"Support"</Heading>
        <p>"Find the person you help. To see more than their name and address, give a reason, which they can read in their account."</p>
        <p class="hint">"Type at least three letters of a name, in any order of its words, or of an e-mail address before its @; or a whole address or student number. Each search is recorded, without what you type."</p>
        {form}
        {searched.then(|| view! { <p role="status" id="found">{found}</p> })}
        {(!rows.is_empty()).then(|| view! {
            <div class="table-frame" role="region" aria-label="People" tabindex="0">
                <table>
                    <caption class="visually-hidden">"People who match"</caption>
                    <thead>
                        <tr>
                            {list.head(FoundSort::Name, "Person", "")}
                            {list.head(FoundSort::Email, "E-mail address", "")}
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        })}
        {(!without_lead.is_empty()).then(|| view! {
            <h2 id="without-lead">"Areas of NMP Zone without a lead"</h2>
            <p>"Nobody decides there who joins, and nobody reads what members report. Find somebody who belongs to the area or has applied to it, and appoint them on their page."</p>
            <ul class="plain-list">{without_lead.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
        })}
        <p><a href="/support/log">"The audit log"</a></p>
        <p><a href="/support/feedback">"What learners write at the end of a course"</a></p>
    }
}

fn row(found: FoundPerson) -> AnyView {
    let href = format!("/support/people/{}", found.person);
    view! { <tr><th scope="row"><a href=href>{found.name}</a></th><td>{found.email}</td></tr> }.into_any()
}
