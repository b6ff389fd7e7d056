//! What one cell says of one field.

use std::borrow::Cow;

use domain::accounts::EmailAddress;
use domain::visible;

use crate::cell::{Cell, Day, Moment};
use crate::delegate::{Doubt, What};

/// Numbers of up to so many digits are exact in a spreadsheet.
const EXACT: usize = 15;

const LONGEST_NUMBER: usize = 50;

/// A text without what nobody sees, or nothing. Whatever has neither letter nor figure stands for nothing, like "-".
pub(crate) fn text(cell: Cell<'_>, most: usize) -> Result<Option<Cow<'_, str>>, What> {
    let text = match cell {
        Cell::Empty => return Ok(None),
        Cell::Text(text) => seen(text),
        Cell::Number { value, .. } if value.is_finite() => cell.shown(),
        other => return Err(not_text(other)),
    };
    if !text.chars().any(char::is_alphanumeric) {
        return Ok(None);
    }
    if text.len() > most && text.chars().count() > most {
        Err(What::TooLong { most })
    } else {
        Ok(Some(text))
    }
}

fn not_text(cell: Cell<'_>) -> What {
    match cell {
        Cell::Fault(text) => What::Fault { text: text.to_owned() },
        Cell::Unfinished => What::Unfinished,
        Cell::Number { .. } => What::Fault { text: "#NUM!".to_owned() },
        other => What::TurnedInto { text: other.shown().into_owned() },
    }
}

/// A name, or a part of one. True, Null, Nan and Inf are names; a number alone is none, nor is a link: the name stands in a mail to an address
/// that nobody has proven.
pub(crate) fn name(cell: Cell<'_>, most: usize) -> Result<Option<Cow<'_, str>>, What> {
    let name = text(cell, most)?;
    match name {
        Some(name) if !name.chars().any(char::is_alphabetic) => Err(What::NoLetters),
        Some(name) if has_link(&name) => Err(What::LinkInName),
        name => Ok(name),
    }
}

fn has_link(name: &str) -> bool {
    name.contains('/') || name.contains('.') && name.to_lowercase().contains("www.")
}

/// `link` is where the cell links to, if it links to an address.
pub(crate) fn email(
    cell: Cell<'_>,
    link: Option<&str>,
    take_link: bool,
) -> Result<Option<EmailAddress>, What> {
    let typed = match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => seen(text),
        other => match not_text(other) {
            What::TurnedInto { .. } => return Err(What::EmailWrong),
            what => return Err(what),
        },
    };
    let typed = match typed.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => typed.get(7..).unwrap_or_default(),
        _ => &*typed,
    };
    if let Ok(address) = EmailAddress::parse(typed) {
        return Ok(Some(address));
    }
    match link.map(EmailAddress::parse) {
        Some(Ok(address)) if take_link => Ok(Some(address)),
        Some(Ok(address)) => Err(What::EmailLinked { address: address.as_str().to_owned() }),
        _ if typed.is_empty() => Ok(None),
        _ => Err(What::EmailWrong),
    }
}

/// Digits are taken from the cell as they are meant: neither rounded, nor read as anything but digits.
pub(crate) fn student_number(cell: Cell<'_>, from_text_file: bool) -> Result<Option<String>, What> {
    match cell {
        Cell::Number { value, width } => {
            if !value.is_finite() {
                Err(not_text(cell))
            } else if value < 0.0 {
                Err(What::Negative)
            } else if value >= 1e15 {
                Err(What::DigitsLost)
            } else if value.fract() != 0.0 {
                Err(What::NotWhole)
            } else {
                Ok(Some(format!("{value:0>width$}", width = usize::from(width))))
            }
        }
        cell => {
            let Some(text) = text(cell, LONGEST_NUMBER)? else { return Ok(None) };
            written_number(text.into_owned(), from_text_file).map(Some)
        }
    }
}

fn written_number(text: String, from_text_file: bool) -> Result<String, What> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Ok(text);
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((number, power)) = text.split_once(['E', 'e']) {
        let number = number.strip_prefix('-').unwrap_or(number);
        let mantissa =
            number.split_once('.').map_or(digits(number), |(whole, part)| digits(whole) && digits(part));
        let written_by_program = power.starts_with(['+', '-']) || number.contains('.');
        if mantissa && written_by_program && digits(power.trim_start_matches(['+', '-'])) {
            return Err(What::DigitsLost);
        }
    }
    if let Some(rest) = text.strip_prefix('-')
        && digits(rest)
    {
        return Err(What::Negative);
    }
    if let Some((whole, part)) = text.split_once('.')
        && digits(whole)
        && digits(part)
    {
        // pandas writes a whole number like this where another row of its column is empty.
        return if part.bytes().all(|byte| byte == b'0') {
            Ok(whole.to_owned())
        } else {
            Err(What::NotWhole)
        };
    }
    let ends_in_zeros =
        text.get(EXACT..).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte == b'0'));
    if from_text_file && ends_in_zeros && digits(&text) { Err(What::DigitsLost) } else { Ok(text) }
}

/// How many digits a student number has, if it is only digits and a program may have dropped zeros before them.
pub(crate) fn bare_digits(cell: Cell<'_>, from_text_file: bool) -> Option<usize> {
    match cell {
        Cell::Number { width: 0, value } if (0.0..1e15).contains(&value) && value.fract() == 0.0 => {
            Some(value.to_string().len())
        }
        Cell::Text(text) if from_text_file => {
            let text = text.trim();
            (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text.len())
        }
        _ => None,
    }
}

/// By the kind of the cell: the number 85 is no day, though a program could show it as one.
pub(crate) fn day(cell: Cell<'_>) -> Result<(Option<Day>, Option<Doubt>), What> {
    let moment = match cell {
        Cell::Empty => return Ok((None, None)),
        Cell::Moment(moment) => moment,
        Cell::Text(text) => {
            let text = seen(text);
            if !text.chars().any(char::is_alphanumeric) {
                return Ok((None, None));
            }
            Moment::parse(&text).or_else(|| british(&text)).ok_or(What::NotADate)?
        }
        Cell::Number { .. } | Cell::Truth(_) => return Err(What::NotADate),
        other => return Err(not_text(other)),
    };
    let doubt = match moment.seconds {
        0 => None,
        79_200.. => Some(Doubt::DayEarly),
        _ => Some(Doubt::TimeLeftOut),
    };
    Ok((Some(moment.day), doubt))
}

/// 1/9/2026, 01.09.2026: the day before the month.
fn british(text: &str) -> Option<Moment> {
    let mut parts = text.split(['/', '.', '-']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !short(day) || !short(month) || year.len() != 4 {
        return None;
    }
    Some(Moment { day: Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?, seconds: 0 })
}

/// One answer however the format writes it: a TRUE becomes the number 1 in some of them.
pub(crate) fn truth(cell: Cell<'_>) -> Result<Option<bool>, What> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Truth(truth) => Ok(Some(truth)),
        Cell::Number { value: 1.0, .. } => Ok(Some(true)),
        Cell::Number { value: 0.0, .. } => Ok(Some(false)),
        Cell::Text(text) => match seen(text).to_lowercase().as_str() {
            "" | "-" => Ok(None),
            "true" | "yes" | "y" | "1" | "1.0" => Ok(Some(true)),
            "false" | "no" | "n" | "0" | "0.0" => Ok(Some(false)),
            _ => Err(What::NotYesOrNo),
        },
        Cell::Fault(_) | Cell::Unfinished => Err(not_text(cell)),
        Cell::Number { .. } | Cell::Moment(_) => Err(What::NotYesOrNo),
    }
}

/// As `visible`, without the apostrophe that our own files have before what a program would take for a formula.
fn seen(text: &str) -> Cow<'_, str> {
    let text = match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => rest,
        _ => text,
    };
    if is_plain(text) { Cow::Borrowed(text) } else { Cow::Owned(visible(text)) }
}

/// Nothing in it for `visible` to change: nearly every cell. Beyond ASCII that is said of Latin letters only, whose first bytes are C3
/// to CB; what nobody sees, and every space that is none, begins with another.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    // Without an end before the last byte, several are compared at once.
    let known =
        bytes.iter().fold(true, |all, byte| all & matches!(byte, 0x20..=0x7e | 0x80..=0xbf | 0xc3..=0xcb));
    let next = bytes.iter().skip(1);
    let twice = bytes.iter().zip(next).fold(false, |any, (one, two)| any | (*one == b' ') & (*two == b' '));
    known && !twice && *first != b' ' && *last != b' '
}

/// The text of a cell as people see it, for telling what kind of row it is in.
pub(crate) fn shown(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) => seen(text),
        other => other.shown(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell(text: &str) -> Cell<'_> {
        Cell::text(text)
    }

    fn number(value: f64, width: u8) -> Cell<'static> {
        Cell::Number { value, width }
    }

    #[test]
    fn student_numbers_are_digits_and_never_rounded() {
        for (cell, read) in [
            (number(12.0, 0), Ok(Some("12".to_owned()))),
            (number(12.0, 4), Ok(Some("0012".to_owned()))),
            (number(999_999_999_999_999.0, 0), Ok(Some("999999999999999".to_owned()))),
            (number(1e15, 0), Err(What::DigitsLost)),
            (number(7.5, 0), Err(What::NotWhole)),
            (number(-7.0, 0), Err(What::Negative)),
            (cell("7.5"), Err(What::NotWhole)),
            (cell("-7"), Err(What::Negative)),
            (cell("7.0"), Ok(Some("7".to_owned()))),
            (cell("0012"), Ok(Some("0012".to_owned()))),
            (cell(" N0123456\u{a0}"), Ok(Some("N0123456".to_owned()))),
            (cell("1.23457E+11"), Err(What::DigitsLost)),
            (cell("1E+15"), Err(What::DigitsLost)),
            (cell("12E4567"), Ok(Some("12E4567".to_owned()))),
            (cell("1234567890123450"), Err(What::DigitsLost)),
            (cell("1234567890123456"), Ok(Some("1234567890123456".to_owned()))),
            (cell("-"), Ok(None)),
            (cell("#N/A"), Err(What::Fault { text: "#N/A".to_owned() })),
        ] {
            assert_eq!(student_number(cell, true), read, "{cell:?}");
        }
        assert_eq!(student_number(cell("1234567890123450"), false), Ok(Some("1234567890123450".to_owned())));
    }

    #[test]
    fn names_are_not_guessed_to_be_anything_else() {
        for text in ["True", "Null", "Nan", "Inf", "Wwwil", "O’Neill", "J. R. Smith"] {
            assert_eq!(name(cell(text), 100), Ok(Some(text.into())));
        }
        assert_eq!(name(cell("12"), 100), Err(What::NoLetters));
        assert_eq!(name(Cell::Truth(true), 100), Err(What::TurnedInto { text: "TRUE".to_owned() }));
        assert_eq!(name(cell("abc"), 2), Err(What::TooLong { most: 2 }));
    }

    #[test]
    fn a_link_is_no_name() {
        for text in ["Win at https://evil.example", "WWW.evil.example Sam", "evil.example/win", "N/A"] {
            assert_eq!(name(cell(text), 100), Err(What::LinkInName), "{text}");
        }
        assert!(What::LinkInName.message().contains("without a slash"));
    }

    #[test]
    fn days_go_by_the_kind_of_the_cell() {
        let first = Day { year: 2024, month: 9, day: 1 };
        for (cell, read) in [
            (cell("2024-09-01"), Ok((Some(first), None))),
            (cell("01/09/2024"), Ok((Some(first), None))),
            (cell("1.9.2024"), Ok((Some(first), None))),
            (cell("2024-09-01T22:00:00.000Z"), Ok((Some(first), Some(Doubt::DayEarly)))),
            (cell("2024-09-01T14:30:00"), Ok((Some(first), Some(Doubt::TimeLeftOut)))),
            (cell("9/25/2024"), Err(What::NotADate)),
            (cell("45536"), Err(What::NotADate)),
            (number(85.0, 0), Err(What::NotADate)),
            (cell("\u{a0}"), Ok((None, None))),
        ] {
            assert_eq!(day(cell), read, "{cell:?}");
        }
    }

    #[test]
    fn yes_is_one_answer() {
        for cell in [
            cell("TRUE"),
            cell("true"),
            cell("1"),
            cell("1.0"),
            cell(" Yes"),
            Cell::Truth(true),
            number(1.0, 0),
        ] {
            assert_eq!(truth(cell), Ok(Some(true)), "{cell:?}");
        }
        for cell in [cell("FALSE"), cell("no"), cell("0"), Cell::Truth(false), number(0.0, 0)] {
            assert_eq!(truth(cell), Ok(Some(false)), "{cell:?}");
        }
        assert_eq!(truth(cell("perhaps")), Err(What::NotYesOrNo));
        assert_eq!(truth(number(2.0, 0)), Err(What::NotYesOrNo));
    }

    #[test]
    fn one_apostrophe_before_a_formula_is_ours() {
        for (written, read) in
            [("'=1+1", "=1+1"), ("'+44", "+44"), ("'@home", "@home"), ("''=1", "''=1"), ("'tis", "'tis")]
        {
            assert_eq!(text(cell(written), 50), Ok(Some(read.into())));
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_is_what_visible_leaves(text in "[ a-z\u{a0}\u{ad}\u{200b}éŁʼͅ\u{61c}\u{2060}'=]{0,12}|.{0,8}") {
            if is_plain(&text) {
                prop_assert_eq!(visible(&text), text);
            }
        }
    }
}
