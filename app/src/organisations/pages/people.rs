use domain::{
    accounts::{AccountState, MailState},
    organisations::{OrganisationPeople, PeopleFilters, PeopleSort, PersonRow},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Done, Loaded, PostForm, Reply},
    },
    organisations::{
        api::{EndMembership, ResendActivation, ResendAllActivations, load_people},
        parts::{Head, Names, use_slug},
    },
};

const WORDS: Words =
    Words { one: "member", none: "Nobody among the", searched: "Name, e-mail address or student number" };

/// `/organisation/{slug}/people`: who belongs to the organisation.
#[component]
pub fn People() -> impl IntoView {
    let (slug, asked, query) = (use_slug(), asked(), use_query_map());
    let done = move || query.read().get("done").unwrap_or_default();
    let people = PageData::new(
        move || (slug(), asked(), done()),
        |(slug, asked, done)| async move {
            load_people(slug, asked.clone()).await.map(|page| (asked, done, page))
        },
    );
    view! { <Loaded resource=people page=|(asked, done, page)| view! { <PeopleView asked done page /> } /> }
}

#[component]
fn PeopleView(asked: String, done: String, page: OrganisationPeople) -> impl IntoView {
    let reply = Reply::to(&[ResendActivation::PATH, ResendAllActivations::PATH, EndMembership::PATH]);
    let of = crate::kit::list::done_to();
    let gone = !of.is_empty() && page.people.rows.iter().all(|row| row.person.to_string() != of);
    let done = match done.as_str() {
        "resent" => Some("The mail is on its way again, unless they have answered, or got it often already."),
        "all-resent" => Some(
            "Everybody who has not answered gets the mail again, except those who got one within a day or want no reminders.",
        ),
        // Somebody may have added them again.
        "ended" if gone => Some("This person does not belong to your organisation any more."),
        _ => None,
    };
    let base = format!("/organisation/{}/people", page.head.slug);
    let add = format!("{base}/new");
    let sponsored = format!("/organisation/{}/sponsored", page.head.slug);
    let upload = format!("/organisation/{}/uploads#file", page.head.slug);
    let list = Shown::<PeopleSort, PeopleFilters>::new(base.clone(), WORDS, &asked);
    let empty = page.people.in_all == 0;
    view! {
        <Head head=page.head.clone() heading="People" reply />
        <Done reply text=done.map(str::to_owned) />
        <p class="on-screen"><a href=upload>"Upload a file of people"</a>" or "<a href=add>"add one person by hand"</a>". Learners who have an account of their own and name your organisation as paying for them are "<a href=sponsored>"on a page of their own"</a>"."</p>
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
    let slug = page.head.slug.clone();
    let pending = page.people.rows.iter().any(|person| person.invited.is_some());
    let rows = page.people.rows;
    let of_row = slug.clone();
    view! {
        <p class="hint on-screen">"A team, area or cohort is found by its whole name."</p>
        {form}
        <Names names=page.names />
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
                            <th scope="col">"Change"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(|person| row(&of_row, person)).collect_view()}</tbody>
                </table>
            </div>
        })}
        {pages}
        {pending.then(|| view! {
            <PostForm to=ResendAllActivations::PATH>
                <input type="hidden" name="organisation" value=slug />
                <button type="submit" class="button secondary" id="resend-all">"Send the mail again to everybody who has not answered"</button>
            </PostForm>
        })}
        {files}
    }
}

fn row(slug: &str, person: PersonRow) -> AnyView {
    let class = match person.state {
        AccountState::Active => "tag tag-completed",
        AccountState::Pending => "tag tag-in-progress",
        AccountState::Withdrawn => "tag",
    };
    let mail = person.mail.and_then(|mail| match mail {
        MailState::Bounced => Some("The mail came back: check the address"),
        MailState::Failed => Some("The mail could not be sent"),
        MailState::Queued | MailState::Sent => None,
    });
    let (of_again, named) = (slug.to_owned(), person.name.clone());
    let end = end(slug, &person);
    let again = person.invited.map(|invited| view! {
        <PostForm to=ResendActivation::PATH>
            <input type="hidden" name="organisation" value=of_again />
            <input type="hidden" name="person" value=invited.to_string() />
            <button type="submit" class="button secondary small" id=format!("resend-{invited}")>"Send again"<span class="visually-hidden">" to "{named}</span></button>
        </PostForm>
    });
    view! {
        <tr>
            <th scope="row">{person.name}<span class="hint">{person.email}</span></th>
            <td>{person.student_number}</td>
            <td>{person.team}</td>
            <td>{person.area}</td>
            <td>{person.cohorts}</td>
            <td><span class=class>{person.state.label()}</span>{mail.map(|mail| view! { <span class="hint">{mail}</span> })}{again}</td>
            <td>{end}</td>
        </tr>
    }
    .into_any()
}

/// Ends the membership, after what follows from it.
fn end(slug: &str, row: &PersonRow) -> AnyView {
    let (slug, name, person) = (slug.to_owned(), row.name.clone(), row.person.to_string());
    let follows = match row.state {
        AccountState::Pending => {
            "The mail that they got from you opens nothing any more, and what you gave us about them is removed. If you want them back, add them again."
        }
        AccountState::Active | AccountState::Withdrawn => {
            "They cannot open the courses that you give them, have no role in your organisation any more, and are told by mail if their account is open. You do not see their progress any more, unless you pay for them. Their account, and what they have completed, stay theirs. If you want them back, add them again: they are asked."
        }
    };
    view! {
        <details>
            <summary id=format!("end-{person}")>"End membership"<span class="visually-hidden">" of "{name}</span></summary>
            <p class="hint">{follows}</p>
            <PostForm to=EndMembership::PATH>
                <input type="hidden" name="organisation" value=slug />
                <input type="hidden" name="person" value=person />
                <button type="submit" class="button secondary small">"Yes, end it"</button>
            </PostForm>
        </details>
    }
    .into_any()
}
