//! A question as a page draws it.

use serde::{Deserialize, Serialize};

use super::{AskedOption, AskedQuestion, AskedView, Response, UnitBox, rules_in_words};
use crate::Problem;

/// A question as a page draws it: no more than that, because the exam room sends it to the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageQuestion {
    /// HTML, like every text here except the units.
    pub stimulus: Option<String>,
    pub wording: String,
    /// How many hints can be opened.
    pub hints: usize,
    /// How the answer is rounded and written, if that is judged.
    #[serde(default)]
    pub rules: Option<String>,
    pub field: AnswerField,
}

/// The kind of answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerField {
    Number(UnitField),
    Text,
    One(Vec<AskedOption>),
    Several(Vec<AskedOption>),
    Order(Vec<AskedOption>),
}

impl AnswerField {
    /// What the page itself can tell about a readable answer: that its unit is missing.
    pub fn problem_of(&self, response: &Response) -> Option<Problem> {
        let lacks = matches!(self, Self::Number(UnitField::Chosen(_))) && response.is_without_unit();
        lacks.then_some(Problem::UnitMissing)
    }

    /// The problem as shown beside this field: with the unit if that is part of the answer.
    #[must_use]
    pub fn worded(&self, problem: Problem) -> Problem {
        match (self, problem) {
            (Self::Number(UnitField::Typed), Problem::AnswerNotANumber) => Problem::AnswerNotAQuantity,
            (_, problem) => problem,
        }
    }
}

/// The text beside the box for a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitField {
    None,
    Typed,
    Chosen(Vec<String>),
    Shown(String),
}

impl From<AskedQuestion> for PageQuestion {
    fn from(asked: AskedQuestion) -> Self {
        let rules = match asked.view {
            AskedView::Number { rounding, precision, .. } => rules_in_words(rounding, precision),
            _ => None,
        };
        let field = match asked.view {
            AskedView::Number { unit, .. } => AnswerField::Number(match unit {
                UnitBox::None => UnitField::None,
                UnitBox::Typed => UnitField::Typed,
                UnitBox::Chosen(units) => UnitField::Chosen(units.iter().map(ToString::to_string).collect()),
                UnitBox::Shown(unit) => UnitField::Shown(unit.to_string()),
            }),
            AskedView::TextEntry => AnswerField::Text,
            AskedView::SingleChoice(options) => AnswerField::One(options),
            AskedView::MultipleChoice(options) => AnswerField::Several(options),
            AskedView::Ordering(items) => AnswerField::Order(items),
        };
        Self { stimulus: asked.stimulus, wording: asked.wording, hints: asked.hints, rules, field }
    }
}
