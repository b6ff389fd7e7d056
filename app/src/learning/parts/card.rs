use domain::learning::CourseCard;
use leptos::prelude::*;

use super::wheel::face;
use crate::kit::ui::Time;

/// A course of the learner: its wheel, how far they are, and the button that leads on.
#[component]
pub fn CourseOverview(
    course: CourseCard,
    /// Says what the course is about, or why it is not open.
    #[prop(optional)]
    about: bool,
) -> impl IntoView {
    let words = course.completed().in_words();
    let all_done = !course.modules.is_empty() && course.completed().done == course.modules.len();
    let onward = course.onward();
    let due = course.due.into_iter().map(|said| view! { <li>{said}</li> });
    let due: Vec<_> = due.collect();
    let due = (!due.is_empty()).then(|| view! { <ul class="plain-list">{due}</ul> });
    // The button says what it does; the title says of which course.
    let titled = format!("course-{}", course.leads_to.replace('/', "-"));
    let described = titled.clone();
    let wheel = face(format!("Your progress in {}", course.title), course.modules, None);
    view! {
        <section class="card with-wheel">
            <div>
                <h2 id=titled><a href=format!("/learn/{}", course.leads_to)>{course.title}</a></h2>
                {about.then(|| view! { <p>{course.summary}</p> })}
                {course.go_on.map(|go_on| view! { <p><strong>{go_on.in_words()}</strong></p> })}
                {onward.map(|(href, label)| view! {
                    <p><a class="button" href=href aria-describedby=described>{label}</a></p>
                })}
                {due}
                {all_done.then(|| view! { <p><strong>"You have completed every module."</strong></p> })}
                <p class="hint">
                    {words}"."
                    {course.last_seen.map(|moment| view! { " Last here "<Time moment />"." })}
                </p>
            </div>
            <div class="wheel">{wheel}</div>
        </section>
    }
}
