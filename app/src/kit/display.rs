//! How a browser shows the pages: in which colours, and in which size. A person chooses it at `/display`, also without being signed in.
//! The choice is in a cookie, and the server writes it on the document, so that a page never changes its colours after it is painted.

use domain::Problem;

/// Words of the form, of the cookie and of the style sheet, with those for the person. The first of each is what a browser gets that has
/// chosen nothing.
pub const COLOURS: [(&str, &str); 3] =
    [("system", "As this device is set"), ("light", "Light"), ("dark", "Dark")];
pub const TEXT_SIZES: [(&str, &str); 3] = [("normal", "Normal"), ("large", "Large"), ("larger", "Larger")];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Display {
    pub colours: &'static str,
    pub text_size: &'static str,
}

impl Default for Display {
    fn default() -> Self {
        Self { colours: COLOURS[0].0, text_size: TEXT_SIZES[0].0 }
    }
}

impl Display {
    /// What is none of the words counts as not chosen.
    pub fn of(colours: &str, text_size: &str) -> Self {
        let default = Self::default();
        Self {
            colours: one_of(&COLOURS, colours).unwrap_or(default.colours),
            text_size: one_of(&TEXT_SIZES, text_size).unwrap_or(default.text_size),
        }
    }

    /// The value of the cookie: `dark.large`.
    pub fn written(self) -> String {
        format!("{}.{}", self.colours, self.text_size)
    }

    /// From the value of the cookie.
    pub fn read(written: &str) -> Self {
        let (colours, text_size) = written.split_once('.').unwrap_or_default();
        Self::of(colours, text_size)
    }

    /// What the document shows now.
    #[cfg(feature = "hydrate")]
    pub fn shown() -> Self {
        let html = leptos::prelude::document().document_element();
        let word = |name| html.as_ref().and_then(|html| html.get_attribute(name)).unwrap_or_default();
        Self::of(&word("data-colours"), &word("data-text"))
    }

    /// What the document shows now.
    #[cfg(not(feature = "hydrate"))]
    pub fn shown() -> Self {
        #[cfg(feature = "ssr")]
        return super::api::request().map(|request| request.display).unwrap_or_default();
        #[cfg(not(feature = "ssr"))]
        Self::default()
    }
}

/// The word, if it is one of these.
///
/// # Errors
/// [`Problem::ChoiceMissing`].
pub fn one_of(words: &[(&'static str, &'static str)], said: &str) -> Result<&'static str, Problem> {
    words.iter().find(|(word, _)| *word == said).map(|(word, _)| *word).ok_or(Problem::ChoiceMissing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_read_as_it_was_written() {
        for (colours, _) in COLOURS {
            for (text_size, _) in TEXT_SIZES {
                let chosen = Display { colours, text_size };
                assert_eq!(Display::read(&chosen.written()), chosen);
            }
        }
    }

    #[test]
    fn a_cookie_of_other_words_chooses_nothing() {
        for written in ["", ".", "dark", "\"><script>.huge", "DARK.LARGE", "dark.large.", "large.dark"] {
            let read = Display::read(written);
            assert_eq!(read.text_size, "normal", "{written}");
            assert!(COLOURS.iter().any(|(word, _)| *word == read.colours), "{written}");
        }
        assert_eq!(Display::read("dark.huge"), Display { colours: "dark", text_size: "normal" });
        assert_eq!(Display::read("none.large"), Display { colours: "system", text_size: "large" });
    }
}
