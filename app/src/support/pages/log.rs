use domain::support::{AuditLog, AuditRow, LogShown, LogSort};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Breadcrumbs, Heading, Loaded, Time, Title},
    },
    support::api::load_log,
};

const WORDS: Words =
    Words { one: "event", none: "None of the", searched: "Name or e-mail address of who did it, or to whom" };

/// `/support/log`: the audit.
#[component]
pub fn Log() -> impl IntoView {
    let events =
        PageData::new(
            asked(),
            |asked| async move { load_log(asked.clone()).await.map(|page| (asked, page)) },
        );
    view! { <Loaded resource=events page=|(asked, page)| view! { <LogView asked page /> } /> }
}

#[component]
fn LogView(asked: String, page: AuditLog) -> impl IntoView {
    let list = Shown::<LogSort, LogShown>::new("/support/log".to_owned(), WORDS, &asked);
    let (form, found, pages) = (list.form(), list.found(&page.events), list.pages(&page.events));
    let files = list.downloads(&list.base, &page.events);
    let rows = page.events.rows;
    view! {
        <Title text="Audit log" />
        <Breadcrumbs steps=vec![("/support".to_owned(), "Support".to_owned())] />
        <Heading>"Audit log"</Heading>
        {form}
        {found}
        {(!rows.is_empty()).then(|| view! {
            <div class="table-frame" role="region" aria-label="Events" tabindex="0">
                <table>
                    <caption class="visually-hidden">"Events, newest first"</caption>
                    <thead>
                        <tr>
                            {list.head(LogSort, "Time (UK time)", "")}
                            <th scope="col">"Who"</th><th scope="col">"What"</th><th scope="col">"To whom"</th><th scope="col">"Reason"</th>
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

fn row(event: AuditRow) -> AnyView {
    let subject = match (event.subject, event.person) {
        (Some(name), Some(person)) => {
            let href = format!("/support/people/{person}");
            view! { <a href=href>{name}</a> }.into_any()
        }
        (name, _) => name.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><Time moment=event.at /></th>
            <td>{event.actor}</td>
            <td>{event.what}</td>
            <td>{subject}</td>
            <td>{event.reason}</td>
        </tr>
    }
    .into_any()
}
