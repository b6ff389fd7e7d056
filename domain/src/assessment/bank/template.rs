//! A question template as written in a file. `docs/questions.md` is the reference for authors.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Wording, expression::Expression, figure::FigureAsk, variable::Variable};
use crate::{
    assessment::{
        Category, Difficulty,
        question::{Precision, Rounding, UnitEntry},
    },
    quantity::Unit,
};

/// One template: a question with its numbers left open, and how each answer to it is marked.
///  Reading it checks its form. [`Template::check`] finds out whether it makes good questions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Template {
    /// Unique in its bank, lower-case letters, digits and hyphens; kept when the wording changes.
    pub id: String,
    pub category: Category,
    pub difficulty: Difficulty,
    pub variables: Vec<Variable>,
    /// Each must hold, or the numbers are drawn again.
    pub constraints: Vec<Expression>,
    /// Markdown: the chart, label or text that the question is about.
    pub stimulus: Option<Wording>,
    /// What there is to look at, below the stimulus.
    pub figure: Option<FigureAsk>,
    /// Markdown: the question.
    pub wording: Wording,
    /// From the least to the most revealing.
    pub hints: Vec<Wording>,
    /// Markdown: why the right answer is right.
    pub explanation: Option<Wording>,
    pub ask: Ask,
}

/// The question proper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Number(Box<NumberAsk>),
    SingleChoice(ChoiceAsk),
    MultipleChoice(ChoiceAsk),
    Ordering(OrderingAsk),
    TextEntry(TextAsk),
}

/// A number with its unit. Rounding, tolerance and precision are three separate settings: the right answer, the
/// accepted distance from it, and the required form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NumberAsk {
    /// The unrounded answer.
    pub value: Expression,
    /// The unit of the value; none for a bare number.
    pub unit: Option<Unit>,
    #[serde(default)]
    pub unit_entry: UnitEntry,
    /// The list of units, if `unit_entry` is `chosen`.
    #[serde(default)]
    pub unit_choices: Vec<Unit>,
    /// Other correct units, and how many of `unit` make one of them: `{ mg = 1000 }` beside micrograms.
    #[serde(default)]
    pub also: BTreeMap<Unit, Expression>,
    #[serde(default)]
    pub rounding: Rounding,
    /// In `unit`, either way from the rounded answer. May use `answer`, like "answer / 100".
    pub tolerance: Option<Expression>,
    #[serde(default)]
    pub precision: Precision,
    /// The worked solution. May use `exact` and `answer`, before and after rounding.
    #[serde(default)]
    pub steps: Vec<Wording>,
    #[serde(default)]
    pub errors: Vec<NumberError>,
}

/// A known wrong answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberError {
    /// As the learner reads it: "A thousand times too much: micrograms taken for milligrams".
    pub name: String,
    /// In the unit of the question, unrounded.
    pub value: Expression,
    /// The condition under which the error is possible.
    pub when: Option<Expression>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceAsk {
    pub options: Vec<OptionAsk>,
    /// Shown in another order for each seed, unless switched off: a list from small to large stays as it is.
    #[serde(default = "yes")]
    pub shuffle: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionAsk {
    pub text: Wording,
    #[serde(default)]
    pub right: bool,
    /// Why it is right or wrong.
    pub why: Option<Wording>,
    /// The name of the mistake that leads to this option.
    pub error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderingAsk {
    /// In the right order.
    pub items: Vec<Wording>,
    #[serde(default)]
    pub errors: Vec<OrderingError>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderingError {
    pub name: String,
    /// The positions of the items in `items`, from 1, in the mistaken order.
    pub order: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TextAsk {
    /// Every spelling that is right; the first is shown as the answer.
    pub accepted: Vec<Wording>,
    /// `true` if capitals are part of the answer.
    #[serde(default)]
    pub case_matters: bool,
    #[serde(default)]
    pub errors: Vec<TextError>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextError {
    pub name: String,
    pub texts: Vec<Wording>,
}

fn yes() -> bool {
    true
}

/// The template as written: one table for each kind of answer, of which one must be there.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    id: String,
    category: Category,
    difficulty: Difficulty,
    #[serde(default)]
    variables: Vec<Variable>,
    #[serde(default)]
    constraints: Vec<Expression>,
    stimulus: Option<Wording>,
    figure: Option<FigureAsk>,
    wording: Wording,
    #[serde(default)]
    hints: Vec<Wording>,
    explanation: Option<Wording>,
    number: Option<Box<NumberAsk>>,
    single_choice: Option<ChoiceAsk>,
    multiple_choice: Option<ChoiceAsk>,
    ordering: Option<OrderingAsk>,
    text_entry: Option<TextAsk>,
}

impl TryFrom<Written> for Template {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let mut asks = [
            written.number.map(Ask::Number),
            written.single_choice.map(Ask::SingleChoice),
            written.multiple_choice.map(Ask::MultipleChoice),
            written.ordering.map(Ask::Ordering),
            written.text_entry.map(Ask::TextEntry),
        ]
        .into_iter()
        .flatten();
        let (Some(ask), None) = (asks.next(), asks.next()) else {
            let kinds = "number, single-choice, multiple-choice, ordering, text-entry";
            return Err(format!("{:?} must ask for exactly one of: {kinds}", written.id));
        };
        Ok(Self {
            id: written.id,
            category: written.category,
            difficulty: written.difficulty,
            variables: written.variables,
            constraints: written.constraints,
            stimulus: written.stimulus,
            figure: written.figure,
            wording: written.wording,
            hints: written.hints,
            explanation: written.explanation,
            ask,
        })
    }
}
