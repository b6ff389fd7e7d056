//! Parses text from forms and addresses.

use std::str::FromStr;

use domain::Problem;

use crate::kit::api::{ApiError, RequestContext, answer};

/// An id from an address or a hidden field. A malformed one names nothing.
pub fn id<T: FromStr>(request: &RequestContext, text: &str) -> Result<T, ApiError> {
    text.parse().or_else(|_| answer(request, Err(services::Error::NotFound)))
}

/// The version of a paper's part that a form shows. A form that does not say shows none that exists.
pub fn version(text: &str) -> Option<u32> {
    Some(part_version(text))
}

/// The same for one part of several.
pub fn part_version(text: &str) -> u32 {
    text.parse().unwrap_or(u32::MAX)
}

/// A whole number as typed.
pub fn whole<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.trim().parse().map_err(|_| Problem::NumberOutOfRange)
}

/// A whole number of per cent, with its sign or without.
pub fn percent<T: FromStr>(text: &str) -> Result<T, Problem> {
    whole(without(text, &["%", "per cent", "percent"]))
}

/// A whole number of minutes, with the word or without.
pub fn minutes<T: FromStr>(text: &str) -> Result<T, Problem> {
    whole(without(text, &["minutes", "minute", "mins", "min"]))
}

/// The text before the word that the field's label already has.
fn without<'a>(text: &'a str, words: &[&str]) -> &'a str {
    let text = text.trim().trim_end_matches('.');
    let before = |word: &&str| {
        let at = text.len().checked_sub(word.len())?;
        text.get(at..).filter(|end| end.eq_ignore_ascii_case(word))?;
        text.get(..at)
    };
    words.iter().find_map(before).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_be_followed_by_the_word_of_its_label() {
        for text in ["80", " 80 ", "80%", "80 %", "80 per cent", "80 Percent"] {
            assert_eq!(percent::<u8>(text), Ok(80), "{text}");
        }
        for text in ["45", "45 minutes", "45 min.", "45mins", "45 Minutes"] {
            assert_eq!(minutes::<u16>(text), Ok(45), "{text}");
        }
        // Other words are not guessed at.
        for text in ["", "%", "8.5%", "80 minutes", "80%%", "-1%"] {
            assert_eq!(percent::<u8>(text), Err(Problem::NumberOutOfRange), "{text}");
        }
        for text in ["minutes", "1 hour", "45%", "4 5 min"] {
            assert_eq!(minutes::<u16>(text), Err(Problem::NumberOutOfRange), "{text}");
        }
    }
}
