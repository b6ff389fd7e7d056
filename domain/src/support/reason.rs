use crate::{Problem, visible_lines};

/// The fewest and the most characters of a reason.
const LONG: std::ops::RangeInclusive<usize> = 10..=500;

/// Why support looks at people's data, or does something for somebody, who reads it in their account: a letter or a word says nothing to
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportReason(String);

impl SupportReason {
    /// # Errors
    /// [`Problem::InWords`] for a text that is too short or too long.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = visible_lines(text);
        if LONG.contains(&text.chars().count()) {
            return Ok(Self(text));
        }
        let words = format!(
            "Say why in {} to {} characters: it is kept, and people read it",
            LONG.start(),
            LONG.end()
        );
        Err(Problem::InWords { words })
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
            ("It is lost", Some("It is lost")),
            (" Asked by\u{200b} telephone ", Some("Asked by telephone")),
        ] {
            let reason = SupportReason::parse(typed).ok().map(SupportReason::into_text);
            assert_eq!(reason.as_deref(), kept, "{typed:?}");
        }
        assert!(SupportReason::parse(&"x".repeat(500)).is_ok());
        let Err(Problem::InWords { words }) = SupportReason::parse(&"x".repeat(501)) else {
            panic!("taken");
        };
        assert_eq!(words, "Say why in 10 to 500 characters: it is kept, and people read it");
    }
}
