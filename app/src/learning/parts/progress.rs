use domain::learning::{CourseProgress, ProgressNews};
use leptos::prelude::*;

use crate::{
    kit::live::{ConnectionState, Refresh, keep_current},
    learning::api::{load_course, load_progress},
};

/// The learner's progress, kept up to date. The reply is small, without the titles that are already shown.
pub fn keep_progress(progress: CourseProgress) -> (RwSignal<CourseProgress>, RwSignal<ConnectionState>) {
    let progress = RwSignal::new(progress);
    let connection = keep_progress_and(progress, String::new(), Box::new(|_: &ProgressNews| ()));
    (progress, connection)
}

/// The same, and passes on the rest of the reply. `module` if the result of its check is shown. Boxed, so that the code which asks is
/// compiled once and not for each page.
pub fn keep_progress_and(
    progress: RwSignal<CourseProgress>,
    module: String,
    also: Box<dyn Fn(&ProgressNews)>,
) -> RwSignal<ConnectionState> {
    let course = progress.with_untracked(|progress| progress.course.clone());
    let ask = move || {
        let (course, module) = (course.clone(), module.clone());
        async move {
            let news = load_progress(course.clone(), module).await?;
            // If the course has other pages by now, its titles are fetched too. The page may have gone meanwhile.
            let fits = progress.try_with_untracked(|progress| progress.fits(&news)).unwrap_or(true);
            let whole = if fits { None } else { Some(load_course(course).await?.progress) };
            Ok((news, whole))
        }
    };
    keep_current(Refresh::OwnProgress, ask, move |(news, whole): (ProgressNews, Option<CourseProgress>)| {
        progress.update(|progress| match whole {
            Some(whole) => progress.renew(whole),
            None => progress.take_in(&news),
        });
        also(&news);
    })
}
