//! Telephone numbers, of members and of services.

use crate::{Problem, kit::typed::plain};

/// A telephone number as people write it, with an extension or a word beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telephone(String);

impl Telephone {
    pub const MOST: usize = 40;
    const FEWEST_DIGITS: usize = 3;

    /// Nothing for a blank text.
    ///
    /// # Errors
    /// [`Problem::InWords`] for one that is too long, or is no number.
    pub fn read(typed: &str) -> Result<Option<Self>, Problem> {
        let text = plain(typed);
        if text.is_empty() {
            return Ok(None);
        }
        let digits = text.chars().filter(char::is_ascii_digit).count();
        if digits < Self::FEWEST_DIGITS || text.chars().count() > Self::MOST {
            let words = "Enter a telephone number, like 0161 496 0000 ext. 12, in at most 40 characters";
            return Err(Problem::InWords { words: words.to_owned() });
        }
        Ok(Some(Self(text)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a link dials for a number as it is shown: the first one in it, without an extension or a word beside it. `None` for what is an extension
/// alone.
pub fn dialled(number: &str) -> Option<String> {
    let begins = number.find(|sign: char| sign.is_ascii_digit() || sign == '+')?;
    let (before, mut rest) = number.split_at_checked(begins)?;
    if before.to_lowercase().contains("ext") {
        return None;
    }
    let mut dialled = String::new();
    while let Some(sign) = rest.chars().next() {
        let after = rest.get(sign.len_utf8()..).unwrap_or_default();
        rest = match sign {
            '0'..='9' => {
                dialled.push(sign);
                after
            }
            '+' if dialled.is_empty() => {
                dialled.push(sign);
                after
            }
            ' ' | '-' | '.' | ')' => after,
            '(' => {
                let (group, after) = after.split_once(')').unwrap_or((after, ""));
                if !group.chars().all(|sign| sign.is_ascii_digit() || sign == ' ') {
                    break;
                }
                // This zero is dialled within the country alone.
                if !(dialled.starts_with('+') && group.trim() == "0") {
                    dialled.extend(group.chars().filter(char::is_ascii_digit));
                }
                after
            }
            _ => break,
        };
    }
    let digits = dialled.chars().filter(char::is_ascii_digit).count();
    if digits < Telephone::FEWEST_DIGITS { self::dialled(rest) } else { Some(dialled) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (typed, read) in [
            ("0161 496 0000", "0161 496 0000"),
            ("+44\u{a0}(0)161\u{2011}496 0000", "+44 (0)161-496 0000"),
            ("ext. 4321", "ext. 4321"),
        ] {
            assert_eq!(Telephone::read(typed), Ok(Some(Telephone(read.into()))), "{typed:?}");
        }
        assert!(Telephone::read("07").is_err() && Telephone::read(&"1".repeat(41)).is_err());
    }

    #[test]
    fn a_link_dials_the_number_and_nothing_beside_it() {
        for (shown, dials) in [
            ("0161 496 0000", "01614960000"),
            ("(0161) 496-0000", "01614960000"),
            ("+44 (0)161 496 0000", "+441614960000"),
            ("+44 (161) 496.0000", "+441614960000"),
            ("0161 496 0000 ext. 12", "01614960000"),
            ("0161 496 0000, extension 12", "01614960000"),
            ("0161 496 0000 (24 hours)", "01614960000"),
            ("0161 496 0000 or 0161 496 0001", "01614960000"),
            ("0161 496 0000/1", "01614960000"),
            ("Ward 4: 111", "111"),
            ("Advice: 0161 496 0000", "01614960000"),
            ("111", "111"),
        ] {
            assert_eq!(dialled(shown).as_deref(), Some(dials), "{shown}");
        }
        for shown in ["ext. 4321", "Ward 4, extension 1234", "12", ""] {
            assert_eq!(dialled(shown), None, "{shown}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_read_again_as_it_is_and_only_digits_are_dialled(text in "(?s).{0,60}") {
            if let Ok(Some(telephone)) = Telephone::read(&text) {
                prop_assert_eq!(Telephone::read(telephone.as_str()), Ok(Some(telephone.clone())));
            }
            let dialled = dialled(&text).unwrap_or_default();
            let digits = dialled.strip_prefix('+').unwrap_or(&dialled);
            prop_assert!(digits.chars().all(|sign| sign.is_ascii_digit()), "{}", dialled);
        }
    }
}
