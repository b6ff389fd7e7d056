//! What was answered, in words, and before it is marked.

use super::{AskedQuestion, AskedView, Key, Question, Response, UnitBox};
use crate::{
    Problem,
    kit::typed::plain,
    quantity::{Entry, MAX_CHARS},
};

/// Longest text answer, in characters.
const MAX_TEXT: usize = 200;
/// More options than any question has.
const MAX_IDS: usize = 100;

impl Response {
    /// An answer as the fields of a form have it. `kind` is a hidden one; an empty answer is none, and so is an order that nobody
    /// has changed.
    pub fn from_fields(kind: &str, typed: String, unit: String, chosen: Vec<String>) -> Option<Self> {
        let response = match kind {
            "number" => Self::Number { typed, unit },
            "text" => Self::Text(typed),
            "ordered" => Self::Ordered(chosen),
            "untouched" => return None,
            // One by one: they are few, and a browser would load for them all that sorting needs.
            _ => Self::Chosen(chosen.into_iter().fold(Vec::new(), |mut sorted: Vec<String>, id| {
                sorted.insert(sorted.partition_point(|other| *other < id), id);
                sorted
            })),
        };
        (!response.is_blank()).then_some(response)
    }

    /// Nothing was given.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Number { typed, unit: _ } => plain(typed).is_empty(),
            Self::Text(text) => plain(text).is_empty(),
            Self::Chosen(ids) | Self::Ordered(ids) => ids.is_empty(),
        }
    }

    /// As it is stored: no longer than what can be marked (what is cut off was too long to be marked, and still is), and without the
    /// character that PostgreSQL can hold in no text, which nobody can see or type, but paste.
    #[must_use]
    pub fn for_storing(self) -> Self {
        let cut = |text: String, most: usize| {
            let text = if text.contains('\0') { text.replace('\0', "") } else { text };
            match text.char_indices().nth(most) {
                Some((end, _)) => text[..end].to_owned(),
                None => text,
            }
        };
        let all = |ids: Vec<String>| ids.into_iter().take(MAX_IDS).map(|id| cut(id, MAX_TEXT)).collect();
        match self {
            // What nobody sees of a number is not counted when it is read, so it goes first.
            Self::Number { typed, unit } if typed.chars().count() > MAX_CHARS => {
                Self::Number { typed: cut(plain(&typed), MAX_CHARS + 1), unit: cut(unit, MAX_CHARS) }
            }
            Self::Number { typed, unit } => {
                Self::Number { typed: cut(typed, MAX_CHARS), unit: cut(unit, MAX_CHARS) }
            }
            Self::Text(text) => Self::Text(cut(text, MAX_TEXT + 1)),
            Self::Chosen(ids) => Self::Chosen(all(ids)),
            Self::Ordered(ids) => Self::Ordered(all(ids)),
        }
    }

    /// A number, and nothing else: neither is a unit typed behind it, nor is one chosen beside it.
    pub(super) fn is_without_unit(&self) -> bool {
        let Self::Number { typed, unit } = self else { return false };
        plain(unit).is_empty() && !plain(typed).contains(|c: char| c.is_alphabetic() || c == '%')
    }

    /// Whether it can be marked as it stands. Told while there is still time to mend it; it is kept either way.
    ///
    /// # Errors
    /// The [`Problem`] that says what to write instead.
    pub fn readable(&self) -> Result<(), Problem> {
        match self {
            Self::Number { typed, unit } => Entry::read(typed, unit).map(drop),
            Self::Text(text) if text.chars().count() > MAX_TEXT => Err(Problem::TextTooLong),
            _ => Ok(()),
        }
    }
}

impl Question {
    /// Why a response should be looked at again while there is time. Where the unit is chosen from a list, a number alone can be
    /// marked, and has no marks.
    pub fn problem_of(&self, response: &Response) -> Option<Problem> {
        let chosen = matches!(&self.key, Key::Number(key) if matches!(key.unit_box(), UnitBox::Chosen(_)));
        let lacks = || (chosen && response.is_without_unit()).then_some(Problem::UnitMissing);
        response.readable().err().or_else(lacks)
    }

    /// A response as people read it: one text, or one for each option or place. What was typed stays as typed.
    pub fn given(&self, response: &Response) -> Vec<String> {
        let text_of = |id: &String| -> Option<String> {
            match &self.key {
                Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
                    choices.iter().find(|choice| choice.id == *id).map(|choice| choice.text.clone())
                }
                Key::Ordering(key) => {
                    key.items.iter().find(|item| item.id == *id).map(|item| item.text.clone())
                }
                Key::Number(_) | Key::TextEntry(_) => None,
            }
        };
        match response {
            Response::Number { typed, unit } => vec![format!("{typed} {unit}").trim().to_owned()],
            Response::Text(text) => vec![text.clone()],
            Response::Chosen(ids) | Response::Ordered(ids) => ids.iter().filter_map(text_of).collect(),
        }
    }
}

impl AskedQuestion {
    /// The same with every text made into something else: Markdown into HTML, for a page.
    #[must_use]
    pub fn with_texts(mut self, make: impl Fn(&str) -> String) -> Self {
        self.stimulus = self.stimulus.as_deref().map(&make);
        self.wording = make(&self.wording);
        if let AskedView::SingleChoice(options)
        | AskedView::MultipleChoice(options)
        | AskedView::Ordering(options) = &mut self.view
        {
            for option in options {
                option.text = make(&option.text);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(typed: &str) -> Response {
        Response::Number { typed: typed.into(), unit: String::new() }
    }

    #[test]
    fn an_order_that_nobody_changed_is_no_answer_and_ticks_have_no_order() {
        let of =
            |kind| Response::from_fields(kind, String::new(), String::new(), vec!["b".into(), "a".into()]);
        assert_eq!(of("untouched"), None);
        assert_eq!(of("ordered"), Some(Response::Ordered(vec!["b".into(), "a".into()])));
        assert_eq!(of("chosen"), Some(Response::Chosen(vec!["a".into(), "b".into()])));
        assert_eq!(of("number"), None);
    }

    #[test]
    fn what_is_too_long_is_cut_and_stays_what_it_was() {
        let long = "9".repeat(200_000);
        for response in [
            Response::Text(long.clone()),
            Response::Text("é".repeat(201)),
            number(&long),
            Response::Number { typed: "5".into(), unit: long.clone() },
            Response::Chosen(vec![long.clone(); 500]),
            Response::Ordered(vec![long; 500]),
        ] {
            let stored = response.clone().for_storing();
            assert_eq!(stored.readable(), response.readable());
            assert!(format!("{stored:?}").len() < 21_500, "{response:?}");
        }
        for kept in [Response::Text("é".repeat(200)), number(&"9".repeat(80)), number(&"9".repeat(81))] {
            assert_eq!(kept.clone().for_storing(), kept);
        }
        assert_eq!(number(" 5 \0 mg ").for_storing(), number(" 5  mg "), "as typed");
        // Eighty signs that nobody sees are not part of a number.
        let unseen = number(&format!("{}5 mg", "\u{200b}".repeat(300))).for_storing();
        assert_eq!(unseen, number("5 mg"));
    }

    #[test]
    fn a_number_alone_is_told_from_one_with_its_unit_as_it_is_read() {
        for typed in [
            "5",
            "1,000",
            "-2.5",
            "+ 0.5",
            " 5 \u{200b}",
            "5 mg",
            "5%",
            "5 µg",
            "250 mg/5 mL",
            "5 units",
            "3 °C",
        ] {
            let response = number(typed);
            if let Ok(entry) = Entry::read(typed, "") {
                assert_eq!(response.is_without_unit(), entry.unit.is_none(), "{typed}");
            }
        }
        assert!(number("5").is_without_unit() && !number("5 mg").is_without_unit());
        assert!(!Response::Number { typed: "5".into(), unit: "mg".into() }.is_without_unit());
        assert!(!Response::Text("5".into()).is_without_unit());
    }

    #[test]
    fn what_could_mean_two_things_is_told_at_once() {
        assert_eq!(number("2,5").readable(), Err(Problem::NumberMarks));
        assert_eq!(number("2.5 mg").readable(), Ok(()));
        assert_eq!(Response::Text("x".repeat(201)).readable(), Err(Problem::TextTooLong));
        assert!(
            number("  ").is_blank() && !number("0").is_blank() && Response::Chosen(Vec::new()).is_blank()
        );
    }
}
