use domain::{
    count,
    organisations::{CohortTutors, TutorRow},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::cohorts::days;
use crate::{
    kit::{
        api::PageData,
        ui::{Done, Loaded, PostForm, Reply, TextField, Time},
    },
    organisations::{
        api::{GiveTutor, TakeBackTutor, load_cohort_tutors},
        parts::{Head, use_slug},
    },
};

/// `/organisation/{slug}/cohorts/{cohort}`: who follows a cohort, by name and with the reason.
#[component]
pub fn Cohort() -> impl IntoView {
    let (slug, params, query) = (use_slug(), use_params_map(), use_query_map());
    let page = PageData::new(
        move || {
            let cohort = params.read().get("cohort").unwrap_or_default();
            (slug(), cohort, query.read().get("done").unwrap_or_default())
        },
        |(slug, cohort, done)| async move { load_cohort_tutors(slug, cohort).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <CohortView done page /> } /> }
}

#[component]
fn CohortView(done: String, page: CohortTutors) -> impl IntoView {
    let reply = Reply::to(&[GiveTutor::PATH, TakeBackTutor::PATH]);
    let of = crate::kit::list::done_to();
    let gone = !of.is_empty() && page.tutors.iter().all(|tutor| tutor.person != of);
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_str() {
        "given" if !page.tutors.is_empty() => Some("They are a tutor of this cohort now."),
        "taken-back" if gone => Some("They do not follow this cohort any more."),
        _ => None,
    };
    let CohortTutors { head, cohort, tutors } = page;
    let (slug, id) = (head.slug.clone(), cohort.id.to_string());
    let give = reply.of(&[GiveTutor::PATH]);
    let (own_slug, own_id) = (slug.clone(), id.clone());
    view! {
        <Head head heading=cohort.name.clone() below=("cohorts", "Cohorts") reply />
        <Done reply text=done.map(str::to_owned) />
        <dl class="summary-list">
            <div><dt>"Course"</dt><dd>{cohort.course}</dd></div>
            <div><dt>"Days of the course"</dt><dd>{days(cohort.starts_on, cohort.ends_on)}</dd></div>
            <div><dt>"Access"</dt><dd>{days(cohort.access_from, cohort.access_until)}</dd></div>
            <div><dt>"Students"</dt><dd>{count(cohort.students, "student")}</dd></div>
        </dl>
        <h2>"Tutors"</h2>
        {if tutors.is_empty() {
            view! { <p>"Nobody follows this cohort yet, except the administrators of the organisation. A tutor sees which modules its students have been into and completed."</p> }.into_any()
        } else {
            let rows = tutors.into_iter().map(move |tutor| tutor_row(tutor, &slug, &id, reply)).collect_view();
            view! {
                <div class="table-frame" role="region" aria-label="Tutors" tabindex="0">
                    <table class="tutors">
                        <caption class="visually-hidden">"Tutors of the cohort"</caption>
                        <thead><tr><th scope="col">"Tutor"</th><th scope="col">"Since (UK time)"</th><th scope="col">"Why"</th><th scope="col">"Change"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }.into_any()
        }}
        <section class="narrow" aria-labelledby="give-title">
            <h2 id="give-title">"Name a tutor"</h2>
            <PostForm to=GiveTutor::PATH>
                <input type="hidden" name="organisation" value=own_slug />
                <input type="hidden" name="cohort" value=own_id />
                <TextField id="email" label="E-mail address" kind="email" hint="Of a person of your organisation."
                    value=give.typed("email", "") problem=reply.problem("email") />
                <TextField id="reason" label="Why they follow it" hint="Kept with your name and the time."
                    value=give.typed("reason", "") problem=reply.problem("reason") />
                <button type="submit" class="button">"Make them a tutor"</button>
            </PostForm>
        </section>
    }
}

fn tutor_row(tutor: TutorRow, slug: &str, cohort: &str, reply: Reply) -> AnyView {
    let field = format!("reason-{}", tutor.person);
    let of_this = reply.of(&[TakeBackTutor::PATH]).typed("person", "") == tutor.person;
    let typed = if of_this { reply.of(&[TakeBackTutor::PATH]).typed("reason", "") } else { String::new() };
    let (slug, cohort) = (slug.to_owned(), cohort.to_owned());
    view! {
        <tr>
            <th scope="row">{tutor.name.clone()}<span class="hint">{tutor.email}</span></th>
            <td><Time moment=tutor.since />{tutor.by.map(|by| view! { <span class="hint">"by "{by}</span> })}</td>
            <td>{tutor.reason}</td>
            <td>
                <details open=of_this>
                    <summary>"Take back"<span class="visually-hidden">" from "{tutor.name}</span></summary>
                    <PostForm to=TakeBackTutor::PATH>
                        <input type="hidden" name="organisation" value=slug />
                        <input type="hidden" name="cohort" value=cohort />
                        <input type="hidden" name="person" value=tutor.person />
                        <TextField id=field.clone() name="reason" label="Why" value=typed problem=reply.problem(&field) />
                        <button type="submit" class="button secondary small">"Yes, take it back"</button>
                    </PostForm>
                </details>
            </td>
        </tr>
    }
    .into_any()
}
