use domain::learning::{CoursePage, CourseProgress};
use leptos::prelude::*;

use crate::{
    learning::api::load_course,
    live::{News, Way, keep_current},
};

/// How far the learner is, kept as it is now, on a page that shows nothing else of what changes. It asks for the course, because asking
/// for a page to read says that it was opened.
pub fn keep_progress(progress: CourseProgress) -> (RwSignal<CourseProgress>, RwSignal<Way>) {
    let course = progress.course.clone();
    let progress = RwSignal::new(progress);
    let way = keep_current(
        News::Own,
        move || load_course(course.clone()),
        move |now: CoursePage| progress.set(now.progress),
    );
    (progress, way)
}
