use domain::learning::{CourseCard, MyCourses, Status};
use leptos::prelude::*;

use crate::{
    kit::{
        ahead,
        api::PageData,
        ui::{Heading, Loaded, Time, Title},
    },
    learning::{api::load_courses, parts::ring},
};

/// `/learn`.
#[component]
pub fn Courses() -> impl IntoView {
    let courses = PageData::new(|| (), |()| ahead::taken("/learn", load_courses));
    view! { <Loaded resource=courses page=|page: MyCourses| view! { <CoursesView page /> } /> }
}

#[component]
fn CoursesView(page: MyCourses) -> impl IntoView {
    view! {
        <Title text="My courses" />
        <Heading>"My courses"</Heading>
        {if page.courses.is_empty() {
            view! {
                <p>"You are not on a course. If you expected to be, ask your university or employer which e-mail address they "
                "gave us: it must be the one that you signed in with."</p>
            }.into_any()
        } else {
            view! { <div class="cards">{page.courses.into_iter().map(card).collect_view()}</div> }.into_any()
        }}
    }
}

fn card(course: CourseCard) -> impl IntoView {
    let completed = course.modules.iter().filter(|status| **status == Status::Completed).count();
    let all = course.modules.len();
    let percent = (completed * 100).checked_div(all).unwrap_or(0);
    let words = format!("{completed} of {all} modules completed");
    view! {
        <section class="card with-wheel">
            <div>
                <h2><a href=format!("/learn/{}", course.leads_to)>{course.title.clone()}</a></h2>
                <p>{course.summary}</p>
                <p><strong>{words.clone()}</strong></p>
                {course.last_seen.map(|moment| view! { <p class="hint">"Last here "<Time moment /></p> })}
            </div>
            <div class="wheel" role="progressbar" aria-label=format!("Your progress in {}", course.title) aria-valuemin="0"
                aria-valuemax="100" aria-valuenow=percent aria-valuetext=words>
                <svg viewBox="0 0 100 100" width="96" height="96" aria-hidden="true" focusable="false">
                    {ring(course.modules)}
                    <text x="50" y="51" text-anchor="middle" dominant-baseline="middle">{format!("{percent}%")}</text>
                </svg>
            </div>
        </section>
    }
}
