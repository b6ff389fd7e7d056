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

    /// A response as it will be marked, for a page that shows it back.
    pub fn said(&self, response: &Response) -> Said {
        let printed = match self {
            Self::Number(UnitField::Shown(unit)) => Some(unit.as_str()),
            Self::Number(UnitField::Drawn(_)) => Some("mL"),
            _ => None,
        };
        let (Self::One(options) | Self::Several(options) | Self::Order(options)) = self else {
            return Said::Typed(match response {
                Response::Text(text) => text.clone(),
                response => response.with_unit(printed).unwrap_or_default(),
            });
        };
        let ids = match response {
            Response::Chosen(ids) | Response::Ordered(ids) => ids.as_slice(),
            Response::Number { .. } | Response::Text(_) => &[],
        };
        let text =
            |id: &String| options.iter().find(|option| option.id == *id).map(|option| option.text.clone());
        let texts = ids.iter().filter_map(text).collect();
        Said::Options { texts, in_order: matches!(self, Self::Order(_)) }
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

/// A response in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// As typed, a number with its unit. It is text, never HTML.
    Typed(String),
    /// The HTML of the chosen options, or of all in the order given.
    Options { texts: Vec<String>, in_order: bool },
}

/// The text beside the box for a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitField {
    None,
    Typed,
    Chosen(Vec<String>),
    Shown(String),
    /// HTML: the syringe in which the answer is drawn up, in mL. Without scripts it is typed.
    Drawn(String),
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
                UnitBox::Drawn(syringe) => UnitField::Drawn(syringe),
            }),
            AskedView::TextEntry => AnswerField::Text,
            AskedView::SingleChoice(options) => AnswerField::One(options),
            AskedView::MultipleChoice(options) => AnswerField::Several(options),
            AskedView::Ordering(items) => AnswerField::Order(items),
        };
        Self { stimulus: asked.stimulus, wording: asked.wording, hints: asked.hints, rules, field }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_said_as_it_will_be_marked() {
        let number = |typed: &str, unit: &str| Response::Number { typed: typed.into(), unit: unit.into() };
        let options = || {
            ["a", "b", "c"].map(|id| AskedOption { id: id.into(), text: format!("<em>{id}</em>") }).to_vec()
        };
        let chosen = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let texts = |ids: &[&str], in_order| Said::Options {
            texts: ids.iter().map(|id| format!("<em>{id}</em>")).collect(),
            in_order,
        };
        for (field, response, said) in [
            (AnswerField::Number(UnitField::Shown("mL".into())), number("5", ""), Said::Typed("5 mL".into())),
            (
                AnswerField::Number(UnitField::Drawn("<svg>".into())),
                number("5", ""),
                Said::Typed("5 mL".into()),
            ),
            (AnswerField::Number(UnitField::Typed), number("5 mg", ""), Said::Typed("5 mg".into())),
            (
                AnswerField::Number(UnitField::Chosen(vec!["mg".into(), "g".into()])),
                number("5", "g"),
                Said::Typed("5 g".into()),
            ),
            (AnswerField::Text, Response::Text("twice <daily>".into()), Said::Typed("twice <daily>".into())),
            (AnswerField::One(options()), Response::Chosen(chosen(&["b"])), texts(&["b"], false)),
            (
                AnswerField::Several(options()),
                Response::Chosen(chosen(&["a", "c"])),
                texts(&["a", "c"], false),
            ),
            (
                AnswerField::Order(options()),
                Response::Ordered(chosen(&["c", "a", "b"])),
                texts(&["c", "a", "b"], true),
            ),
            // A stored answer of another version of the page.
            (AnswerField::One(options()), number("5", ""), texts(&[], false)),
        ] {
            assert_eq!(field.said(&response), said, "{response:?}");
        }
    }
}
