use domain::learning::CourseProgress;
use leptos::prelude::*;

/// The progress of the course that the page is about, as it is now: it changes with whatever happens, here, in another tab or
/// on another device. Every island of a page shares one signal and one event stream, made by the first that asks.
pub fn use_progress(initial: CourseProgress) -> RwSignal<CourseProgress> {
    #[cfg(feature = "hydrate")]
    {
        browser::shared(initial)
    }
    #[cfg(not(feature = "hydrate"))]
    {
        RwSignal::new(initial)
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::RefCell;

    use domain::learning::CourseProgress;
    use leptos::prelude::*;

    use crate::{api::keep_current, learning::api::load_progress};

    thread_local! {
        /// A page is about one course, and goes when the next is loaded.
        static SHARED: RefCell<Option<RwSignal<CourseProgress>>> = const { RefCell::new(None) };
    }

    pub(super) fn shared(initial: CourseProgress) -> RwSignal<CourseProgress> {
        if let Some(shared) = SHARED.with(|shared| *shared.borrow()) {
            return shared;
        }
        let course = initial.course.clone();
        let current = RwSignal::new(initial);
        SHARED.with(|shared| *shared.borrow_mut() = Some(current));
        keep_current(None, current, move || load_progress(course.clone()));
        current
    }
}
