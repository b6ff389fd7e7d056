use domain::learning::{CourseCard, MyCourses};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    learning::api::load_courses,
    ui::{Loaded, Time},
};

/// `/learn`.
#[component]
pub fn Courses() -> impl IntoView {
    let courses = Resource::new(|| (), |()| load_courses());
    view! { <Loaded resource=courses page=|page: MyCourses| view! { <CoursesView page /> } /> }
}

#[component]
fn CoursesView(page: MyCourses) -> impl IntoView {
    view! {
        <Title text="My courses" />
        <h1>"My courses"</h1>
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
    view! {
        <section class="card">
            <h2><a href=format!("/learn/{}", course.slug)>{course.title}</a></h2>
            <p>{course.summary}</p>
            <p><strong>{format!("{} of {} modules completed", course.completed, course.modules)}</strong></p>
            {course.last_seen.map(|moment| view! { <p class="hint">"Last here "<Time moment /></p> })}
        </section>
    }
}
