use domain::{
    kit::live::Topic,
    organisations::{OrganisationReport, ReportCounts, ReportFilters, ReportRow, ReportSort},
};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        live::{Refresh, StillCurrent, keep_current},
        ui::{Loaded, Reply, ShortTime, StatusTag, Time},
    },
    organisations::{
        api::load_report,
        parts::{Head, Names, use_slug},
    },
};

/// A row is a person in a course.
type RecordList = Shown<ReportSort, ReportFilters>;

const WORDS: Words =
    Words { one: "record", none: "None of the", searched: "Name, e-mail address or student number" };

/// What an empty report says.
const NOBODY: &str = "Nobody is in a course that you give: you have given none yet, or what you gave was taken back. People appear here when they are in a cohort, or when a course is given to their team or to everyone.";

/// `/organisation/{slug}/reports`: who has completed what.
#[component]
pub fn Reports() -> impl IntoView {
    let (slug, asked) = (use_slug(), asked());
    let report = PageData::new(
        move || (slug(), asked()),
        |(slug, asked)| async move { load_report(slug, asked.clone()).await.map(|page| (asked, page)) },
    );
    view! { <Loaded resource=report page=|(asked, page)| view! { <ReportView asked page /> } /> }
}

#[component]
fn ReportView(asked: String, page: OrganisationReport) -> impl IntoView {
    let list = RecordList::new(format!("/organisation/{}/reports", page.head.slug), WORDS, &asked);
    let empty = page.rows.in_all == 0;
    view! {
        <Head head=page.head.clone() heading="Who has completed what" reply=Reply::to(&[]) />
        {if empty {
            view! { <p>{NOBODY}</p> }.into_any()
        } else {
            view! {
                <p class="lede">"A record for each person and each course that you give them, and for each course that learners for whom you pay follow by themselves."</p>
                <p class="hint on-screen">"A course, cohort, team or area is found by its whole name."</p>
                {list.form()}
                <Names names=page.names.clone() />
                <Records list asked page />
            }
            .into_any()
        }}
    }
}

/// The counts, the table and its pages, kept up to date: a module that somebody completes shows without a reload.
#[component]
fn Records(list: RecordList, asked: String, page: OrganisationReport) -> impl IntoView {
    let (organisation, slug) = (page.organisation, page.head.slug.clone());
    let shown = RwSignal::new(page);
    let connection = keep_current(
        Refresh::Of(Topic::Organisation(organisation)),
        move || load_report(slug.clone(), asked.clone()),
        move |now| shown.set(now),
    );
    view! {
        <div id="records">{move || found(&list, shown.get())}</div>
        <StillCurrent connection />
    }
}

/// This view holds no closures, so Leptos patches it when it is drawn again: the focus and the scroll position of the table stay.
fn found(list: &RecordList, page: OrganisationReport) -> AnyView {
    let (status, pages) = (list.found(&page.rows), list.pages(&page.rows));
    let files = list.downloads(&list.base, &page.rows);
    let table = (page.rows.found > 0).then(|| table(list, page.rows.rows));
    view! {
        {status}
        {page.at.map(|at| view! { <p class="part">"As of "<Time moment=at /></p> })}
        {counts(page.counts)}
        {table}
        {pages}
        {files}
    }
    .into_any()
}

fn counts(counts: ReportCounts) -> AnyView {
    view! {
        <dl class="counts">
            <div><dt>"Completed"</dt><dd>{counts.completed}</dd></div>
            <div><dt>"In progress"</dt><dd>{counts.in_progress}</dd></div>
            <div><dt>"Not yet started"</dt><dd>{counts.not_started}</dd></div>
        </dl>
    }
    .into_any()
}

fn table(list: &RecordList, rows: Vec<ReportRow>) -> AnyView {
    view! {
        <div class="table-frame" role="region" aria-label="Records" tabindex="0">
            <table class="members records">
                <caption class="visually-hidden">"People, their courses, and what they have completed"</caption>
                <thead>
                    <tr>
                        {list.head(ReportSort::Name, "Person", "")}
                        {list.head(ReportSort::Number, "Student number", "")}
                        {list.head(ReportSort::Course, "Course", "")}
                        {list.head(ReportSort::Completed, "Modules completed", "")}
                        {list.head(ReportSort::LastCompleted, "Last completed (UK time)", "")}
                        <th scope="col">"State"</th>
                        {list.head(ReportSort::Cohort, "Cohort", "")}
                        {list.head(ReportSort::Team, "Team", "")}
                        {list.head(ReportSort::Area, "Area", "")}
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(record: ReportRow) -> AnyView {
    view! {
        <tr>
            <th scope="row">{record.name}<span class="hint">{record.email}</span></th>
            <td>{record.student_number}</td>
            <td>{record.course}</td>
            <td class="number">{format!("{} of {}", record.completed, record.modules)}</td>
            <td>{match record.last_completed {
                Some(moment) => view! { <ShortTime moment /> }.into_any(),
                None => "None yet".into_any(),
            }}</td>
            <td><StatusTag status=record.status /></td>
            <td>{record.cohort}</td>
            <td>{record.team}</td>
            <td>{record.area}</td>
        </tr>
    }
    .into_any()
}
