//! What a page shows as HTML stands in the page already. The value that it is drawn from travels besides, for the browser, and there
//! without that text: the browser takes over what it finds. What is asked for later comes whole.

use codee::{Decoder, Encoder};
use domain::learning::{CoursePage, ModulePage, ReadingPage};
use serde::{Serialize, de::DeserializeOwned};

use super::ApiError;

/// What has text that the page shows as it is.
pub trait Prose {
    #[must_use]
    fn without_prose(&self) -> Self;
}

/// JSON without the text: the codec of a `Resource` whose text is shown by `inner_html` and nowhere else.
pub struct Lean;

impl<T: Prose + Serialize> Encoder<T> for Lean {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(&value.without_prose())
    }
}

impl<T: DeserializeOwned> Decoder<T> for Lean {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_str(text)
    }
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

/// The slugs of module and page, and the page.
impl Prose for (String, (String, ReadingPage)) {
    fn without_prose(&self) -> Self {
        let (module, (slug, page)) = self;
        (module.clone(), (slug.clone(), ReadingPage { html: String::new(), ..page.clone() }))
    }
}
