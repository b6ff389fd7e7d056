//! The banks as a setter looks into them: kinds of questions, titles in words, and the query for them.

use serde::{Deserialize, Serialize};

use super::{OfCategory, OfDifficulty, Template, template::Ask};
use crate::kit::list::{Choice, Filter, ListQuery, Sort};

/// How a question is answered: one of the tables of a template (see [`Ask`](super::template::Ask)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionKind {
    Number,
    SingleChoice,
    MultipleChoice,
    Ordering,
    TextEntry,
}

impl QuestionKind {
    pub const ALL: &[Self] =
        &[Self::Number, Self::SingleChoice, Self::MultipleChoice, Self::Ordering, Self::TextEntry];

    /// As in files, addresses and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::SingleChoice => "single-choice",
            Self::MultipleChoice => "multiple-choice",
            Self::Ordering => "ordering",
            Self::TextEntry => "text-entry",
        }
    }

    /// As shown on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Number => "A number",
            Self::SingleChoice => "One of several options",
            Self::MultipleChoice => "All options that are right",
            Self::Ordering => "An order",
            Self::TextEntry => "A word or a short text",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

impl Template {
    pub fn kind(&self) -> QuestionKind {
        match &self.ask {
            Ask::Number(_) => QuestionKind::Number,
            Ask::SingleChoice(_) => QuestionKind::SingleChoice,
            Ask::MultipleChoice(_) => QuestionKind::MultipleChoice,
            Ask::Ordering(_) => QuestionKind::Ordering,
            Ask::TextEntry(_) => QuestionKind::TextEntry,
        }
    }
}

/// One kind of questions, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AnsweredBy(pub Option<QuestionKind>);

impl Choice for AnsweredBy {
    const ALL: &'static [Self] = &[
        Self(None),
        Self(Some(QuestionKind::Number)),
        Self(Some(QuestionKind::SingleChoice)),
        Self(Some(QuestionKind::MultipleChoice)),
        Self(Some(QuestionKind::Ordering)),
        Self(Some(QuestionKind::TextEntry)),
    ];

    fn as_str(self) -> &'static str {
        self.0.map_or("all", QuestionKind::as_str)
    }
}

impl Filter for AnsweredBy {
    const NAME: &'static str = "kind";
    const LABEL: &'static str = "Answered by";

    fn label(self) -> &'static str {
        self.0.map_or("Every kind of answer", QuestionKind::label)
    }
}

/// The one order of the banks: categories as pages have them, then the difficulty and the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByCategory;

impl Choice for ByCategory {
    const ALL: &'static [Self] = &[Self];

    fn as_str(self) -> &'static str {
        "category"
    }
}

impl Sort for ByCategory {}

/// A setter's query for the questions that they may set: those of the shared bank, and those of their organisations.
pub type BankQuery = ListQuery<ByCategory, (OfCategory, OfDifficulty, AnsweredBy)>;

/// Words that are not written as they stand in an id.
const WRITTEN: [(&str, &str); 10] = [
    ("d", "D"),
    ("iv", "IV"),
    ("im", "IM"),
    ("iu", "IU"),
    ("ml", "mL"),
    ("nhs", "NHS"),
    ("od", "OD"),
    ("si", "SI"),
    ("u", "U"),
    ("email", "e-mail"),
];

/// The title of a question in words, from the id of its template: `si-grams-to-milligrams` is "SI grams to milligrams".
pub fn titled(id: &str) -> String {
    let words = id.split(['-', '_']).filter(|word| !word.is_empty());
    let words: Vec<&str> = words
        .map(|word| WRITTEN.iter().find(|(plain, _)| *plain == word).map_or(word, |(_, written)| *written))
        .collect();
    let text = words.join(" ");
    // A unit keeps its small letter.
    if text.starts_with("mL") {
        return text;
    }
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::{Category, Difficulty};

    #[test]
    fn every_kind_is_a_choice_with_a_name_of_its_own() {
        let kinds = AnsweredBy::ALL.iter().skip(1).filter_map(|choice| choice.0);
        assert!(kinds.eq(QuestionKind::ALL.iter().copied()));
        for kind in QuestionKind::ALL {
            assert_eq!(QuestionKind::parse(kind.as_str()), Some(*kind));
            assert_eq!(AnsweredBy::parse(kind.as_str()), AnsweredBy(Some(*kind)));
        }
        assert_eq!(QuestionKind::parse("essay"), None);
    }

    #[test]
    fn the_filters_survive_the_address() {
        let address = "/questions?category=oral-liquids&difficulty=2&kind=ordering&search=syrup";
        let query = BankQuery::read(address.trim_start_matches("/questions"));
        assert_eq!(
            query.filters,
            (
                OfCategory(Some(Category::OralLiquids)),
                OfDifficulty(Some(Difficulty::Two)),
                AnsweredBy(Some(QuestionKind::Ordering))
            )
        );
        assert_eq!(query.link("/questions"), address);
    }

    #[test]
    fn a_title_is_words_and_no_id() {
        for (id, title) in [
            ("oral-liquid-volume", "Oral liquid volume"),
            ("si-grams-to-milligrams", "SI grams to milligrams"),
            ("drops-from-ml-per-hour", "Drops from mL per hour"),
            ("ml-per-hour", "mL per hour"),
            ("email-who-may-have-it", "E-mail who may have it"),
            ("insulin-without-u", "Insulin without U"),
            ("q1", "Q1"),
            ("-a--b_c-", "A b c"),
            ("", ""),
        ] {
            assert_eq!(titled(id), title);
        }
    }
}
