use crate::{Problem, visible};

/// A person's name as they write it: not empty, at most 200 characters, without invisible characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    pub const LONGEST: usize = 200;

    /// # Errors
    /// [`Problem::OwnNameMissing`] for nothing visible, and for a longer text.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let name = visible(text);
        // A control character has no place in a name, nor in the mail that greets the person.
        let fits = (1..=Self::LONGEST).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if fits { Ok(Self(name)) } else { Err(Problem::OwnNameMissing) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_any_visible_text_of_at_most_200_characters() {
        for (typed, read) in [
            (" Siân  O\u{2019}Neil ", Some("Siân O\u{2019}Neil")),
            ("王小明", Some("王小明")),
            ("", None),
            (" \u{200b}\u{202e} ", None),
            ("Sam\u{7}", None),
        ] {
            assert_eq!(PersonName::parse(typed).ok().as_ref().map(PersonName::as_str), read, "{typed:?}");
        }
        assert!(PersonName::parse(&"é".repeat(200)).is_ok());
        assert_eq!(PersonName::parse(&"x".repeat(201)), Err(Problem::OwnNameMissing));
    }
}
