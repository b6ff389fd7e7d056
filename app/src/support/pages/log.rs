use domain::{
    kit::list::Page,
    support::{AuditLog, AuditRow, LogPeriod, LogShown, LogSort},
};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        list::{ANEW, Shown, Words, asked},
        ui::{Breadcrumbs, Heading, Loaded, ShortTime, Title},
    },
    support::api::load_log,
};

const WORDS: Words =
    Words { one: "event", none: "None of the", searched: "Name or e-mail address of either person" };

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
    let list = Shown::<LogSort, (LogShown, LogPeriod)>::new("/support/log".to_owned(), WORDS, &asked);
    // The audit is not counted.
    let AuditLog { events: rows, next, anew } = page;
    let pages = list.pages(&Page::<()> { rows: Vec::new(), found: 0, in_all: 0, next, anew });
    let first = list.query.first();
    let searched = !list.query.search.trim().is_empty();
    let [xlsx, csv] = ["xlsx", "csv"].map(|ending| first.link(&format!("{}.{ending}", list.base)));
    let print = if list.query.whole {
        view! { <a href=first.link(&list.base)>"Back to the list"</a> }.into_any()
    } else {
        view! { <a href=list.query.to_print().link(&list.base)>"Show more on one page, to print it"</a> }
            .into_any()
    };
    view! {
        <Title text="Audit log" />
        <Breadcrumbs steps=vec![("/support".to_owned(), "Support".to_owned())] />
        <Heading>"Audit log"</Heading>
        <p>"It names who acts as support. Everybody else is “A person”, until you give a reason for them: for an hour the log then names them, and a search finds them. Searches and downloads are in the log too."</p>
        {list.form()}
        {anew.then(|| view! { <p class="hint part">{ANEW}</p> })}
        {if rows.is_empty() {
            view! {
                <p role="status">
                    "No event matches."
                    {searched.then_some(" A search finds only who acts as support, and people for whom you gave a reason within the last hour.")}
                </p>
            }
            .into_any()
        } else {
            view! {
                <div class="table-frame" role="region" aria-label="Events" tabindex="0">
                    <table>
                        <caption class="visually-hidden">"Events, newest first"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Time (UK time)"</th><th scope="col">"Who"</th><th scope="col">"What"</th><th scope="col">"To whom"</th><th scope="col">"Reason"</th>
                            </tr>
                        </thead>
                        <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
                {pages}
                <div class="downloads on-screen">
                    <p>
                        <a href=xlsx rel="external">"Download as XLSX"</a>
                        <a href=csv rel="external">"as CSV"</a>
                        {print}
                    </p>
                    <p class="hint">"A file has at most 100,000 events."</p>
                </div>
            }.into_any()
        }}
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
            <th scope="row"><ShortTime moment=event.at /></th>
            <td>{event.actor}</td>
            <td>{event.what}</td>
            <td>{subject}</td>
            <td>{event.reason}</td>
        </tr>
    }
    .into_any()
}
