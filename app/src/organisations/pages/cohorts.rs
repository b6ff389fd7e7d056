use domain::{
    count,
    organisations::{CohortLine, CourseChoice, OrganisationCohorts},
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    kit::{
        api::PageData,
        ui::{Loaded, PostForm, Reply, SelectField, TextField},
    },
    organisations::{
        api::{MakeCohort, load_organisation_cohorts},
        parts::{Head, use_slug},
    },
};

/// `/organisation/{slug}/cohorts`: its cohorts, and the form for a new one.
#[component]
pub fn Cohorts() -> impl IntoView {
    let page = PageData::new(use_slug(), load_organisation_cohorts);
    view! { <Loaded resource=page page=|page| view! { <CohortsView page /> } /> }
}

#[component]
fn CohortsView(page: OrganisationCohorts) -> impl IntoView {
    let reply = Reply::to(&[MakeCohort::PATH]);
    let OrganisationCohorts { head, cohorts, all, courses, .. } = page;
    let shown = u32::try_from(cohorts.len()).unwrap_or(u32::MAX);
    let slug = head.slug.clone();
    let base = format!("/organisation/{slug}/cohorts");
    view! {
        <Head head heading="Cohorts" reply />
        {if cohorts.is_empty() {
            view! { <p>"There is no cohort yet. Make the first one below, then upload its students."</p> }.into_any()
        } else {
            view! {
                <p>{if shown < all { format!("The newest {shown} of {}", count(all, "cohort")) } else { count(all, "cohort") }}</p>
                <div class="table-frame" role="region" aria-label="Cohorts" tabindex="0">
                    <table class="cohorts">
                        <caption class="visually-hidden">"Cohorts of the organisation"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Cohort"</th><th scope="col">"Days of the course"</th><th scope="col">"Access"</th>
                                <th scope="col">"Students"</th><th scope="col">"Tutors"</th>
                            </tr>
                        </thead>
                        <tbody>{cohorts.into_iter().map(|cohort| row(&base, cohort)).collect_view()}</tbody>
                    </table>
                </div>
            }.into_any()
        }}
        <NewCohort slug courses reply />
    }
}

fn row(base: &str, cohort: CohortLine) -> AnyView {
    view! {
        <tr>
            <th scope="row">
                <a href=format!("{base}/{}", cohort.id)>{cohort.name}</a>
                <span class="hint">{cohort.course}</span>
            </th>
            <td>{days(cohort.starts_on, cohort.ends_on)}</td>
            <td>{days(cohort.access_from, cohort.access_until)}</td>
            <td class="number">{cohort.students}</td>
            <td class="number">{cohort.tutors}</td>
        </tr>
    }
    .into_any()
}

/// "1 September 2026 to 30 June 2027".
pub fn days(first: Option<String>, last: Option<String>) -> String {
    match (first, last) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        (Some(first), None) => format!("From {first}"),
        (None, Some(last)) => format!("Until {last}"),
        (None, None) => "Not set".to_owned(),
    }
}

#[component]
fn NewCohort(slug: String, courses: Vec<CourseChoice>, reply: Reply) -> impl IntoView {
    let chosen = reply.typed("course", "");
    let day = move |id: &'static str, label: &'static str| {
        view! { <TextField id label kind="date" value=reply.typed(id, "") problem=reply.problem(id) /> }
    };
    view! {
        <section class="narrow" aria-labelledby="new-title">
            <h2 id="new-title">"Make a cohort"</h2>
            <PostForm to=MakeCohort::PATH>
                <input type="hidden" name="organisation" value=slug />
                <TextField id="name" label="Name" hint="As your uploads name it, for example: Independent prescribing, September 2026"
                    value=reply.typed("name", "") problem=reply.problem("name") />
                <SelectField id="course" label="Course" problem=reply.problem("course")>
                    <option value="">"Choose a course"</option>
                    {courses.into_iter().map(|course| {
                        let selected = course.slug == chosen;
                        view! { <option value=course.slug selected=selected>{course.title}</option> }
                    }).collect_view()}
                </SelectField>
                {day("starts_on", "First day of the course (optional)")}
                {day("ends_on", "Last day of the course (optional)")}
                {day("access_from", "First day of access (optional)")}
                {day("access_until", "Last day of access (optional)")}
                <button type="submit" class="button">"Make the cohort"</button>
            </PostForm>
        </section>
    }
}
