use std::str::FromStr;

/// A decimal number as people write it, held exactly: `mantissa` × 10^-`scale`, without trailing zeros.
///
/// Floating point has no place in marking: 0.1 + 0.2 must be 0.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    mantissa: i64,
    scale: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number")]
pub struct NotANumber;

impl FromStr for Number {
    type Err = NotANumber;

    /// Reads `12.5`, `.5`, `1000`, `1,000`, `1 000` and spaces around them. A comma counts only where it parts
    /// thousands: `2,5` could mean two and a half or twenty-five, so it is refused rather than marked.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let text = text.trim().replace(['\u{a0}', '\u{202f}'], " ");
        let (negative, text) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let whole = match whole.find([',', ' ']) {
            Some(at) => {
                let mark = &whole[at..=at];
                let mut groups = whole.split(mark);
                let leads = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
                if !leads || !groups.all(|group| group.len() == 3) {
                    return Err(NotANumber);
                }
                whole.replace(mark, "")
            }
            None => whole.to_owned(),
        };
        if (whole.is_empty() && fraction.is_empty())
            || text.ends_with('.')
            || !all_digits(&whole)
            || !all_digits(fraction)
        {
            return Err(NotANumber);
        }
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("0{whole}{fraction}");
        let mantissa: i64 = digits.parse().map_err(|_| NotANumber)?;
        let scale = u32::try_from(fraction.len()).map_err(|_| NotANumber)?;
        Ok(Self { mantissa: if negative { -mantissa } else { mantissa }, scale })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Result<Number, NotANumber> {
        text.parse()
    }

    #[test]
    fn ambiguous_and_foreign_writing_is_refused() {
        for wrong in [
            "",
            " ",
            ".",
            "5.",
            "2,5",
            "1,00",
            "1,0000",
            ",5",
            "1,000,00",
            "1.000,5",
            "1,000 000",
            "5 mg",
            "1e3",
            "--5",
            "٥",
            "99999999999999999999",
        ] {
            assert_eq!(number(wrong), Err(NotANumber), "{wrong}");
        }
    }

    #[test]
    fn the_same_amount_written_differently_is_equal() {
        for (one, other) in [
            ("0.5", ".5"),
            ("1,000", "1000"),
            ("1 000", " 1000 "),
            ("62.50", "62.5"),
            ("007", "7"),
            ("-0", "0"),
            ("1,234,567.80", "1234567.8"),
        ] {
            assert_eq!(number(one).unwrap(), number(other).unwrap(), "{one} and {other}");
        }
        assert_ne!(number("0.5").unwrap(), number("0.05").unwrap());
        assert_ne!(number("100").unwrap(), number("10").unwrap());
    }

    proptest! {
        #[test]
        fn writing_zeros_behind_changes_nothing(whole in 0u32..1_000_000, fraction in 0u32..1000, zeros in 0usize..4) {
            let short = format!("{whole}.{fraction:03}");
            let long = format!("{short}{}", "0".repeat(zeros));
            prop_assert_eq!(number(&short).unwrap(), number(&long).unwrap());
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,40}") {
            let _ = number(&text);
        }
    }
}
