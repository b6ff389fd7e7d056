use std::fmt;

/// The name of a course, module or page in a URL: lower-case letters, digits and single hyphens, 1 to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a slug: use lower-case letters, digits and single hyphens, at most 80 characters")]
pub struct SlugError(String);

impl Slug {
    /// # Errors
    /// [`SlugError`], which quotes the text.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let fits = text.len() <= 80
            && text.split('-').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            });
        if fits { Ok(Self(text.to_owned())) } else { Err(SlugError(text.to_owned())) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Slug;

    #[test]
    fn only_texts_that_read_well_in_a_url_are_slugs() {
        for wrong in ["", "-", "a-", "-a", "a--b", "A", "a b", "a/b", "é", &"a".repeat(81)] {
            assert!(Slug::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Slug::parse("older-people-2").unwrap().as_str(), "older-people-2");
    }
}
