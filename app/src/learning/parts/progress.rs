use domain::learning::{CourseProgress, ProgressNews};
use leptos::prelude::*;

use crate::{
<<<<<<< HEAD
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
=======
    learning::api::{load_course, load_progress},
    live::{News, keep_current},
};

/// How far the learner is, kept as it is now. What came is small, and without the titles that are shown already.
pub fn keep_progress(progress: CourseProgress) -> RwSignal<CourseProgress> {
    let progress = RwSignal::new(progress);
    keep_progress_and(progress, String::new(), |_| ());
    progress
>>>>>>> live
}

/// The same, and gives what else has come. `module` where it is to be said how its check stands.
pub fn keep_progress_and(
    progress: RwSignal<CourseProgress>,
    module: String,
    also: impl Fn(&ProgressNews) + 'static,
) {
    let course = progress.with_untracked(|progress| progress.course.clone());
    let ask = move || {
        let (course, module) = (course.clone(), module.clone());
        async move {
            let news = load_progress(course.clone(), module).await?;
            // Where the course is made otherwise by now, its titles are asked for too. The page may have gone meanwhile.
            let fits = progress.try_with_untracked(|progress| progress.fits(&news)).unwrap_or(true);
            let whole = if fits { None } else { Some(load_course(course).await?.progress) };
            Ok((news, whole))
        }
    };
    keep_current(News::OwnProgress, ask, move |(news, whole): (ProgressNews, Option<CourseProgress>)| {
        progress.update(|progress| match whole {
            Some(whole) => *progress = whole,
            None => progress.take_in(&news),
        });
        also(&news);
    });
}
