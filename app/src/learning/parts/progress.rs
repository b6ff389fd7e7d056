use domain::learning::CourseProgress;
use leptos::prelude::*;

/// The id of the element that carries the progress to the browser.
const CARRIER: &str = "progress";

/// Makes the progress known to whatever in the page asks with [`use_progress`]: to the server's part as a context, and to the
/// islands in one data block; as their property it would be repeated for each of them.
pub(super) fn provide_progress(progress: CourseProgress) -> impl IntoView {
    // Within a script element only `<` could end the data before its time.
    let json = serde_json::to_string(&progress).unwrap_or_default().replace('<', "\\u003c");
    provide_context(progress);
    view! { <script type="application/json" id=CARRIER inner_html=json></script> }
}

/// The progress of the course that the page is about, as it is now: it changes with whatever happens, here, in another tab or
/// on another device. Every island of a page shares one signal and one event stream, made by the first that asks. For what
/// stands within a [`super::CourseFrame`].
pub fn use_progress() -> RwSignal<CourseProgress> {
    #[cfg(feature = "hydrate")]
    {
        browser::shared()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        RwSignal::new(use_context().unwrap_or_default())
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::RefCell;

    use domain::learning::CourseProgress;
    use leptos::prelude::*;

    use super::CARRIER;
    use crate::{api::keep_current, learning::api::load_progress};

    thread_local! {
        /// A page is about one course, and goes when the next is loaded.
        static SHARED: RefCell<Option<RwSignal<CourseProgress>>> = const { RefCell::new(None) };
    }

    pub(super) fn shared() -> RwSignal<CourseProgress> {
        if let Some(shared) = SHARED.with(|shared| *shared.borrow()) {
            return shared;
        }
        let carried = document().get_element_by_id(CARRIER).and_then(|carrier| carrier.text_content());
        let initial: CourseProgress =
            carried.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let course = initial.course.clone();
        let current = RwSignal::new(initial);
        SHARED.with(|shared| *shared.borrow_mut() = Some(current));
        keep_current(None, current, move || load_progress(course.clone()));
        current
    }
}
