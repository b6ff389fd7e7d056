use super::{
    Template, Wording,
    expression::{Expression, ExpressionError, Value, Values},
    template::{Ask, ChoiceAsk, NumberAsk, OrderingAsk, TextAsk},
    variable::Variable,
};
use crate::{
    assessment::question::{
        AskedOption, Choice, Key, Named, NumberKey, OrderingKey, Question, TextKey, UnitEntry, figures,
    },
    kit::random::SplitMix64,
    quantity::Rational,
};

/// Why a template makes no question from a seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {what}")]
pub struct QuestionError {
    /// The place in the template: "wording", "number.errors[2].value"; indexes count from 0.
    pub key: String,
    pub what: String,
}

impl QuestionError {
    pub(super) fn new(key: impl Into<String>, what: impl ToString) -> Self {
        Self { key: key.into(), what: what.to_string() }
    }
}

pub(super) type Made<T> = Result<T, QuestionError>;

/// Names the key that an expression's error belongs to.
pub(super) fn at<T>(key: impl Into<String>, result: Result<T, ExpressionError>) -> Made<T> {
    result.map_err(|error| QuestionError::new(key, error))
}

pub(super) fn each<T, U>(
    list: &[T],
    key: &str,
    make: impl Fn(&T) -> Result<U, ExpressionError>,
) -> Made<Vec<U>> {
    list.iter().enumerate().map(|(n, item)| at(format!("{key}[{n}]"), make(item))).collect()
}

/// The most characters of expressions that are worked out with each draw of the numbers.
const MOST_DRAWN: usize = 1000;
/// The most names that variables have, a table's columns among them.
const MOST_NAMES: usize = 50;
/// The most rows of what is asked.
const MOST_ROWS: usize = 200;

impl Template {
    /// How often the numbers are drawn before a template counts as having none that fit.
    pub const MAX_DRAWS: u32 = 1000;

    /// The question of this seed: always the same, as long as the template stays the same.
    ///
    /// # Errors
    /// [`QuestionError`] when no numbers fit the constraints, or an expression or a placeholder cannot be evaluated. A
    /// template without findings by [`Template::check`] has no such error for the seeds that were tried.
    pub fn question(&self, seed: u64) -> Result<Question, QuestionError> {
        let mut random = SplitMix64::new(seed);
        let mut values = self.draw(&mut random)?;
        let optional = |key, wording: &Option<Wording>, values: &Values| {
            wording.as_ref().map(|wording| at(key, wording.render(values))).transpose()
        };
        // Rendered before the answer has a name, so that no mistake in a template can print it.
        let stimulus = optional("stimulus", &self.stimulus, &values)?;
        let figure = self.figure.as_ref().map(|figure| figure.made(&values)).transpose()?;
        let wording = at("wording", self.wording.render(&values))?;
        let mut steps = Vec::new();
        let key = match &self.ask {
            Ask::Number(ask) => {
                let key = number(ask, &mut values)?;
                steps = each(&ask.steps, "number.steps", |step| step.render(&values))?;
                Key::Number(key)
            }
            Ask::SingleChoice(ask) => Key::SingleChoice(choices(ask, "single-choice", &values, &mut random)?),
            Ask::MultipleChoice(ask) => {
                Key::MultipleChoice(choices(ask, "multiple-choice", &values, &mut random)?)
            }
            Ask::Ordering(ask) => Key::Ordering(ordering(ask, &values, &mut random)?),
            Ask::TextEntry(ask) => Key::TextEntry(text(ask, &values)?),
        };
        let hints = each(&self.hints, "hints", |hint| hint.render(&values))?;
        let explanation = optional("explanation", &self.explanation, &values)?;
        let solution = steps.into_iter().chain(explanation).collect();
        let (template, category, difficulty) = (self.id.clone(), self.category, self.difficulty);
        Ok(Question { template, seed, category, difficulty, stimulus, wording, hints, solution, figure, key })
    }

    /// How long the expressions are that are worked out with each draw of the numbers, in bytes.
    pub fn drawn_length(&self) -> usize {
        let derived: usize = self.variables.iter().map(Variable::drawn_length).sum();
        derived + self.constraints.iter().map(Expression::length).sum::<usize>()
    }

    /// Why making its questions would keep a core busy for long, if it would. Every setter can send a template, and
    /// the numbers of one question may be drawn [`Self::MAX_DRAWS`] times.
    pub(super) fn too_large(&self) -> Option<QuestionError> {
        let names: usize = self.variables.iter().map(|variable| variable.names().len()).sum();
        let (list, rows) = match &self.ask {
            Ask::Number(ask) => ("number.errors", ask.errors.len()),
            Ask::SingleChoice(ask) => ("single-choice.options", ask.options.len()),
            Ask::MultipleChoice(ask) => ("multiple-choice.options", ask.options.len()),
            Ask::Ordering(ask) => ("ordering.items", ask.items.len().max(ask.errors.len())),
            Ask::TextEntry(ask) => ("text-entry.accepted", ask.accepted.len().max(ask.errors.len())),
        };
        let (key, what) = if names > MOST_NAMES {
            ("variables[0]", format!("use at most {MOST_NAMES} names for variables"))
        } else if self.drawn_length() > MOST_DRAWN {
            let key = if self.constraints.is_empty() { "variables[0]" } else { "constraints[0]" };
            (key, format!("make variables and constraints shorter: at most {MOST_DRAWN} characters together"))
        } else if rows > MOST_ROWS {
            (list, format!("use at most {MOST_ROWS} rows"))
        } else {
            return None;
        };
        Some(QuestionError::new(key, what))
    }

    /// Values that satisfy every constraint.
    pub(super) fn draw(&self, random: &mut SplitMix64) -> Made<Values> {
        if let Some(error) = self.too_large() {
            return Err(error);
        }
        let mut last_refused = 0;
        for _ in 0..Self::MAX_DRAWS {
            let mut values = Values::default();
            for (n, variable) in self.variables.iter().enumerate() {
                at(format!("variables[{n}]"), variable.draw(random, &mut values))?;
            }
            let hold = each(&self.constraints, "constraints", |constraint| constraint.truth(&values))?;
            match hold.iter().position(|holds| !holds) {
                None => return Ok(values),
                Some(refused) => last_refused = refused,
            }
        }
        let what = format!("no numbers fit in {} draws; this constraint refused the last", Self::MAX_DRAWS);
        Err(QuestionError::new(format!("constraints[{last_refused}]"), what))
    }
}

/// Also defines the names `exact` and `answer`.
fn number(ask: &NumberAsk, values: &mut Values) -> Made<NumberKey> {
    let rounded = |key: String, number: Rational| {
        ask.rounding.apply(number).ok_or_else(|| QuestionError::new(key, "too large to be rounded"))
    };
    let exact = at("number.value", ask.value.number(values))?;
    let answer = rounded("number.value".into(), exact)?;
    if figures(answer).is_none() {
        let what = format!("{answer} cannot be written in full: choose a rounding");
        return Err(QuestionError::new("number.rounding", what));
    }
    values.set("exact", Value::Number(exact));
    values.set("answer", Value::Number(answer));
    let values = &*values;
    let tolerance = ask.tolerance.as_ref().map(|tolerance| at("number.tolerance", tolerance.number(values)));
    let mut errors = Vec::new();
    for (n, error) in ask.errors.iter().enumerate() {
        let key = |field: &str| format!("number.errors[{n}].{field}");
        let holds = |when: &Expression| at(key("when"), when.truth(values));
        if error.when.as_ref().map(holds).transpose()?.unwrap_or(true) {
            let value = at(key("value"), error.value.number(values))?;
            rounded(key("value"), value)?;
            errors.push(Named { name: error.name.clone(), answer: value });
        }
    }
    let also = ask.also.iter().map(|(unit, factor)| {
        let factor = at(format!("number.also.{unit}"), factor.number(values))?;
        Ok((unit.clone(), factor))
    });
    Ok(NumberKey {
        exact,
        answer,
        unit: ask.unit.clone(),
        unit_entry: ask.unit_entry,
        unit_choices: if ask.unit_entry == UnitEntry::Chosen { ask.unit_choices.clone() } else { Vec::new() },
        also: also.collect::<Made<_>>()?,
        rounding: ask.rounding,
        tolerance: tolerance.transpose()?.unwrap_or(Rational::ZERO),
        precision: ask.precision,
        errors,
    })
}

/// "a", "b", ... and past "z" the number itself.
fn id(place: usize) -> String {
    u8::try_from(place)
        .ok()
        .filter(|place| *place < 26)
        .map_or_else(|| place.to_string(), |n| char::from(b'a' + n).to_string())
}

fn choices(ask: &ChoiceAsk, table: &str, values: &Values, random: &mut SplitMix64) -> Made<Vec<Choice>> {
    let mut choices = each(&ask.options, &format!("{table}.options"), |option| {
        let why = option.why.as_ref().map(|why| why.render(values)).transpose()?;
        let text = option.text.render(values)?;
        Ok(Choice { id: String::new(), text, right: option.right, why, error: option.error.clone() })
    })?;
    if ask.shuffle {
        random.shuffle(&mut choices);
    }
    for (place, choice) in choices.iter_mut().enumerate() {
        choice.id = id(place);
    }
    Ok(choices)
}

fn ordering(ask: &OrderingAsk, values: &Values, random: &mut SplitMix64) -> Made<OrderingKey> {
    let texts = each(&ask.items, "ordering.items", |item| item.render(values))?;
    let mut shown: Vec<usize> = (0..texts.len()).collect();
    random.shuffle(&mut shown);
    if shown.is_sorted() && shown.len() > 1 {
        // A list that is shown in the right order would be no question.
        shown.rotate_left(1);
    }
    // The id of the item at this index of the template, from 0.
    let id_of = |item: usize| shown.iter().position(|at| *at == item).map(id);
    let mut errors = Vec::new();
    for (n, error) in ask.errors.iter().enumerate() {
        let order: Option<Vec<_>> = error.order.iter().map(|place| id_of(place.checked_sub(1)?)).collect();
        let key = || format!("ordering.errors[{n}].order");
        let order = order
            .ok_or_else(|| QuestionError::new(key(), "the places count from 1 to the number of items"))?;
        errors.push(Named { name: error.name.clone(), answer: order });
    }
    let items = shown
        .iter()
        .enumerate()
        .map(|(place, item)| AskedOption { id: id(place), text: texts[*item].clone() });
    Ok(OrderingKey { items: items.collect(), right: (0..texts.len()).filter_map(id_of).collect(), errors })
}

fn text(ask: &TextAsk, values: &Values) -> Made<TextKey> {
    let accepted = each(&ask.accepted, "text-entry.accepted", |text| text.render(values))?;
    let mut errors = Vec::new();
    for (n, error) in ask.errors.iter().enumerate() {
        let texts = each(&error.texts, &format!("text-entry.errors[{n}].texts"), |text| text.render(values))?;
        errors.push(Named { name: error.name.clone(), answer: texts });
    }
    Ok(TextKey { accepted, case_matters: ask.case_matters, errors })
}
