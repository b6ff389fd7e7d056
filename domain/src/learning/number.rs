//! A number that was typed in a knowledge check, and the feedback on it after marking.

use crate::{
    assessment::question::Rounding,
    quantity::{Entry, Rational, Unit, bare_number},
};

/// The typed text, with the printed unit after it if none was typed.
pub fn as_typed(typed: &str, unit: &str) -> String {
    let typed = typed.trim();
    match Entry::read(typed, "") {
        Ok(entry) if entry.unit.is_none() => format!("{typed} {unit}").trim().to_owned(),
        _ => typed.to_owned(),
    }
}

/// Why a wrong number is wrong, part by part as in an exam's result, and never the right answer. Nothing for an
/// unreadable number.
pub fn why_not_right(typed: &str, answer: &str, unit: &str, rounding: Rounding) -> String {
    let (Ok(entry), Some(right)) = (Entry::read(typed, ""), bare_number(answer)) else {
        return String::new();
    };
    let asked = unit.parse::<Unit>().ok();
    let own_unit = entry.of_printed(asked.as_ref()).is_some();
    // Another unit may give the right amount, or follow the right figures.
    let converted =
        entry.unit.as_ref().zip(asked.as_ref()).and_then(|(given, asked)| given.in_terms_of(asked));
    let converted = converted.and_then(|factor| entry.value.times(factor)).filter(|_| !own_unit);
    let is_right = |number: Rational| rounding.apply(number) == Some(right);
    let of_value = is_right(entry.value) || converted.is_some_and(is_right);
    let value = (!of_value).then_some("The number is not right.".to_owned());
    let said = match (own_unit, unit.is_empty()) {
        (true, _) => None,
        (false, true) => Some("The answer has no unit.".to_owned()),
        (false, false) => Some(format!("The unit is not right: the answer is asked for in {unit}.")),
    };
    let rounded = !own_unit || rounding.allows(entry.value);
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
