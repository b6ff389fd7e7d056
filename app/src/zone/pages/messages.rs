use domain::zone::messages::{MessageRow, MessageSort, Messages as Page, MessagesShown, NamedMember};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        live::StillCurrent,
        ui::{Done, Loaded, Reply, Time},
    },
    zone::{
        api::messages::load_messages,
        parts::{
            BlockForm, CONTACT_FORMS, Head, ReportForm, UnblockForm, contact_done, keep_area_current,
            use_area,
        },
    },
};

const WORDS: Words = Words { one: "message", none: "None of the", searched: "Name, or words of the message" };

/// `/zone/{area}/messages`: the messages that the reader got and sent in the area.
#[component]
pub fn Messages() -> impl IntoView {
    let (area, asked, query) = (use_area(), asked(), use_query_map());
    let done = move || query.read().get("done").unwrap_or_default();
    let page = PageData::new(
        move || (area(), asked(), done()),
        |(area, asked, done)| async move {
            load_messages(area, asked.clone()).await.map(|page| (asked, done, page))
        },
    );
    view! { <Loaded resource=page page=|(asked, done, page)| view! { <MessagesView asked done page /> } /> }
}

#[component]
fn MessagesView(asked: String, done: String, page: Page) -> impl IntoView {
    let reply = Reply::to(&CONTACT_FORMS);
    let Page { head, id, messages, blocked } = page;
    let area = head.slug.clone();
    let list = Shown::<MessageSort, MessagesShown>::new(format!("/zone/{area}/messages"), WORDS, &asked);
    let directory = format!("/zone/{area}/directory");
    let empty = messages.in_all == 0;
    let (form, found, pages) = (list.form(), list.found(&messages), list.pages(&messages));
    let done = contact_done(&done, !blocked.is_empty()).map(str::to_owned);
    let (rows, blocked) = (RwSignal::new(messages.rows), RwSignal::new(blocked));
    let take = move |now: Page| {
        rows.set(now.messages.rows);
        blocked.set(now.blocked);
    };
    let slug = area.clone();
    let connection = keep_area_current(id, move || load_messages(slug.clone(), asked.clone()), take);
    let of_area = area.clone();
    let one = move |message: MessageRow| row(&of_area, message, reply);
    // A row is drawn anew when the other one has left, and stays otherwise, with what is typed in it.
    let rows = view! {
        <For each=move || rows.get() key=|row| (row.id, row.other.is_some()) children=one />
    };
    let body = if empty {
        view! { <p>"You have no messages in this area yet. "<a href=directory>"Find somebody in the directory"</a>", and write to them on their page."</p> }.into_any()
    } else {
        view! {
            {form}
            {found}
            <ul class="task-list">{rows}</ul>
            {pages}
        }
        .into_any()
    };
    view! {
        <Head head heading="Messages" reply />
        <Done reply text=done />
        <p>"Your messages with members of this area are here for a year. Nobody else reads them, unless the one who got a message reports it to the leads."</p>
        {body}
        {move || view! { <Blocked area=area.clone() blocked=blocked.get() /> }}
        {connection.map(|connection| view! { <StillCurrent connection /> })}
    }
}

fn row(area: &str, message: MessageRow, reply: Reply) -> AnyView {
    let MessageRow { id, received, other, text, at, shows_address, blocked, reported } = message;
    let area = area.to_owned();
    let name = other.as_ref().map_or_else(|| "a former member".to_owned(), |other| other.name.clone());
    let link = other.as_ref().map(|other| format!("/zone/{area}/members/{}", other.member));
    let (way, answer) = if received { ("From ", "Answer") } else { ("To ", "Write again") };
    let hint = match (received, shows_address) {
        (true, true) => Some("They let you see their e-mail address: it is in the mail that you got."),
        (false, true) => Some("You let them see your e-mail address."),
        _ => None,
    };
    let who = match &link {
        Some(href) => view! { <a href=href.clone()>{name.clone()}</a> }.into_any(),
        None => name.clone().into_any(),
    };
    let subject = format!("the message from {name}");
    let of_answer = name.clone();
    let (to_block, to_report) = (area.clone(), area);
    view! {
        <li>
            <div class="task-text">
                <p><strong>{way}{who}</strong>", "<Time moment=at /></p>
                <p class="as-noted">{text}</p>
                {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
                {(!blocked).then_some(link).flatten().map(|href| view! {
                    <p><a href=href>{answer}<span class="visually-hidden">" to "{of_answer}</span></a></p>
                })}
                {other.filter(|_| received && !blocked).map(|NamedMember { member, name }| view! { <BlockForm area=to_block member name at="messages" /> })}
                {(received && !reported).then(|| view! { <ReportForm area=to_report member=None message=Some(id) subject at="messages" reply /> })}
                {reported.then(|| view! { <p class="hint">"You have reported this message to the leads."</p> })}
            </div>
        </li>
    }
    .into_any()
}

/// The members whom the reader has blocked.
#[component]
fn Blocked(area: String, blocked: Vec<NamedMember>) -> impl IntoView {
    (!blocked.is_empty()).then(|| {
        let rows = blocked.into_iter().map(|NamedMember { member, name }| {
            let area = area.clone();
            view! { <li><p>{name.clone()}</p><UnblockForm area member name at="messages" /></li> }
        });
        view! {
            <section aria-labelledby="blocked-title">
                <h2 id="blocked-title">"Members whom you have blocked"</h2>
                <ul class="task-list">{rows.collect_view()}</ul>
            </section>
        }
    })
}
