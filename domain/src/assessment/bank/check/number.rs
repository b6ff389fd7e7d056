use std::collections::BTreeSet;

use super::units;
use crate::{
    assessment::{
        bank::{Finding, template::NumberAsk},
        question::{NumberKey, Precision, Question, Response, Rounding, UnitEntry, ValueVerdict, mark},
    },
    quantity::Rational,
};

/// No number of a question needs more than this many in its numerator or denominator. It keeps marking well within a
/// [`Rational`], whatever is typed.
const PLAUSIBLE: i128 = 1_000_000_000_000;

fn is_plausible(number: Rational) -> bool {
    number.numerator().abs() <= PLAUSIBLE && number.denominator() <= PLAUSIBLE
}

pub(super) fn as_written(ask: &NumberAsk, found: &mut Vec<Finding>) {
    let names: BTreeSet<_> = ask.errors.iter().map(|error| &error.name).collect();
    if names.len() < ask.errors.len() {
        found.push(Finding::of("number.errors", "two errors have the same name"));
    }
    if ask.steps.is_empty() {
        found.push(Finding::of("number.steps", "show how the answer is worked out"));
    }
    let Some(unit) = &ask.unit else {
        if ask.unit_entry != UnitEntry::Typed || !ask.also.is_empty() {
            found.push(Finding::of(
                "number.unit",
                "an answer without a unit has none to choose or to convert",
            ));
        }
        return;
    };
    if ask.unit_entry == UnitEntry::Shown && !ask.also.is_empty() {
        found.push(Finding::of(
            "number.also",
            format!("{unit} is printed beside the box: no other unit is asked for"),
        ));
    }
    if ask.also.contains_key(unit) {
        found.push(Finding::of("number.also", format!("{unit} is the unit of the answer itself")));
    }
    match ask.unit_entry {
        UnitEntry::Chosen if !ask.unit_choices.contains(unit) || ask.unit_choices.len() < 2 => {
            found.push(Finding::of(
                "number.unit-choices",
                format!("offer at least two units, {unit} among them"),
            ));
        }
        UnitEntry::Typed | UnitEntry::Shown if !ask.unit_choices.is_empty() => {
            found.push(Finding::of(
                "number.unit-choices",
                "these are shown only where candidates choose the unit (in a file: unit-entry = \"chosen\")",
            ));
        }
        _ => {}
    }
}

pub(super) fn made(ask: &NumberAsk, question: &Question, key: &NumberKey, found: &mut Vec<Finding>) {
    let also = key.also.iter().map(|(_, factor)| *factor);
    if ![key.exact, key.tolerance].into_iter().chain(also).all(is_plausible) {
        found.push(Finding::of(
            "number.value",
            format!("{} is no number that a question should ask for", key.exact),
        ));
        return;
    }
    // A recurring answer makes no question.
    let written = key.written(key.answer).unwrap_or_default();
    if key.answer.is_zero() && !key.exact.is_zero() {
        found.push(Finding::of("number.rounding", format!("{} is rounded away to nought", key.exact)));
    }
    if key.tolerance.is_negative() {
        found.push(Finding::of("number.tolerance", "a tolerance is nought or more"));
    }
    units_agree(key, found);
    rules_are_told(question, key, found);
    units::made(question, key, found);
    if !key.tolerance.is_zero() && key.rounding.apply(key.exact) == Some(key.exact) {
        let what = format!("{} is exact: a tolerance would mark another number right", key.exact);
        found.push(Finding::of("number.tolerance", what));
    }
    // The keypads of some phones have no minus. A box with a typed unit has the whole keyboard, whatever the answer is.
    if key.answer.is_negative() && key.unit_entry != UnitEntry::Typed {
        found.push(Finding::of(
            "number.unit-entry",
            "the answer may be negative: let candidates type the unit (in a file: \"typed\")",
        ));
    }
    let verdict = mark(question, &typed(&written));
    if !verdict.as_ref().is_ok_and(|verdict| verdict.right) {
        let what = format!("the right answer, written {written:?}, is not marked right: {verdict:?}");
        found.push(Finding::of("number.precision", what));
    }
    if !question.solution.is_empty() && !question.solution.iter().any(|step| shows(step, &written)) {
        found.push(Finding::of("number.steps", format!("no step shows the answer, {written}")));
    }
    errors_differ(ask, question, key, found);
}

/// No candidate loses a mark by a rule that they were not told.
fn rules_are_told(question: &Question, key: &NumberKey, found: &mut Vec<Finding>) {
    let told = question.wording.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| told.contains(word));
    let whole = ["whole", "complete"];
    let places = ["decimal place", "nearest", "tenth", "hundredth", "half", "round"];
    if key.rounding != Rounding::Exact && !says(&whole) && !says(&places) {
        found.push(Finding::of(
            "wording",
            format!("say how the answer is rounded: {}", key.rounding.in_words()),
        ));
    }
    let written = match key.precision {
        Precision::Any => true,
        Precision::Whole => says(&whole),
        Precision::NoTrailingZeros => says(&["trailing", "nought", "zero"]),
        Precision::OneDecimal | Precision::TwoDecimals => says(&places),
    };
    if let Some(rule) = key.precision.in_words().filter(|_| !written) {
        found.push(Finding::of("wording", format!("say how the answer is written: {rule}")));
    }
}

fn typed(text: &str) -> Response {
    Response::Number { typed: text.to_owned(), unit: String::new() }
}

/// Whether the step contains the answer, with any kind of space, and not as the end of a longer number.
fn shows(step: &str, written: &str) -> bool {
    let plain = |text: &str| text.replace('\u{a0}', " ");
    let (step, written) = (plain(step), plain(written));
    let mut found = step.match_indices(&written);
    found.any(|(at, _)| !step[..at].ends_with(|c: char| c.is_ascii_digit() || [',', '.'].contains(&c)))
}

/// The factors are those of the units, if the units themselves determine the factor.
fn units_agree(key: &NumberKey, found: &mut Vec<Finding>) {
    for (other, factor) in &key.also {
        let known = key.unit.as_ref().and_then(|unit| other.in_terms_of(unit));
        let what = match known {
            Some(known) if known != *factor => {
                format!("1 {other} is {known} of the answer's unit, not {factor}")
            }
            None if *factor <= Rational::ZERO => "the factor must be above nought".to_owned(),
            _ => continue,
        };
        found.push(Finding::of(format!("number.also.{other}"), what));
    }
}

/// Each known error is marked wrong and named by its own name, as it would be typed.
fn errors_differ(ask: &NumberAsk, question: &Question, key: &NumberKey, found: &mut Vec<Finding>) {
    for error in &key.errors {
        let rounded = key.rounding.apply(error.answer).filter(|_| is_plausible(error.answer));
        let what = match rounded.and_then(|number| key.written(number)) {
            None => format!("{} cannot be typed in full: round it as people would", error.answer),
            Some(written) => match mark(question, &typed(&written)) {
                Ok(verdict) if verdict.value == ValueVerdict::Right => {
                    format!("{written} is the right answer too")
                }
                Ok(verdict) if verdict.known_error.as_ref() == Some(&error.name) => continue,
                Ok(verdict) => format!(
                    "{written} is named by another error: {}",
                    verdict.known_error.unwrap_or_default()
                ),
                Err(problem) => format!("{written} would be refused: {problem:?}"),
            },
        };
        // Not the index in the key: an error whose `when` does not hold is missing there.
        let place = ask.errors.iter().position(|known| known.name == error.name).unwrap_or(0);
        found.push(Finding::of(format!("number.errors[{place}].value"), what));
    }
}
