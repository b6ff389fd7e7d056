use domain::learning::{CourseProgress, ProgressNews};
use leptos::prelude::*;

use crate::{
    kit::live::{ConnectionState, Refresh, keep_current},
    learning::api::{load_course, load_progress},
};

/// How far the learner is, kept as it is now. What came is small, and without the titles that are shown already.
pub fn keep_progress(progress: CourseProgress) -> (RwSignal<CourseProgress>, RwSignal<ConnectionState>) {
    let progress = RwSignal::new(progress);
    let connection = keep_progress_and(progress, String::new(), |_| ());
    (progress, connection)
}

/// The same, and gives what else has come. `module` where it is to be said how its check stands.
pub fn keep_progress_and(
    progress: RwSignal<CourseProgress>,
    module: String,
    also: impl Fn(&ProgressNews) + 'static,
) -> RwSignal<ConnectionState> {
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
    keep_current(Refresh::OwnProgress, ask, move |(news, whole): (ProgressNews, Option<CourseProgress>)| {
        progress.update(|progress| match whole {
            Some(whole) => *progress = whole,
            None => progress.take_in(&news),
        });
        also(&news);
    })
}
