use domain::{
    count,
    zone::messages::{Decides, NamedMember, ReportKind, ReportRow, Reports as Page},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        ui::{Done, Loaded, PostForm, Reply, TextArea, Time},
    },
    zone::{
        api::messages::{CloseReport, load_reports},
        parts::{Head, use_area},
    },
};

/// `/zone/{area}/reports`: what members have reported to the leads of the area, and nobody has closed.
#[component]
pub fn Reports() -> impl IntoView {
    let (area, query) = (use_area(), use_query_map());
    let done = move || query.read().get("done").unwrap_or_default();
    let page = PageData::new(
        move || (area(), done()),
        |(area, done)| async move { load_reports(area).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <ReportsView done page /> } /> }
}

#[component]
fn ReportsView(done: String, page: Page) -> impl IntoView {
    let reply = Reply::to(&[CloseReport::PATH]);
    let Page { head, reports, waiting } = page;
    let of = crate::kit::list::done_to();
    let closed = !of.is_empty() && reports.iter().all(|report| report.id.to_string() != of);
    let done = (done == "closed" && closed)
        .then_some("The report is closed. Who made it is told that it was looked at.");
    let (area, shown) = (head.slug.clone(), reports.len());
    let more = usize::try_from(waiting).is_ok_and(|waiting| waiting > shown);
    let body = if reports.is_empty() {
        view! { <p>"No report waits. When a member reports something, you get an e-mail."</p> }.into_any()
    } else {
        let cards = reports
            .into_iter()
            .map(|report| view! { <Report area=area.clone() report reply /> })
            .collect_view();
        view! {
            <p role="status">{count(waiting, "report")}". Worries about safety come first, then the oldest."{more.then_some(" The others follow when you have closed these.")}</p>
            {cards}
        }
        .into_any()
    };
    view! {
        <Head head heading="Reports" reply />
        <Done reply text=done.map(str::to_owned) />
        <p>"Only leads of this area read this. You read a message here because the one who got it reported it."</p>
        {body}
    }
}

/// A link to their page, or what stands for somebody who has left.
fn person(area: &str, member: Option<NamedMember>, otherwise: &'static str) -> AnyView {
    match member {
        Some(NamedMember { member, name }) => {
            view! { <a href=format!("/zone/{area}/members/{member}")>{name}</a> }.into_any()
        }
        None => otherwise.into_any(),
    }
}

#[component]
fn Report(area: String, report: ReportRow, reply: Reply) -> impl IntoView {
    let ReportRow { id, kind, at, by, of, words, message, decides } = report;
    let title = format!("report-{id}");
    let titled = title.clone();
    let (by, of) = (person(&area, by, "A member"), person(&area, of, "A former member"));
    let (safety, alone) = (kind == ReportKind::Safety, decides == Decides::ForWantOfAnother);
    view! {
        <section class="card narrow" aria-labelledby=titled>
            <h2 id=title>{kind.label()}</h2>
            {safety.then(|| view! { <p class="notice">"Look at this first. If somebody is in immediate danger, call 999."</p> })}
            <dl class="summary-list">
                <div><dt>"Reported by"</dt><dd>{by}", "<Time moment=at /></dd></div>
                <div><dt>"About"</dt><dd>{of}</dd></div>
                {words.map(|words| view! { <div><dt>"They say"</dt><dd class="as-noted">{words}</dd></div> })}
                {message.map(|(text, at)| view! { <div><dt>"The message"</dt><dd><p class="as-noted">{text}</p><p class="hint">"Sent on "<Time moment=at /></p></dd></div> })}
            </dl>
            {match decides {
                Decides::Another => view! { <p>"This report concerns you, so another lead decides about it."</p> }.into_any(),
                _ => view! { <Close area report=id.to_string() alone reply /> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Close(
    area: String,
    report: String,
    /// It concerns the reader, and there is nobody else.
    alone: bool,
    reply: Reply,
) -> impl IntoView {
    let field = format!("note-{report}");
    let problem = reply.problem(&field);
    let typed = if reply.typed("report", "") == report { reply.typed("note", "") } else { String::new() };
    view! {
        {alone.then(|| view! { <p class="notice">"This report concerns you, and no other lead can decide about it. Ask our support to look at it with you before you close it."</p> })}
        <PostForm to=CloseReport::PATH>
            <input type="hidden" name="area" value=area />
            <input type="hidden" name="report" value=report />
            <TextArea id=field name="note" label="What you have done" rows=3
                hint="For the leads. Who made the report is told only that it was looked at." value=typed problem />
            <button type="submit" class="button secondary">"Close the report"</button>
        </PostForm>
    }
}
