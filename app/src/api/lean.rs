//! What a page shows as HTML stands in the page already. The value that it is drawn from travels besides, for the browser, and there
//! without that text: the browser takes over what it finds. What is asked for later comes whole.

use domain::learning::{CoursePage, CourseProgress, ModulePage, ReadingPage};

use super::ApiError;

/// What has text that the page shows as it is.
pub trait Prose {
    #[must_use]
    fn without_prose(&self) -> Self;
}

impl<T: Prose> Prose for Result<T, ApiError> {
    fn without_prose(&self) -> Self {
        self.as_ref().map(Prose::without_prose).map_err(Clone::clone)
    }
}

impl Prose for CoursePage {
    fn without_prose(&self) -> Self {
        Self { intro_html: String::new(), ..self.clone() }
    }
}

/// The module's slug and its page.
impl Prose for (String, ModulePage) {
    fn without_prose(&self) -> Self {
        let (module, page) = self;
        let progress = with_pages_of(module, &page.progress);
        (module.clone(), ModulePage { intro_html: String::new(), progress, ..page.clone() })
    }
}

/// The slugs of module and page, and the page.
impl Prose for (String, (String, ReadingPage)) {
    fn without_prose(&self) -> Self {
        let (module, (slug, page)) = self;
        let progress = with_pages_of(module, &page.progress);
        (module.clone(), (slug.clone(), ReadingPage { html: String::new(), progress, ..page.clone() }))
    }
}

/// The pages of one module only: of the others the wheel shows the title and how they stand.
fn with_pages_of(module: &str, progress: &CourseProgress) -> CourseProgress {
    let mut progress = progress.clone();
    progress.modules.iter_mut().filter(|other| other.slug != module).for_each(|other| other.pages.clear());
    progress
}
