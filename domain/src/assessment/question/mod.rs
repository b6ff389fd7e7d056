//! A question with its numbers: whole, with its key, and as sent to the page. How an answer is read, marked and
//! described.
//!
//! Knowledge checks store their questions in another form, and are marked by a [`Key`] too: see `learning::check`.

mod advice;
mod figure;
mod figures;
mod mark;
mod response;
mod rounding;
mod typing;
mod wire;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Category, Difficulty};
use crate::quantity::{Rational, Unit};

pub use advice::Advice;
pub use figure::{Figure, FluidEntry, Instrument, Plot, PlotPoint, Scale, Task, picture_address};
pub use figures::{figures, quantity, quantity_in};
pub use mark::{RoundingVerdict, UnitVerdict, ValueVerdict, Verdict, mark};
pub(crate) use mark::{comparable, mark_number};
pub(crate) use response::MAX_TEXT;
pub use rounding::{Precision, Rounding, rules_in_words};
pub use typing::{after_key, with_number};
pub use wire::{AnswerField, PageQuestion, Said, UnitField};

/// A question with its key. It stays on the server; the page gets an [`AskedQuestion`]. Store it whole with a sitting:
/// a template may be corrected later, and a mark must be based on the question that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The template's id and the seed. These two always give the same question, as long as the template stays the same.
    /// Draw seeds below 2^63: a `bigint` column and TOML hold no more.
    pub template: String,
    pub seed: u64,
    pub category: Category,
    pub difficulty: Difficulty,
    /// Markdown, like every text below.
    pub stimulus: Option<String>,
    pub wording: String,
    pub hints: Vec<String>,
    /// The worked solution with the question's own numbers, a step each, or the explanation.
    pub solution: Vec<String>,
    /// What there is to look at, below the stimulus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<Figure>,
    pub key: Key,
}

/// The right answer, and the known mistakes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    Number(NumberKey),
    /// Exactly one option is right.
    SingleChoice(Vec<Choice>),
    /// Right only when all the right options and no others are chosen.
    MultipleChoice(Vec<Choice>),
    Ordering(OrderingKey),
    TextEntry(TextKey),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberKey {
    /// The answer before rounding, in `unit`.
    pub exact: Rational,
    /// The answer as asked.
    pub answer: Rational,
    pub unit: Option<Unit>,
    pub unit_entry: UnitEntry,
    pub unit_choices: Vec<Unit>,
    /// Other correct units, and how many of `unit` make one of them.
    pub also: Vec<(Unit, Rational)>,
    pub rounding: Rounding,
    /// Either way from `answer`, in `unit`.
    pub tolerance: Rational,
    pub precision: Precision,
    /// Values before rounding, in `unit`.
    pub errors: Vec<Named<Rational>>,
}

/// A known wrong answer, and the name of the mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<T> {
    pub name: String,
    pub answer: T,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// By its place as shown, "a" first: it reveals nothing about the key.
    pub id: String,
    pub text: String,
    pub right: bool,
    pub why: Option<String>,
    pub error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderingKey {
    /// As shown; the ids follow the place, like those of a [`Choice`].
    pub items: Vec<AskedOption>,
    /// The ids in the right order.
    pub right: Vec<String>,
    pub errors: Vec<Named<Vec<String>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextKey {
    pub accepted: Vec<String>,
    pub case_matters: bool,
    pub errors: Vec<Named<Vec<String>>>,
}

/// How the unit is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitEntry {
    /// Typed after the number: the unit is part of the answer.
    #[default]
    Typed,
    /// Chosen from a list beside the number.
    Chosen,
    /// Printed beside the box, so it is not part of the answer.
    Shown,
}

/// A question as asked: without its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedQuestion {
    pub category: Category,
    pub difficulty: Difficulty,
    pub stimulus: Option<String>,
    pub wording: String,
    /// How many hints can be opened.
    pub hints: usize,
    pub view: AskedView,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskedView {
    Number {
        rounding: Rounding,
        precision: Precision,
        unit: UnitBox,
    },
    /// Radio buttons.
    SingleChoice(Vec<AskedOption>),
    /// Check boxes.
    MultipleChoice(Vec<AskedOption>),
    /// A list to put in order.
    Ordering(Vec<AskedOption>),
    TextEntry,
}

/// The text beside the box for the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitBox {
    /// The answer is a bare number.
    None,
    /// Nothing: the unit is typed into the same box.
    Typed,
    Chosen(Vec<Unit>),
    Shown(Unit),
    /// HTML: the syringe in which the answer is drawn up, in mL.
    Drawn(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedOption {
    pub id: String,
    pub text: String,
}

/// The response. Ids are those of the [`AskedQuestion`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Response {
    /// The typed text, and the unit chosen from the list; empty if there is no list.
    Number {
        typed: String,
        unit: String,
    },
    /// One id or, for multiple choice, several.
    Chosen(Vec<String>),
    /// Every id, in the order given.
    Ordered(Vec<String>),
    Text(String),
}

impl Question {
    /// The question without anything that reveals its answer.
    pub fn asked(&self) -> AskedQuestion {
        let options = |choices: &[Choice]| {
            choices
                .iter()
                .map(|choice| AskedOption { id: choice.id.clone(), text: choice.text.clone() })
                .collect()
        };
        let view = match &self.key {
            Key::Number(key) => {
                let drawn = self.figure.as_ref().and_then(Figure::to_draw_up);
                let unit = drawn.map_or_else(|| key.unit_box(), UnitBox::Drawn);
                AskedView::Number { rounding: key.rounding, precision: key.precision, unit }
            }
            Key::SingleChoice(choices) => AskedView::SingleChoice(options(choices)),
            Key::MultipleChoice(choices) => AskedView::MultipleChoice(options(choices)),
            Key::Ordering(key) => AskedView::Ordering(key.items.clone()),
            Key::TextEntry(_) => AskedView::TextEntry,
        };
        AskedQuestion {
            category: self.category,
            difficulty: self.difficulty,
            stimulus: self.stimulus.clone(),
            wording: self.wording.clone(),
            hints: self.hints.len(),
            view,
        }
    }

    /// Converts the text of every option: Markdown into plain words, for example.
    pub fn reword_options(&mut self, make: impl Fn(&str) -> String) {
        match &mut self.key {
            Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
                choices.iter_mut().for_each(|choice| choice.text = make(&choice.text));
            }
            Key::Ordering(key) => key.items.iter_mut().for_each(|item| item.text = make(&item.text)),
            Key::Number(_) | Key::TextEntry(_) => {}
        }
    }

    /// The question as a candidate sees it: its text, its figure, and the options in a neutral order. Two questions that
    /// are equal in this are the same question, whichever templates they were made from.
    pub fn as_asked(&self) -> Vec<Cow<'_, str>> {
        let mut options: Vec<&str> = match &self.key {
            Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
                choices.iter().map(|choice| choice.text.as_str()).collect()
            }
            Key::Ordering(key) => key.items.iter().map(|item| item.text.as_str()).collect(),
            Key::Number(_) | Key::TextEntry(_) => Vec::new(),
        };
        options.sort_unstable();
        let texts = [self.stimulus.as_deref().unwrap_or_default(), &self.wording];
        let figure = self.figure.iter().flat_map(|figure| [figure.name()].into_iter().chain(figure.said()));
        texts.into_iter().chain(options).map(Cow::Borrowed).chain(figure.map(Cow::Owned)).collect()
    }

    /// The right answer in readable form: one text, or one for each option or place.
    pub fn right_answer(&self) -> Vec<String> {
        match &self.key {
            Key::Number(key) => key.written(key.answer).into_iter().collect(),
            Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
                choices.iter().filter(|choice| choice.right).map(|choice| choice.text.clone()).collect()
            }
            Key::Ordering(key) => {
                let text =
                    |id: &String| key.items.iter().find(|item| item.id == *id).map(|item| item.text.clone());
                key.right.iter().filter_map(text).collect()
            }
            Key::TextEntry(key) => key.accepted.iter().take(1).cloned().collect(),
        }
    }
}

impl NumberKey {
    pub(super) fn unit_box(&self) -> UnitBox {
        match (&self.unit, self.unit_entry) {
            (None, _) => UnitBox::None,
            (Some(_), UnitEntry::Typed) => UnitBox::Typed,
            (Some(_), UnitEntry::Chosen) => UnitBox::Chosen(self.unit_choices.clone()),
            (Some(unit), UnitEntry::Shown) => UnitBox::Shown(unit.clone()),
        }
    }

    /// A number with the question's unit. `None` for a recurring decimal.
    pub fn written(&self, number: Rational) -> Option<String> {
        match &self.unit {
            Some(unit) => quantity_in(number, unit),
            None => figures(number),
        }
    }
}
