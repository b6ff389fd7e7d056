//! The response, in words, and before it is marked.

use super::{AskedQuestion, AskedView, Key, Question, Response, UnitBox};
use crate::{
    Problem,
    kit::typed::plain,
    quantity::{Entry, MAX_CHARS},
};

/// Longest text answer, in characters.
pub(crate) const MAX_TEXT: usize = 200;
/// More options than any question has.
const MAX_IDS: usize = 100;

impl Response {
    /// An answer as the fields of a form. `kind` is a hidden one; an empty answer is none, and so is an unchanged
    /// order.
    pub fn from_fields(kind: &str, typed: String, unit: String, chosen: Vec<String>) -> Option<Self> {
        let response = match kind {
            "number" => Self::Number { typed, unit },
            "text" => Self::Text(typed),
            "ordered" => Self::Ordered(chosen),
            "untouched" => return None,
            // One by one: there are few, and sorting would add code to the browser's download.
            _ => Self::Chosen(chosen.into_iter().fold(Vec::new(), |mut sorted: Vec<String>, id| {
                sorted.insert(sorted.partition_point(|other| *other < id), id);
                sorted
            })),
        };
        (!response.is_blank()).then_some(response)
    }

    /// The answer is empty.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Number { typed, unit: _ } => plain(typed).is_empty(),
            Self::Text(text) => plain(text).is_empty(),
            Self::Chosen(ids) | Self::Ordered(ids) => ids.is_empty(),
        }
    }

    /// As stored: no longer than can be marked (a cut answer was too long to be marked, and still is), and without NUL,
    /// which PostgreSQL cannot hold in a text and which can only be pasted.
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
            // Reading a number ignores invisible characters, so they are removed first.
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

    /// Asked for a number, and without any figure: a page can tell that it is no answer without asking the server, which
    /// reads numbers. Characters that are not ASCII are left to the server.
    pub fn has_no_figure(&self) -> bool {
        matches!(self, Self::Number { typed, .. } if typed.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_digit()))
    }

    /// A typed number as it is marked: with the unit chosen beside it, or else with the one that the question prints.
    pub(super) fn with_unit(&self, printed: Option<&str>) -> Option<String> {
        let Self::Number { typed, unit } = self else { return None };
        let unit = printed.filter(|_| self.is_without_unit()).unwrap_or(unit);
        Some(format!("{} {unit}", typed.trim()).trim_end().to_owned())
    }

    /// A number alone: without a unit typed after it or chosen beside it.
    pub(super) fn is_without_unit(&self) -> bool {
        let Self::Number { typed, unit } = self else { return false };
        plain(unit).is_empty() && !plain(typed).contains(|c: char| c.is_alphabetic() || c == '%')
    }

    /// Whether it can be marked as it is. The candidate hears this while there is time to correct it; it is kept in any
    /// case.
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
    /// Why the candidate should look at a response again while there is time. If the unit is chosen from a list, a
    /// number alone can be marked, but gets no marks.
    pub fn problem_of(&self, response: &Response) -> Option<Problem> {
        let chosen = matches!(&self.key, Key::Number(key) if matches!(key.unit_box(), UnitBox::Chosen(_)));
        let lacks = || (chosen && response.is_without_unit()).then_some(Problem::UnitMissing);
        response.readable().err().or_else(lacks)
    }

    /// A response in readable form: one text, or one for each option or place. Typed text stays as typed, a number with its
    /// unit.
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
        let printed = match &self.key {
            Key::Number(key) => match key.unit_box() {
                UnitBox::Shown(unit) => Some(unit.to_string()),
                _ => None,
            },
            _ => None,
        };
        match response {
            Response::Number { .. } => response.with_unit(printed.as_deref()).into_iter().collect(),
            Response::Text(text) => vec![text.clone()],
            Response::Chosen(ids) | Response::Ordered(ids) => ids.iter().filter_map(text_of).collect(),
        }
    }
}

impl AskedQuestion {
    /// The same with every text converted: Markdown into HTML, for a page.
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
    use proptest::prelude::*;

    use super::*;

    fn number(typed: &str) -> Response {
        Response::Number { typed: typed.into(), unit: String::new() }
    }

    #[test]
    fn an_unchanged_order_is_no_answer_and_ticks_have_no_order() {
        let of =
            |kind| Response::from_fields(kind, String::new(), String::new(), vec!["b".into(), "a".into()]);
        assert_eq!(of("untouched"), None);
        assert_eq!(of("ordered"), Some(Response::Ordered(vec!["b".into(), "a".into()])));
        assert_eq!(of("chosen"), Some(Response::Chosen(vec!["a".into(), "b".into()])));
        assert_eq!(of("number"), None);
    }

    #[test]
    fn a_response_that_is_too_long_is_cut_and_keeps_its_verdict() {
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
        // Eighty invisible characters are not part of a number.
        let unseen = number(&format!("{}5 mg", "\u{200b}".repeat(300))).for_storing();
        assert_eq!(unseen, number("5 mg"));
    }

    #[test]
    fn a_number_without_a_unit_is_recognised_as_in_marking() {
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

    proptest! {
        #[test]
        fn what_the_server_can_read_never_looks_like_no_number(typed in "[-+ 0-9.,a-z%µ\u{ff11}\u{2212}\u{200b}]{0,8}") {
            let response = number(&typed);
            prop_assert!(!response.has_no_figure() || response.readable().is_err(), "{typed}");
        }
    }

    #[test]
    fn words_in_the_box_for_a_number_are_no_number() {
        for (typed, none) in
            [("abc", true), ("-", true), ("mg", true), ("5", false), ("\u{ff15}", false), ("five 5", false)]
        {
            assert_eq!(number(typed).has_no_figure(), none, "{typed}");
        }
        assert!(!Response::Text("abc".into()).has_no_figure(), "words are asked for");
    }

    #[test]
    fn a_number_is_said_with_the_unit_that_it_is_marked_with() {
        let chosen = |typed: &str, unit: &str| Response::Number { typed: typed.into(), unit: unit.into() };
        for (response, printed, said) in [
            (number(" 5 "), None, "5"),
            (number("5"), Some("mL"), "5 mL"),
            (number("5 mL"), Some("mL"), "5 mL"),
            (number("5 mg"), Some("mL"), "5 mg"),
            (chosen("5", "mg"), None, "5 mg"),
            (chosen("2,5", "mg"), None, "2,5 mg"),
        ] {
            assert_eq!(response.with_unit(printed).as_deref(), Some(said));
        }
        assert_eq!(Response::Text("5".into()).with_unit(Some("mL")), None);
    }

    #[test]
    fn an_ambiguous_response_is_reported_at_once() {
        assert_eq!(number("2,5").readable(), Err(Problem::NumberMarks));
        assert_eq!(number("2.5 mg").readable(), Ok(()));
        assert_eq!(Response::Text("x".repeat(201)).readable(), Err(Problem::TextTooLong));
        assert!(
            number("  ").is_blank() && !number("0").is_blank() && Response::Chosen(Vec::new()).is_blank()
        );
    }
}
