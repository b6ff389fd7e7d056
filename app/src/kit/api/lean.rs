//! A page's HTML already contains the text that it shows. The value that it is drawn from also travels to the browser,
//! without that text: the browser takes over the text that it finds. Later requests return the whole value.

use domain::learning::{CoursePage, ModulePage, PrintedModule, PrintedPage, ReadingPage};

use super::ApiError;

/// A value with text that the page shows as it is.
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
        (module.clone(), ModulePage { intro_html: String::new(), ..page.clone() })
    }
}

/// The slugs of course and module, and the module to print.
impl Prose for (String, String, PrintedModule) {
    fn without_prose(&self) -> Self {
        let (course, slug, module) = self;
        let bare = |page: &PrintedPage| PrintedPage { html: String::new(), ..page.clone() };
        let pages = module.pages.iter().map(bare).collect();
        let module = PrintedModule { intro_html: String::new(), pages, ..module.clone() };
        (course.clone(), slug.clone(), module)
    }
}

/// The slugs of module and page, and the page.
impl Prose for (String, (String, ReadingPage)) {
    fn without_prose(&self) -> Self {
        let (module, (slug, page)) = self;
        (module.clone(), (slug.clone(), ReadingPage { html: String::new(), ..page.clone() }))
    }
}
