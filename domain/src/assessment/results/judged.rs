//! What became of one answer, in a word.

use super::QuestionResult;

/// What became of an answer. Its word and its class say the same: pages add a sign and a colour by the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    Right,
    NotRight,
    /// It could be read in two ways.
    NotReadable,
    NotAnswered,
    /// The question turned out to be faulty.
    TakenOut,
}

impl Judged {
    pub const ALL: [Self; 5] =
        [Self::Right, Self::NotRight, Self::NotReadable, Self::NotAnswered, Self::TakenOut];

    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::NotRight => "not right",
            Self::NotReadable => "not readable",
            Self::NotAnswered => "not answered",
            Self::TakenOut => "taken out",
        }
    }

    /// At the beginning of a sentence, with what follows from it.
    pub fn verdict(self) -> &'static str {
        match self {
            Self::Right => "Right",
            Self::NotRight => "Not right",
            Self::NotReadable => "Not readable",
            Self::NotAnswered => "Not answered",
            Self::TakenOut => "Taken out: everybody gets the marks",
        }
    }

    /// The class of what it marks on a page.
    pub fn class(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::NotRight => "not-right",
            Self::NotReadable => "not-readable",
            Self::NotAnswered => "not-answered",
            Self::TakenOut => "taken-out",
        }
    }
}

impl QuestionResult {
    pub fn judged(&self) -> Judged {
        match &self.verdict {
            _ if self.voided => Judged::TakenOut,
            _ if self.unreadable => Judged::NotReadable,
            Some(verdict) if verdict.right => Judged::Right,
            Some(_) => Judged::NotRight,
            None => Judged::NotAnswered,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::assessment::{
        Category, ItemId,
        question::{RoundingVerdict, UnitVerdict, ValueVerdict, Verdict},
    };

    fn result(right: Option<bool>, unreadable: bool, voided: bool) -> QuestionResult {
        let verdict = |right| Verdict {
            value: if right { ValueVerdict::Right } else { ValueVerdict::Wrong },
            unit: UnitVerdict::NotNeeded,
            rounding: RoundingVerdict::Right,
            known_error: None,
            right,
        };
        QuestionResult {
            item: ItemId(uuid::Uuid::nil()),
            category: Category::SiConversion,
            stimulus: None,
            wording: String::new(),
            given: Vec::new(),
            right_answer: Vec::new(),
            solution: Vec::new(),
            key_corrected: false,
            verdict: right.map(verdict),
            marks: 0,
            available: 1,
            hints: 0,
            unreadable,
            advice: None,
            voided,
        }
    }

    #[test]
    fn every_answer_is_judged_in_one_word() {
        for (right, unreadable, voided, judged) in [
            (Some(true), false, false, Judged::Right),
            (Some(false), false, false, Judged::NotRight),
            (None, true, false, Judged::NotReadable),
            (None, false, false, Judged::NotAnswered),
            (Some(false), false, true, Judged::TakenOut),
            (None, true, true, Judged::TakenOut),
        ] {
            assert_eq!(result(right, unreadable, voided).judged(), judged);
        }
    }

    #[test]
    fn no_two_of_them_have_the_same_word_or_the_same_class() {
        let all =
            |of: fn(Judged) -> &'static str| Judged::ALL.into_iter().map(of).collect::<HashSet<_>>().len();
        assert_eq!([all(Judged::word), all(Judged::verdict), all(Judged::class)], [Judged::ALL.len(); 3]);
    }
}
