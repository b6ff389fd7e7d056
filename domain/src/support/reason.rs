use std::collections::BTreeSet;

use crate::{Problem, visible_lines};

/// The fewest and the most characters of a reason.
const LONG: std::ops::RangeInclusive<usize> = 10..=500;
/// The fewest different letters. Fewer are one key held down, or dots.
const LETTERS: usize = 5;

/// Why support looks at people's data, or does something for somebody, who reads it in their account: a letter or a word says nothing to
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportReason(String);

impl SupportReason {
    /// # Errors
    /// [`Problem::InWords`] for a text that is too short or too long, or says nothing.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = visible_lines(text);
        if !LONG.contains(&text.chars().count()) {
            let words = format!(
                "Say why in {} to {} characters: it is kept, and people read it",
                LONG.start(),
                LONG.end()
            );
            return Err(Problem::InWords { words });
        }
        let letters = text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase);
        if letters.collect::<BTreeSet<_>>().len() < LETTERS {
            let words = "Say why in words: it is kept, and people read it".to_owned();
            return Err(Problem::InWords { words });
        }
        Ok(Self(text))
    }

    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something() {
        for (typed, kept) in [
            ("", None),
            ("x", None),
            ("x        \u{200b}", None),
            ("..........", None),
            ("aaaaaaaaaa", None),
            ("Xx xX xx. 12345", None),
            ("It is lost", Some("It is lost")),
            (" Asked by\u{200b} telephone ", Some("Asked by telephone")),
        ] {
            let reason = SupportReason::parse(typed).ok().map(SupportReason::into_text);
            assert_eq!(reason.as_deref(), kept, "{typed:?}");
        }
        let long = "It was lost. ".repeat(39);
        assert!(SupportReason::parse(&long[..500]).is_ok());
        for (typed, said) in [
            (&long[..502], "Say why in 10 to 500 characters: it is kept, and people read it"),
            ("..........", "Say why in words: it is kept, and people read it"),
        ] {
            let Err(Problem::InWords { words }) = SupportReason::parse(typed) else {
                panic!("taken: {typed}")
            };
            assert_eq!(words, said);
        }
    }
}
