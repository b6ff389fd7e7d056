//! A typed number in a knowledge check, and the feedback on it after marking.

use crate::{
    assessment::question::{
        NumberKey, Precision, Rounding, RoundingVerdict, UnitEntry, UnitVerdict, mark_number,
    },
    quantity::{Entry, Rational, bare_number},
};

/// The key by which a number is marked. Its unit is printed beside the box; its answer is rounded already.
pub(super) fn key(answer: &str, unit: &str, rounding: Rounding) -> Option<NumberKey> {
    let answer = bare_number(answer)?;
    Some(NumberKey {
        exact: answer,
        answer,
        unit: unit.parse().ok(),
        unit_entry: UnitEntry::Shown,
        unit_choices: Vec::new(),
        also: Vec::new(),
        rounding,
        tolerance: Rational::ZERO,
        precision: Precision::Any,
        errors: Vec::new(),
    })
}

/// The typed text, with the printed unit after it if none was typed.
pub fn as_typed(typed: &str, unit: &str) -> String {
    let typed = typed.trim();
    match Entry::read(typed, "") {
        Ok(entry) if entry.unit.is_none() => format!("{typed} {unit}").trim().to_owned(),
        _ => typed.to_owned(),
    }
}

/// Says why a wrong number is wrong, part by part like an exam's result, and never gives the right answer away. The text is
/// empty for an unreadable number.
pub fn why_not_right(typed: &str, answer: &str, unit: &str, rounding: Rounding) -> String {
    let (Ok(entry), Some(key)) = (Entry::read(typed, ""), key(answer, unit, rounding)) else {
        return String::new();
    };
    let Ok(verdict) = mark_number(&key, &entry) else { return String::new() };
    let own_unit = verdict.unit != UnitVerdict::Wrong;
    // An answer in another unit may still be the right amount, or have the right figures.
    let converted =
        entry.unit.as_ref().zip(key.unit.as_ref()).and_then(|(given, asked)| given.in_terms_of(asked));
    let converted = converted.and_then(|factor| entry.value.times(factor)).filter(|_| !own_unit);
    // The exact answer is not stored, so every number that rounds to the right answer counts as right here.
    let is_right = |number: Rational| rounding.apply(number) == Some(key.answer);
    let of_value = is_right(entry.value) || converted.is_some_and(is_right);
    let value = (!of_value).then_some("The number is not right.".to_owned());
    let said = match (own_unit, unit.is_empty()) {
        (true, _) => None,
        (false, true) => Some("The answer has no unit.".to_owned()),
        (false, false) => Some(format!("The unit is not right: the answer is asked for in {unit}.")),
    };
    let rounded = !own_unit || verdict.rounding == RoundingVerdict::Right;
    let rounded = (!rounded).then_some("It is not rounded as the question asks.".to_owned());
    value.into_iter().chain(said).chain(rounded).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrong_part_is_named_and_the_right_answer_is_not() {
        const VALUE: &str = "The number is not right.";
        const ROUNDED: &str = "It is not rounded as the question asks.";
        let unit = |unit: &str| format!("The unit is not right: the answer is asked for in {unit}.");
        for (typed, answer, asked, rounding, why) in [
            ("83.33 ml/h", "83", "mL/hour", Rounding::Whole, ROUNDED.to_owned()),
            ("83.33", "83", "mL/hour", Rounding::Whole, ROUNDED.to_owned()),
            ("90.5", "83", "mL/hour", Rounding::Whole, format!("{VALUE} {ROUNDED}")),
            ("90", "83", "mL/hour", Rounding::Whole, VALUE.to_owned()),
            ("3.6 mg/h", "3.6", "mL/hour", Rounding::OneDecimal, unit("mL/hour")),
            ("0.3 g", "300", "mg", Rounding::Exact, unit("mg")),
            ("300 g", "300", "mg", Rounding::Exact, unit("mg")),
            ("4 g", "300", "mg", Rounding::Exact, format!("{VALUE} {}", unit("mg"))),
            ("0.3", "300", "mg", Rounding::Exact, VALUE.to_owned()),
            ("3 mg", "3", "", Rounding::Exact, "The answer has no unit.".to_owned()),
            ("3,5", "3", "", Rounding::Exact, String::new()),
        ] {
            assert_eq!(why_not_right(typed, answer, asked, rounding), why, "{typed}");
        }
    }

    #[test]
    fn no_unit_is_written_twice() {
        for (typed, unit, told) in [
            ("3 doses", "doses", "3 doses"),
            ("3 tabs", "tablets", "3 tabs"),
            ("3.6 mg/h", "mL/hour", "3.6 mg/h"),
            (" 3 ", "doses", "3 doses"),
            ("3", "", "3"),
            ("3,5", "mL", "3,5"),
        ] {
            assert_eq!(as_typed(typed, unit), told);
        }
    }
}
