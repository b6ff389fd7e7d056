//! The directory of an area: search, filters, order.

use domain::zone::directory::{DirectoryPage, DirectoryQuery, DirectoryRow, Layout};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        list::{FOUND, Words, asked, pages},
        live::StillCurrent,
        ui::{Loaded, Reply},
    },
    zone::{
        api::directory::load_directory,
        parts::{Head, found, keep_area_current, no_numbers, search_form, use_area},
    },
};

const WORDS: Words =
    Words { one: "member", none: "Nobody among the", searched: "Name, role, interest or place" };

/// `/zone/{area}/directory`: the members, and the search for them.
#[component]
pub fn Directory() -> impl IntoView {
    let (area, asked) = (use_area(), asked());
    let members = PageData::new(
        move || (area(), asked()),
        |(area, asked)| async move { load_directory(area, asked.clone()).await.map(|page| (asked, page)) },
    );
    view! { <Loaded resource=members page=|(asked, page)| view! { <DirectoryView asked page /> } /> }
}

#[component]
fn DirectoryView(asked: String, page: DirectoryPage) -> impl IntoView {
    let query = DirectoryQuery::read(&asked);
    let (area, base) = (format!("/zone/{}", page.head.slug), format!("/zone/{}/directory", page.head.slug));
    let form = search_form(&query, page.values.clone(), no_numbers(&query, &page), &base);
    let (head, id, slug) = (page.head.clone(), page.id, page.head.slug.clone());
    let shown = RwSignal::new(page);
    let take = move |now: DirectoryPage| {
        if shown.with_untracked(|shown| *shown != now) {
            shown.set(now);
        }
    };
    let connection = keep_area_current(id, move || load_directory(slug.clone(), asked.clone()), take);
    view! {
        <Head head heading="Directory" reply=Reply::to(&[]) />
        <p class="hint">"Misspelt names are found too, in any order of their words. What members leave blank does not show."</p>
        {form}
        {move || members(&query, shown.get(), &area, &base)}
        {connection.map(|connection| view! { <StillCurrent connection /> })}
    }
}

/// Who is found, and the way to more.
fn members(query: &DirectoryQuery, page: DirectoryPage, area: &str, base: &str) -> AnyView {
    let found = found(query, &page, base);
    let link = |list| query.with(list).link(base);
    let first = (query.list.after.is_some() && !page.anew).then(|| link(query.list.first()));
    let pages = pages(WORDS, first, page.next.clone().map(|next| link(query.list.next(next))));
    let (other, words) = match query.layout {
        Layout::Cards => (Layout::Table, "Show as a table"),
        Layout::Table => (Layout::Cards, "Show as cards"),
    };
    let other = format!("{}#{FOUND}", query.drawn_as(other).link(base));
    let rows = page.rows;
    let members = match query.layout {
        _ if rows.is_empty() => ().into_any(),
        Layout::Cards => cards(area, rows),
        Layout::Table => table(area, rows),
    };
    view! {
        {found}
        <p class="on-screen"><a href=other>{words}</a></p>
        {members}
        {pages}
    }
    .into_any()
}

fn cards(area: &str, rows: Vec<DirectoryRow>) -> AnyView {
    let card = |row: DirectoryRow| {
        let href = format!("{area}/members/{}", row.member);
        let line = |text: Option<String>| text.map(|text| view! { <p>{text}</p> });
        let (work, place) = (work(&row), line(row.place));
        let interests = row.interests.map(|interests| view! { <p class="hint">{interests}</p> });
        view! { <li class="card"><h2><a href=href>{row.name}</a></h2>{line(work)}{place}{interests}</li> }
    };
    view! { <ul class="cards members">{rows.into_iter().map(card).collect_view()}</ul> }.into_any()
}

/// Role and area of work, in one line.
fn work(row: &DirectoryRow) -> Option<String> {
    let said: Vec<&str> = [&row.role, &row.work_area].into_iter().flatten().map(String::as_str).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn table(area: &str, rows: Vec<DirectoryRow>) -> AnyView {
    let row = |row: DirectoryRow| {
        let href = format!("{area}/members/{}", row.member);
        view! {
            <tr>
                <th scope="row"><a href=href>{row.name}</a></th>
                <td>{row.role}</td><td>{row.work_area}</td><td>{row.place}</td><td>{row.interests}</td>
            </tr>
        }
    };
    view! {
        <div class="table-frame" role="region" aria-label="Members" tabindex="0">
            <table>
                <caption class="visually-hidden">"Members"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Member"</th><th scope="col">"Role"</th><th scope="col">"Area of work"</th><th scope="col">"Place"</th><th scope="col">"Interests"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
