use domain::learning::MyCourses;
use leptos::prelude::*;

use crate::{
    kit::{
        ahead,
        api::PageData,
        ui::{Heading, Loaded, Title},
    },
    learning::{api::load_courses, parts::CourseOverview},
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
            view! {
                <div class="cards courses">
                    {page.courses.into_iter().map(|course| view! { <CourseOverview course about=true /> }).collect_view()}
                </div>
            }.into_any()
        }}
        <p><a href="/learn/record">"My CPD record"</a>": the modules that you have completed, with your reflections and certificates"</p>
        <p><a href="/offline">"Read without a network"</a>": keep your courses on a device of your own"</p>
    }
}
