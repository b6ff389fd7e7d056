use serde::{Deserialize, Serialize};

use super::{Choice, Key, MAX_TEXT, Named, NumberKey, OrderingKey, Question, Response, TextKey, UnitEntry};
use crate::{
    Problem,
    kit::typed::plain,
    quantity::{Entry, Rational},
};

/// A marked response. Value, unit and rounding are judged separately; `right` is the mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub value: ValueVerdict,
    pub unit: UnitVerdict,
    pub rounding: RoundingVerdict,
    /// The name of the mistake, if the response is a known one.
    pub known_error: Option<String>,
    pub right: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueVerdict {
    Right,
    Wrong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitVerdict {
    Right,
    Missing,
    Wrong,
    /// The question has no unit, or prints it beside the box.
    NotNeeded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoundingVerdict {
    Right,
    /// Not a result of the question's rounding rule, or written with more places than it asks for.
    NotAsAsked,
}

/// Marks one response.
///
/// # Errors
/// The [`Problem`] for the field when the response cannot be marked as it is: no answer, an ambiguous number, an
/// unknown unit, ids of another question. Nothing is marked wrong then.
pub fn mark(question: &Question, response: &Response) -> Result<Verdict, Problem> {
    question.key.mark(response)
}

impl Key {
    /// The same by the key alone, which is all that a knowledge check has.
    pub(crate) fn mark(&self, response: &Response) -> Result<Verdict, Problem> {
        match (self, response) {
            (Self::Number(key), Response::Number { typed, unit }) => {
                mark_number(key, &Entry::read(typed, unit)?)
            }
            (Self::SingleChoice(choices), Response::Chosen(ids)) => {
                if ids.len() > 1 {
                    return Err(Problem::ChooseOne);
                }
                mark_choices(choices, ids)
            }
            (Self::MultipleChoice(choices), Response::Chosen(ids)) => mark_choices(choices, ids),
            (Self::Ordering(key), Response::Ordered(ids)) => mark_order(key, ids),
            (Self::TextEntry(key), Response::Text(text)) => mark_text(key, text),
            _ => Err(Problem::QuestionsChanged),
        }
    }
}

pub(crate) fn mark_number(key: &NumberKey, entry: &Entry) -> Result<Verdict, Problem> {
    let (unit, factor) = judge_unit(key, entry);
    // A convertible unit with the right amount is as good as the question's own. A unit that does not convert is wrong.
    let converted = key.conversion(entry).filter(|_| unit == UnitVerdict::Wrong);
    let converted = converted.filter(|factor| {
        Given::new(key, entry, *factor).and_then(|given| given.has_value_of(key.exact, key.tolerance))
            == Some(true)
    });
    let (unit, factor) = converted.map_or((unit, factor), |factor| (UnitVerdict::Right, factor));
    let given = Given::new(key, entry, factor).ok_or(Problem::NumberTooLong)?;
    let value = given.has_value_of(key.exact, key.tolerance).ok_or(Problem::NumberTooLong)?;
    // The form of a number can only be judged in the question's unit.
    let written = factor != Rational::ONE || key.precision.allows(entry.decimals, entry.trailing_zero);
    let rounding = key.rounding.allows(given.value) && written;
    let known =
        || key.errors.iter().find(|error| given.has_value_of(error.answer, Rational::ZERO) == Some(true));
    Ok(Verdict {
        value: if value { ValueVerdict::Right } else { ValueVerdict::Wrong },
        unit,
        rounding: if rounding { RoundingVerdict::Right } else { RoundingVerdict::NotAsAsked },
        known_error: if value { None } else { known().map(|error| error.name.clone()) },
        right: value && rounding && matches!(unit, UnitVerdict::Right | UnitVerdict::NotNeeded),
    })
}

/// The verdict on the unit, and the factor that converts the number to the question's unit. A wrong unit leaves the
/// number unchanged: the two are judged separately.
fn judge_unit(key: &NumberKey, entry: &Entry) -> (UnitVerdict, Rational) {
    let verdict = match (&key.unit, &entry.unit) {
        (None, None) => UnitVerdict::NotNeeded,
        (Some(_), None) if key.unit_entry == UnitEntry::Shown => UnitVerdict::NotNeeded,
        (Some(_), None) => UnitVerdict::Missing,
        (Some(asked), Some(given)) if given.is(asked, key.unit_entry == UnitEntry::Shown) => {
            UnitVerdict::Right
        }
        (_, Some(given)) => match key.also.iter().find(|(unit, _)| unit == given) {
            Some((_, factor)) => return (UnitVerdict::Right, *factor),
            None => UnitVerdict::Wrong,
        },
    };
    (verdict, Rational::ONE)
}

impl NumberKey {
    /// The factor that converts the given number to the question's unit. A question that prints its unit accepts no
    /// other, because conversion may be the task. One that leaves the unit open accepts every convertible unit.
    fn conversion(&self, entry: &Entry) -> Option<Rational> {
        let asked = self.unit.as_ref().filter(|_| self.unit_entry != UnitEntry::Shown)?;
        entry.unit.as_ref()?.in_terms_of(asked)
    }
}

/// The given number, ready for comparison.
struct Given<'a> {
    key: &'a NumberKey,
    /// In the unit of the question.
    value: Rational,
    /// As typed, the last typed place, and the factor to the question's unit.
    typed: Rational,
    place: Rational,
    factor: Rational,
}

impl<'a> Given<'a> {
    fn new(key: &'a NumberKey, entry: &Entry, factor: Rational) -> Option<Self> {
        let place = Rational::ONE.over(Rational::ten_to(entry.decimals)?)?;
        Some(Self { key, value: entry.value.times(factor)?, typed: entry.value, place, factor })
    }

    /// Whether this number represents `exact`: `exact` rounded as asked, give or take `tolerance`; or, for a number
    /// finer than the rule allows, `exact` rounded correctly to the typed place. So 27.78 has the value of 250/9 when
    /// 28 was asked for, and only its rounding is not as asked. A number coarser than the rule has lost part of its
    /// value: 1 tablet is not half a tablet. `None` for numbers too large to be held, which a template without findings
    /// never has.
    fn has_value_of(&self, exact: Rational, tolerance: Rational) -> Option<bool> {
        let answer = self.key.rounding.apply(exact)?;
        if answer.minus(tolerance)? <= self.value && self.value <= answer.plus(tolerance)? {
            return Some(true);
        }
        if self.key.rounding.allows(self.value) {
            return Some(false);
        }
        Some(exact.over(self.factor)?.rounded_to(self.place)? == self.typed)
    }
}

fn all_or_nothing(right: bool, known_error: Option<String>) -> Verdict {
    Verdict {
        value: if right { ValueVerdict::Right } else { ValueVerdict::Wrong },
        unit: UnitVerdict::NotNeeded,
        rounding: RoundingVerdict::Right,
        known_error: if right { None } else { known_error },
        right,
    }
}

fn mark_choices(choices: &[Choice], ids: &[String]) -> Result<Verdict, Problem> {
    if ids.is_empty() {
        return Err(Problem::AnswerMissing);
    }
    if ids.iter().any(|id| choices.iter().all(|choice| choice.id != *id)) {
        return Err(Problem::QuestionsChanged);
    }
    let right = choices.iter().all(|choice| choice.right == ids.contains(&choice.id));
    let chosen_error =
        choices.iter().filter(|choice| ids.contains(&choice.id)).find_map(|choice| choice.error.clone());
    Ok(all_or_nothing(right, chosen_error))
}

fn mark_order(key: &OrderingKey, ids: &[String]) -> Result<Verdict, Problem> {
    if ids.is_empty() {
        return Err(Problem::AnswerMissing);
    }
    if ids.iter().any(|id| !key.right.contains(id)) {
        return Err(Problem::QuestionsChanged);
    }
    if ids.len() != key.right.len() || key.right.iter().any(|id| !ids.contains(id)) {
        return Err(Problem::OrderIncomplete);
    }
    Ok(all_or_nothing(ids == key.right, named(&key.errors, |order| order == ids)))
}

fn mark_text(key: &TextKey, text: &str) -> Result<Verdict, Problem> {
    let given = comparable(text, key.case_matters);
    if given.is_empty() {
        return Err(Problem::AnswerMissing);
    }
    if given.chars().count() > MAX_TEXT {
        return Err(Problem::TextTooLong);
    }
    let has = |texts: &[String]| texts.iter().any(|text| comparable(text, key.case_matters) == given);
    Ok(all_or_nothing(has(&key.accepted), named(&key.errors, |texts| has(texts))))
}

fn named<T>(errors: &[Named<T>], is: impl Fn(&T) -> bool) -> Option<String> {
    errors.iter().find(|error| is(&error.answer)).map(|error| error.name.clone())
}

/// A text without the features that do not matter in an answer: spaces, a final full stop, the forms of hyphen,
/// apostrophe and micro sign and, if they do not matter, capitals.
pub(crate) fn comparable(text: &str, case_matters: bool) -> String {
    let plain: String = plain(text)
        .chars()
        .filter(|c| *c != ' ')
        .map(|c| match c {
            '‘' | '’' | 'ʼ' => '\'',
            'μ' => 'µ',
            c => c,
        })
        .collect();
    let plain = plain.trim_end_matches('.');
    if case_matters { plain.to_owned() } else { plain.to_lowercase() }
}
