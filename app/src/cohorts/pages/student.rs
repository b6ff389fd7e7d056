use domain::cohorts::{CohortStudent, NOT_HERE, StudentModule, StudentNote, Try};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    cohorts::{
        api::{RemoveNote, WriteNote, load_cohort_student},
        parts::Head,
    },
    kit::{
        api::PageData,
        ui::{Ago, Done, Loaded, PostForm, Reply, ShortTime, StatusTag, TextArea, Time},
    },
    learning::face,
};

/// `/cohorts/{cohort}/students/{person}`: what one student has done, and the notes of the tutors.
#[component]
pub fn Student() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let page = PageData::new(
        move || {
            let params = params.read();
            let part = |name: &str| params.get(name).unwrap_or_default();
            (part("cohort"), part("person"), query.read().get("done").unwrap_or_default())
        },
        |(cohort, person, done)| async move { load_cohort_student(cohort, person).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <StudentView done page /> } /> }
}

#[component]
fn StudentView(done: String, page: CohortStudent) -> impl IntoView {
    let reply = Reply::to(&[WriteNote::PATH, RemoveNote::PATH]);
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_str() {
        "written" if !page.notes.is_empty() => Some("The note is kept.".to_owned()),
        "removed" => Some("The note is removed.".to_owned()),
        _ => None,
    };
    let completed = page.completed();
    let statuses: Vec<_> = page.statuses().collect();
    let words = format!("{completed} of {} modules completed", statuses.len());
    let group: Vec<_> = [page.team.clone(), page.area.clone()].into_iter().flatten().collect();
    let notes = notes(&page, reply);
    let CohortStudent {
        cohort,
        cohort_name,
        organisation,
        name,
        email,
        since,
        last_seen,
        seen_days_ago,
        modules,
        at,
        ..
    } = page;
    view! {
        <Head cohort name=cohort_name organisation heading=name reply />
        <Done reply text=done />
        <div class="student-head">
            <dl class="summary-list">
                <div><dt>"E-mail address"</dt><dd>{email}</dd></div>
                {(!group.is_empty()).then(|| view! { <div><dt>"Team and area"</dt><dd>{group.join(", ")}</dd></div> })}
                <div><dt>"On the course since"</dt><dd><Time moment=since /></dd></div>
                <div><dt>"Last seen"</dt><dd>{match last_seen {
                    Some(moment) => view! { <Time moment=moment.clone() />" ("<Ago moment days=seen_days_ago />")" }.into_any(),
                    None => "Has not opened a page yet".into_any(),
                }}</dd></div>
                <div><dt>"Progress"</dt><dd>{words}</dd></div>
            </dl>
            <div class="wheel of-student">{face("Progress".to_owned(), statuses, None)}</div>
        </div>
        <p class="on-screen">"To print this page for a tutorial, choose Print in your browser. The notes are not printed."</p>
        <p class="part">"As of "<Time moment=at /></p>
        <h2>"Modules"</h2>
        {timeline(modules)}
        <p class="hint">"Results of papers are not shown here: those who set a paper see them. The student reads in their account that tutors see this page."</p>
        {notes}
    }
}

fn timeline(modules: Vec<StudentModule>) -> AnyView {
    if modules.is_empty() {
        return view! { <p>"The course has no modules yet."</p> }.into_any();
    }
    let dated = modules.iter().any(|module| module.due.is_some());
    let rows = modules.into_iter().map(|module| row(module, dated)).collect_view();
    view! {
        <div class="table-frame" role="region" aria-label="Modules of the student" tabindex="0">
            <table class="timeline">
                <caption class="visually-hidden">"Modules, in the order of the course"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Module"</th><th scope="col">"State"</th><th scope="col">"First opened"</th><th scope="col">"Completed"</th>
                        {dated.then(|| view! { <th scope="col">"Target date"</th> })}
                        <th scope="col">"Tries at the check"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(module: StudentModule, dated: bool) -> AnyView {
    let StudentModule { title, status, first_opened, completed, due, late, tries, older_tries } = module;
    let state = match status {
        Some(status) => view! { <StatusTag status /> }.into_any(),
        None => NOT_HERE.into_any(),
    };
    let date = dated.then(|| {
        let over = late.then(|| view! { " "<span class="tag tag-wrong">"Not completed in time"</span> });
        view! { <td>{due}{over}</td> }
    });
    let older = match older_tries {
        0 => None,
        1 => Some("After 1 older try".to_owned()),
        older => Some(format!("After {older} older tries")),
    };
    let older = older.map(|older| view! { <p class="hint">{older}</p> });
    let none = tries.is_empty();
    let tries = tries.into_iter().map(tried).collect_view();
    view! {
        <tr>
            <th scope="row">{title}</th>
            <td>{state}</td>
            <td>{first_opened.map(|moment| view! { <ShortTime moment /> })}</td>
            <td>{completed.map(|moment| view! { <ShortTime moment /> })}</td>
            {date}
            <td>{if none { "None".into_any() } else { view! { {older}<ol class="tries">{tries}</ol> }.into_any() }}</td>
        </tr>
    }
    .into_any()
}

fn tried(tried: Try) -> impl IntoView {
    let passed = if tried.passed { "passed" } else { "not passed" };
    view! { <li>{format!("{} of {}, {passed}, ", tried.right, tried.of)}<ShortTime moment=tried.at /></li> }
}

fn notes(page: &CohortStudent, reply: Reply) -> AnyView {
    let (cohort, person, form) = (page.cohort.to_string(), page.person.to_string(), page.form.to_string());
    let shown = u32::try_from(page.notes.len()).unwrap_or(u32::MAX);
    let newest = (shown < page.all_notes).then(|| format!("The newest {shown} of {}.", page.all_notes));
    let hint = format!(
        "The other tutors of this cohort and the administrators of {} read it, and no one else. It belongs to the student's data: a copy of their data, for which they can ask at any time, contains it.",
        page.organisation
    );
    let list = page.notes.iter().cloned().map(|note| item(note, &cohort, &person)).collect_view();
    let none = page.notes.is_empty();
    view! {
        <section class="narrow on-screen" aria-labelledby="notes-title">
            <h2 id="notes-title">"Notes of the tutors"</h2>
            {newest.map(|newest| view! { <p>{newest}</p> })}
            {if none {
                view! { <p>"There is no note yet."</p> }.into_any()
            } else {
                view! { <ul class="notes">{list}</ul> }.into_any()
            }}
            <PostForm to=WriteNote::PATH>
                <input type="hidden" name="cohort" value=cohort.clone() />
                <input type="hidden" name="person" value=person.clone() />
                <input type="hidden" name="form" value=form />
                <TextArea id="note" label="New note" hint value=reply.of(&[WriteNote::PATH]).typed("note", "") rows=4
                    problem=reply.problem("note") />
                <button type="submit" class="button">"Keep the note"</button>
            </PostForm>
        </section>
    }
    .into_any()
}

fn item(note: StudentNote, cohort: &str, person: &str) -> AnyView {
    let author = note.author.unwrap_or_else(|| "Somebody whose account is gone".to_owned());
    let when = note.at.london.clone();
    let (cohort, person, id) = (cohort.to_owned(), person.to_owned(), note.id.to_string());
    let remove = note.own.then(|| {
        view! {
            <details>
                <summary>"Remove"<span class="visually-hidden">" your note of "{when}</span></summary>
                <PostForm to=RemoveNote::PATH>
                    <input type="hidden" name="cohort" value=cohort />
                    <input type="hidden" name="person" value=person />
                    <input type="hidden" name="written" value=id />
                    <p>"It is gone for all tutors, and cannot be brought back."</p>
                    <button type="submit" class="button secondary small">"Yes, remove it"</button>
                </PostForm>
            </details>
        }
    });
    view! {
        <li>
            <p class="as-noted">{note.text}</p>
            <p class="hint">{author}", "<Time moment=note.at /></p>
            {remove}
        </li>
    }
    .into_any()
}
