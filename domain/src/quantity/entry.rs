use std::borrow::Cow;

use super::{Rational, Unit};
use crate::{Problem, kit::typed::plain};

/// A typed number, with its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub value: Rational,
    /// Decimal places as typed, zeros included.
    pub decimals: u32,
    pub trailing_zero: bool,
    pub unit: Option<Unit>,
}

/// The longest answer that is read, in characters.
pub(crate) const MAX_CHARS: usize = 80;
/// This many digits before and after the point keep every later step within a [`Rational`].
const MAX_WHOLE: usize = 12;
const MAX_DECIMALS: usize = 9;

/// A number without a unit, read with the same care as a candidate's.
pub fn bare_number(typed: &str) -> Option<Rational> {
    number_in(typed, None).ok()
}

/// The number of a right answer, as a setter types it: with the unit of the question, or without any.
///
/// # Errors
/// What is wrong with its form, as a candidate would be told; [`Problem::KeyUnit`].
pub fn number_in(typed: &str, unit: Option<&Unit>) -> Result<Rational, Problem> {
    let entry = Entry::read(typed, "")?;
    match (&entry.unit, unit) {
        (None, _) => Ok(entry.value),
        (Some(given), Some(asked)) if given.is(asked, true) => Ok(entry.value),
        _ => Err(Problem::KeyUnit),
    }
}

impl Entry {
    /// Reads `0.5`, `.5`, `1,000`, `1000`, `1 000`, each with a unit after it or with one chosen beside it.
    ///
    /// # Errors
    /// The [`Problem`] that says what to write instead, whenever the text is ambiguous: `2,5` may be two and a half or
    /// twenty-five, and no candidate must be marked wrong because of our guess.
    pub fn read(typed: &str, chosen: &str) -> Result<Self, Problem> {
        let text = plain(typed);
        let text = text.as_str();
        if text.is_empty() {
            return Err(Problem::AnswerMissing);
        }
        if text.chars().count() > MAX_CHARS {
            return Err(Problem::NumberTooLong);
        }
        if text.contains(['½', '¼', '¾', '⅓', '⅔']) {
            return Err(Problem::NumberAFraction);
        }
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text.strip_prefix('+').map_or(text, str::trim_start)),
        };
        let end =
            text.find(|c: char| !c.is_ascii_digit() && !['.', ',', ' '].contains(&c)).unwrap_or(text.len());
        let (figures, unit) = (text[..end].trim_end(), text[end..].trim());
        let mut behind = unit.chars();
        if behind.next().is_some_and(is_raised_point) && behind.next().is_some_and(|c| c.is_ascii_digit()) {
            return Err(Problem::NumberMarks);
        }
        if !figures.contains(|c: char| c.is_ascii_digit()) {
            return Err(Problem::AnswerNotANumber);
        }
        if is_power_of_ten(unit) {
            return Err(Problem::NumberAPower);
        }
        let (per, unit) = if unit.contains(|c: char| c.is_ascii_digit()) {
            let (per, each) = per(unit)?;
            (per, Cow::Owned(each))
        } else {
            (Rational::ONE, Cow::Borrowed(unit))
        };
        let (whole, fraction) = parts(figures)?;
        let value =
            value(&whole, fraction).and_then(|value| value.over(per)).ok_or(Problem::NumberTooLong)?;
        Ok(Self {
            value: if negative { value.negated() } else { value },
            decimals: u32::try_from(fraction.len()).map_err(|_| Problem::NumberTooLong)?,
            trailing_zero: fraction.ends_with('0'),
            unit: one_unit(&unit, chosen)?,
        })
    }
}

/// The raised decimal point as printed in Britain, and similar characters. They may also mean "times".
fn is_raised_point(c: char) -> bool {
    matches!(c, '\u{b7}' | '\u{2219}' | '\u{22c5}' | '\u{2027}' | '\u{2022}')
}

/// Whether a number continues as calculators and spreadsheets write it: `E3`, `e-3`, `x 10^3`, `×10³`.
fn is_power_of_ten(unit: &str) -> bool {
    let begins_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if let Some(exponent) = unit.strip_prefix(['e', 'E']) {
        return begins_with_digit(exponent.trim_start().trim_start_matches(['+', '-']));
    }
    let ten = unit.strip_prefix(['x', 'X', '×', '*']).and_then(|ten| ten.trim_start().strip_prefix("10"));
    ten.is_some_and(|power| {
        power.trim_start().starts_with(['^', '*', '⁻', '⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'])
    })
}

/// The unit of a strength as written on labels: in "250 mg/5 mL" the number is followed by "mg/5 mL", so it is five
/// times the number of "mg/mL".
fn per(unit: &str) -> Result<(Rational, String), Problem> {
    let (mass, volume) = unit.split_once('/').ok_or(Problem::NumberTwice)?;
    if mass.trim().is_empty() {
        return Err(Problem::NumberAFraction);
    }
    let volume = volume.trim_start();
    let end = volume.find(|c: char| !c.is_ascii_digit()).unwrap_or(volume.len());
    let (number, each) = volume.split_at(end);
    let parts = value(number, "").filter(|parts| !parts.is_zero() && !number.is_empty());
    let parts = parts.ok_or(Problem::NumberTwice)?;
    if each.trim().is_empty() || each.contains(|c: char| c.is_ascii_digit()) {
        return Err(Problem::NumberTwice);
    }
    Ok((parts, format!("{}/{}", mass.trim(), each.trim())))
}

/// The digits before the point, without their separators, and those after it.
fn parts(figures: &str) -> Result<(String, &str), Problem> {
    let (whole, fraction) = match figures.split_once('.') {
        None => (figures, ""),
        Some(parts) => parts,
    };
    // A second point, or a comma after the first: some countries write 1.000,5 and 1.000.000.
    if fraction.contains(['.', ',']) {
        return Err(Problem::NumberMarks);
    }
    if fraction.contains(' ') {
        return Err(Problem::NumberTwice);
    }
    let Some(at) = whole.find([',', ' ']) else {
        return Ok((whole.to_owned(), fraction));
    };
    let mark = &whole[at..=at];
    let mut groups = whole.split(mark);
    let first = groups.next().unwrap_or_default();
    // A first group of zero is not thousands: 0,500 means one half in countries with a decimal comma.
    let leads = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let thousands =
        leads && groups.all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()));
    match mark {
        _ if thousands => Ok((whole.replace(mark, ""), fraction)),
        " " if !whole.contains(',') => Err(Problem::NumberTwice),
        _ => Err(Problem::NumberMarks),
    }
}

fn value(whole: &str, fraction: &str) -> Option<Rational> {
    let significant = whole.trim_start_matches('0');
    if significant.len() > MAX_WHOLE || fraction.len() > MAX_DECIMALS {
        return None;
    }
    let mantissa = format!("0{significant}{fraction}").parse().ok()?;
    Rational::new(mantissa, 1)?.over(Rational::ten_to(u32::try_from(fraction.len()).ok()?)?)
}

fn one_unit(typed: &str, chosen: &str) -> Result<Option<Unit>, Problem> {
    let read = |text: &str| {
        let text = text.trim();
        if text.is_empty() {
            Ok(None)
        } else {
            text.parse::<Unit>().map(Some).map_err(|_| Problem::UnitUnknown)
        }
    };
    match (read(typed)?, read(chosen)?) {
        (Some(typed), Some(chosen)) if typed != chosen => Err(Problem::UnitTwice),
        (typed, chosen) => Ok(typed.or(chosen)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_ambiguous_entry_is_refused_with_what_to_write() {
        use Problem::{
            AnswerMissing, AnswerNotANumber, NumberAFraction, NumberAPower, NumberMarks, NumberTooLong,
            NumberTwice, UnitTwice, UnitUnknown,
        };
        for (typed, chosen, problem) in [
            ("", "", AnswerMissing),
            (" \u{a0} ", "mg", AnswerMissing),
            ("mg", "", AnswerNotANumber),
            ("about 5", "", AnswerNotANumber),
            ("five", "", AnswerNotANumber),
            (".", "", AnswerNotANumber),
            ("--5", "", AnswerNotANumber),
            ("2,5", "", NumberMarks),
            ("1.000,5", "", NumberMarks),
            ("1.000.000", "", NumberMarks),
            ("1,00", "", NumberMarks),
            ("1,0000", "", NumberMarks),
            ("1234,567", "", NumberMarks),
            ("1000 000", "", NumberTwice),
            ("0,500", "", NumberMarks),
            (",5", "", NumberMarks),
            ("1,000 000", "", NumberMarks),
            ("10 20", "", NumberTwice),
            ("5 mg 10", "", NumberTwice),
            ("5-10", "", NumberTwice),
            ("1e3", "", NumberAPower),
            ("1.5E-3 mg", "", NumberAPower),
            ("2e+04", "", NumberAPower),
            ("5 E 3", "", NumberAPower),
            ("2.5 x 10^3", "", NumberAPower),
            ("2.5×10³ mg", "", NumberAPower),
            ("5 x 10 mg", "", NumberTwice),
            ("3e", "", UnitUnknown),
            ("0·47", "", NumberMarks),
            ("·5 mg", "", NumberMarks),
            ("2∙5", "", NumberMarks),
            ("1⋅5", "", NumberMarks),
            ("1•5", "", NumberMarks),
            ("5·mg", "", UnitUnknown),
            ("7．5，0", "", NumberMarks),
            ("2.5 3", "", NumberTwice),
            ("1 g 500 mg", "", NumberTwice),
            ("1/2", "", NumberAFraction),
            ("2 1/2", "", NumberAFraction),
            ("½", "", NumberAFraction),
            ("1234567890123", "", NumberTooLong),
            ("0.1234567891", "", NumberTooLong),
            ("5 stone", "", UnitUnknown),
            ("5 u", "", UnitUnknown),
            ("5", "stone", UnitUnknown),
            ("5 mg", "g", UnitTwice),
            (&"9".repeat(81), "", NumberTooLong),
        ] {
            assert_eq!(Entry::read(typed, chosen), Err(problem), "{typed:?} {chosen:?}");
        }
    }

    #[test]
    fn the_same_amount_is_read_from_every_usual_form() {
        for (number, writings) in [
            ("1/2", &["0.5", ".5", " 0.50 ", "0.5mg", "+0.5 mg", "00.5 MG"][..]),
            ("1000", &["1000", "1,000", "1 000", "1\u{202f}000", "1\u{a0}000 mg", "1,000.0", "0001000"]),
            ("1234567", &["1,234,567", "1 234 567mg"]),
            ("5", &["5.", "5. mg", "5.0", "5 mg."]),
            (
                "-250",
                &["-250", "−250", "- 250 mg", "–250", "\u{2011}250", "\u{fe63}250", "\u{ff0d}250", "—250"],
            ),
            (
                "1500",
                &[
                    "1500\u{202c} mg",
                    "\u{200e}1500 mg",
                    "\u{feff}1500 mg",
                    "1500\u{200b} mg",
                    "1500\u{ad} mg",
                ],
            ),
        ] {
            for writing in writings {
                assert_eq!(Entry::read(writing, "").unwrap().value, number.parse().unwrap(), "{writing}");
            }
        }
    }

    /// Numbers with units as typed and pasted on the ward, each with the value read.
    #[test]
    fn entries_as_written_on_the_ward_are_read() {
        for (typed, number, unit) in [
            ("28 drops a minute", "28", "drops/min"),
            ("28 drops per min", "28", "drops/min"),
            ("28 dpm", "28", "drops/min"),
            ("28d/min", "28", "drops/min"),
            ("28 gtt/min.", "28", "drops/min"),
            ("500 micro grams", "500", "micrograms"),
            ("500\u{200b}mcg", "500", "micrograms"),
            ("0.5 tablet(s)", "1/2", "tablets"),
            ("1,250", "1250", ""),
            ("1 250 mL", "1250", "mL"),
            ("1\u{2009}250 mL", "1250", "mL"),
            ("10 units", "10", "units"),
            ("1 000 mg", "1000", "mg"),
            ("5 mg/kg/day", "5", "mg/kg/day"),
            ("250 mg/5 mL", "50", "mg/mL"),
            ("250mg / 5ml", "50", "mg/mL"),
            ("1,250 micrograms/10 mL", "125", "micrograms/mL"),
            (".5", "1/2", ""),
            (".823", "823/1000", ""),
            ("5.", "5", ""),
            ("７", "7", ""),
            ("１，２５０．５　ｍｇ", "2501/2", "mg"),
            ("－７", "-7", ""),
            ("\u{2010}250 mL", "-250", "mL"),
            ("\u{2012}250 mL", "-250", "mL"),
            ("\u{2013}250 mL", "-250", "mL"),
            ("\u{2014}250 mL", "-250", "mL"),
            ("\u{2015}250 mL", "-250", "mL"),
            ("\u{2212} 250 mL", "-250", "mL"),
            ("\u{2796}250 mL", "-250", "mL"),
        ] {
            let entry = Entry::read(typed, "").unwrap_or_else(|problem| panic!("{typed:?}: {problem:?}"));
            let read = (entry.value, entry.unit.map(|unit| unit.to_string()).unwrap_or_default());
            assert_eq!(read, (number.parse().unwrap(), unit.to_owned()), "{typed:?}");
        }
        for (typed, problem) in [
            ("0,125", Problem::NumberMarks),
            ("1_000", Problem::NumberTwice),
            ("1e3", Problem::NumberAPower),
            ("252E0", Problem::NumberAPower),
            ("0·47", Problem::NumberMarks),
            ("inf", Problem::AnswerNotANumber),
            ("NaN", Problem::AnswerNotANumber),
            ("0x1F", Problem::NumberTwice),
            ("250 mg/0 mL", Problem::NumberTwice),
            ("250 mg/5", Problem::NumberTwice),
            ("5 mg/2 mL 3", Problem::NumberTwice),
            ("1/5 mL", Problem::NumberAFraction),
        ] {
            assert_eq!(Entry::read(typed, ""), Err(problem), "{typed:?}");
        }
    }

    #[test]
    fn a_right_answer_may_have_its_unit_and_no_other() {
        let read = |typed, unit: &str| number_in(typed, unit.parse().ok().as_ref());
        let tenth = Ok("1/10".parse().unwrap());
        for (typed, unit, number) in [
            ("0.1", "mL", tenth.clone()),
            ("0.1 ml", "mL", tenth.clone()),
            ("0.1", "", tenth),
            ("0.1 mg", "mL", Err(Problem::KeyUnit)),
            ("0.1 mg", "", Err(Problem::KeyUnit)),
            ("0,1", "mL", Err(Problem::NumberMarks)),
            ("", "mL", Err(Problem::AnswerMissing)),
        ] {
            assert_eq!(read(typed, unit), number, "{typed} {unit}");
        }
    }

    #[test]
    fn the_typed_decimals_are_kept() {
        let entry = Entry::read("27.80 gtt/min", "drops/min").unwrap();
        assert_eq!(
            (entry.decimals, entry.trailing_zero, entry.unit),
            (2, true, Some("drops/min".parse().unwrap()))
        );
        assert_eq!(Entry::read("5", "mL").unwrap().unit, Some("mL".parse().unwrap()));
        assert!(!Entry::read("30", "").unwrap().trailing_zero);
    }

    proptest! {
        #[test]
        fn reading_never_panics(typed in "\\PC{0,90}", chosen in "\\PC{0,9}") {
            let _ = Entry::read(&typed, &chosen);
        }

        #[test]
        fn likely_characters_never_panic(typed in "[-0-9., /mgL%µu½eE·×^]{0,14}") {
            let _ = Entry::read(&typed, "");
        }
    }
}
