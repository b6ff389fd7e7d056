use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::number;
use crate::{
    FieldProblem, Problem,
    assessment::question::{Choice, Key, Response, Rounding, Verdict},
};

/// The answers: each question's id with the chosen options or the typed text.
pub type Answers = BTreeMap<String, Vec<String>>;

/// A question of a knowledge check with its key. It stays on the server; the page gets an [`super::AskedQuestion`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Unique in its module, and kept when the wording changes.
    pub id: String,
    /// HTML, made from Markdown at import.
    pub text: String,
    /// HTML: why the right answer is right.
    pub explanation: String,
    /// The page of the module that it is about, for reading again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kind {
    /// Exactly one option is right.
    Single {
        options: Vec<Opt>,
    },
    /// Right only when all the right options and no others are chosen.
    Multiple {
        options: Vec<Opt>,
    },
    TrueFalse {
        answer: bool,
    },
    /// Compared exactly, as a decimal number. The unit is printed beside the box.
    Number {
        answer: String,
        unit: String,
        /// Stated beside the box; `answer` is rounded by it.
        #[serde(default, skip_serializing_if = "is_exact")]
        rounding: Rounding,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opt {
    pub id: String,
    /// HTML.
    pub text: String,
    pub right: bool,
    /// HTML: why this option is right or wrong.
    pub why: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_exact(rounding: &Rounding) -> bool {
    *rounding == Rounding::Exact
}

impl Kind {
    /// As written in `check.toml`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Single { .. } => "single",
            Self::Multiple { .. } => "multiple",
            Self::TrueFalse { .. } => "true-false",
            Self::Number { .. } => "number",
        }
    }

    /// The key in the form that papers use, so that the same rules mark both. `None` when the stored answer is not a number.
    fn key(&self) -> Option<Key> {
        let choice = |id: &str, right: bool| Choice {
            id: id.to_owned(),
            text: String::new(),
            right,
            why: None,
            error: None,
        };
        let choices =
            |options: &[Opt]| options.iter().map(|option| choice(&option.id, option.right)).collect();
        Some(match self {
            Self::Single { options } => Key::SingleChoice(choices(options)),
            Self::Multiple { options } => Key::MultipleChoice(choices(options)),
            Self::TrueFalse { answer } => {
                Key::SingleChoice(vec![choice("true", *answer), choice("false", !answer)])
            }
            Self::Number { answer, unit, rounding } => Key::Number(number::key(answer, unit, *rounding)?),
        })
    }
}

/// A check with every question marked, in the order asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedCheck {
    pub questions: Vec<MarkedQuestion>,
    pub right: u16,
    pub of: u16,
    pub passed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedQuestion {
    pub id: String,
    pub given: Vec<String>,
    pub right: bool,
}

impl Question {
    /// Marks one answer.
    ///
    /// # Errors
    /// A problem with the form of the answer. The answer is then not marked as wrong.
    fn mark(&self, given: &[String]) -> Result<Verdict, Problem> {
        if given.iter().all(|text| text.trim().is_empty()) {
            return Err(Problem::AnswerMissing);
        }
        let response = match (&self.kind, given) {
            (Kind::Number { .. }, [typed, ..]) => {
                Response::Number { typed: typed.clone(), unit: String::new() }
            }
            _ => Response::Chosen(given.to_vec()),
        };
        let marked = self.kind.key().ok_or(Problem::QuestionsChanged)?.mark(&response);
        // The page has radio buttons, so two chosen options can only come from a page of another version.
        marked.map_err(|problem| match problem {
            Problem::ChooseOne => Problem::QuestionsChanged,
            problem => problem,
        })
    }

    /// Whether the answer is right. An unreadable one is not.
    pub fn is_right(&self, given: &[String]) -> bool {
        self.mark(given).is_ok_and(|verdict| verdict.right)
    }
}

/// Marks a whole check. `pass_mark` is a percentage; the comparison is in whole numbers, so 4 of 5 passes at 80.
///
/// # Errors
/// One [`FieldProblem`] for each question whose answer cannot be marked; nothing is marked then, so that a slip of the
/// thumb does not cost a learner an attempt. The field is `q-<id>`.
pub fn mark(
    questions: &[Question],
    answers: &Answers,
    pass_mark: u8,
) -> Result<MarkedCheck, Vec<FieldProblem>> {
    let given = |question: &Question| answers.get(&question.id).cloned().unwrap_or_default();
    let problems: Vec<_> = questions
        .iter()
        .filter_map(|question| {
            let problem = question.mark(&given(question)).err()?;
            Some(FieldProblem::new(format!("q-{}", question.id), problem))
        })
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let questions: Vec<_> = questions
        .iter()
        .map(|question| {
            let given = given(question);
            MarkedQuestion { id: question.id.clone(), right: question.is_right(&given), given }
        })
        .collect();
    let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let (right, of) =
        (count(questions.iter().filter(|question| question.right).count()), count(questions.len()));
    Ok(MarkedCheck {
        passed: u32::from(right) * 100 >= u32::from(pass_mark) * u32::from(of),
        questions,
        right,
        of,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn option(id: &str, right: bool) -> Opt {
        Opt { id: id.into(), text: id.into(), right, why: String::new() }
    }

    fn question(id: &str, kind: Kind) -> Question {
        Question { id: id.into(), text: String::new(), explanation: String::new(), page: None, kind }
    }

    fn number(answer: &str, unit: &str) -> Kind {
        Kind::Number { answer: answer.into(), unit: unit.into(), rounding: Rounding::Exact }
    }

    fn five() -> Vec<Question> {
        let options = || vec![option("a", true), option("b", false), option("c", true)];
        vec![
            question("one", Kind::Single { options: vec![option("a", false), option("b", true)] }),
            question("many", Kind::Multiple { options: options() }),
            question("true", Kind::TrueFalse { answer: true }),
            question("false", Kind::TrueFalse { answer: false }),
            question("number", number("62.5", "mL/hour")),
        ]
    }

    fn answers(given: [&[&str]; 5]) -> Answers {
        five()
            .into_iter()
            .zip(given)
            .map(|(question, given)| (question.id, given.iter().map(|text| (*text).to_owned()).collect()))
            .collect()
    }

    #[test]
    fn an_answer_that_cannot_be_marked_is_refused_and_not_marked_wrong() {
        let given = answers([&[], &["a", "x"], &["true", "false"], &[" "], &["62,5"]]);
        let problems = mark(&five(), &given, 80).unwrap_err();
        assert_eq!(
            problems,
            [
                FieldProblem::new("q-one", Problem::AnswerMissing),
                FieldProblem::new("q-many", Problem::QuestionsChanged),
                FieldProblem::new("q-true", Problem::QuestionsChanged),
                FieldProblem::new("q-false", Problem::AnswerMissing),
                FieldProblem::new("q-number", Problem::NumberMarks),
            ]
        );
    }

    #[test]
    fn a_typed_number_is_read_as_in_an_exam() {
        let question = question("q", number("125", "micrograms"));
        let problem = |typed: &str| question.mark(&[typed.to_owned()]).err();
        // A thousand-fold error, written with a decimal comma, must not pass for the right answer.
        for (typed, wrong) in [
            ("0,125", Problem::NumberMarks),
            ("1,25", Problem::NumberMarks),
            ("125 stone", Problem::UnitUnknown),
            ("1/8", Problem::NumberAFraction),
            ("about 125", Problem::AnswerNotANumber),
        ] {
            assert_eq!(problem(typed), Some(wrong), "{typed}");
        }
        for (typed, right) in [
            ("125", true),
            ("125.0", true),
            ("\u{feff}125\u{202c} mcg", true),
            ("125 micro grams", true),
            // Conversion is the task.
            ("0.125 mg", false),
            ("125 mL", false),
            ("0.125", false),
            ("1,250", false),
        ] {
            assert_eq!((problem(typed), question.is_right(&[typed.to_owned()])), (None, right), "{typed}");
        }
    }

    #[test]
    fn each_kind_is_marked_by_its_own_rule() {
        for (given, right) in [
            (answers([&["b"], &["a", "c"], &["true"], &["false"], &["62.50"]]), [true; 5]),
            (answers([&["a"], &["a"], &["false"], &["true"], &["625"]]), [false; 5]),
            (
                answers([&["b"], &["c", "a"], &["true"], &["true"], &["62.5"]]),
                [true, true, true, false, true],
            ),
            (
                answers([&["b"], &["a", "b", "c"], &["true"], &["false"], &["62.5"]]),
                [true, false, true, true, true],
            ),
        ] {
            let marked = mark(&five(), &given, 80).unwrap();
            let verdicts: Vec<_> = marked.questions.iter().map(|question| question.right).collect();
            assert_eq!(verdicts, right);
        }
    }

    #[test]
    fn four_of_five_passes_at_eighty_and_fails_at_eighty_one() {
        let given = answers([&["b"], &["a", "c"], &["true"], &["true"], &["62.5"]]);
        assert!(mark(&five(), &given, 80).unwrap().passed);
        assert!(!mark(&five(), &given, 81).unwrap().passed);
    }

    proptest! {
        #[test]
        fn a_number_is_right_where_its_value_is_the_answer_in_its_own_unit(
            answer in 0..400_i64, typed in 0..400_i64, nought in proptest::bool::ANY,
            unit in 0..3_usize, asked in 0..2_usize, rounding in proptest::sample::select(Rounding::ALL.to_vec())
        ) {
            let written = |hundredths: i64| format!("{}.{:02}", hundredths / 100, hundredths % 100);
            prop_assume!(rounding.allows(written(answer).parse().unwrap()));
            let (units, asked) = (["", "mg", "g"], ["", "mg"][asked]);
            let kind = Kind::Number { answer: written(answer), unit: asked.into(), rounding };
            let more = if nought { "0" } else { "" };
            let typed_text = format!("{}{more} {}", written(typed), units[unit]);
            let right = typed == answer && (unit == 0 || units[unit] == asked);
            prop_assert_eq!(question("q", kind).is_right(&[typed_text]), right);
        }

        #[test]
        fn a_choice_is_right_where_it_is_all_that_is_right(
            right in proptest::collection::vec(proptest::bool::ANY, 2..6), chosen in proptest::collection::btree_set(0..6_usize, 1..6)
        ) {
            let options: Vec<_> = right.iter().enumerate().map(|(n, right)| option(&n.to_string(), *right)).collect();
            let given: Vec<_> = chosen.iter().map(ToString::to_string).collect();
            let theirs = chosen.iter().all(|n| *n < right.len());
            let is_right = right.iter().enumerate().all(|(n, right)| *right == chosen.contains(&n));
            let many = question("q", Kind::Multiple { options: options.clone() }).mark(&given);
            prop_assert_eq!(many.map(|verdict| verdict.right), if theirs { Ok(is_right) } else { Err(Problem::QuestionsChanged) });
            let one = question("q", Kind::Single { options }).mark(&given);
            let can_be_one = theirs && given.len() == 1;
            prop_assert_eq!(one.map(|verdict| verdict.right), if can_be_one { Ok(is_right) } else { Err(Problem::QuestionsChanged) });
        }

        #[test]
        fn marks_never_exceed_the_questions_and_passing_follows_the_marks(
            picks in proptest::collection::vec(proptest::bool::ANY, 1..40), pass_mark in 0u8..=100
        ) {
            let questions: Vec<_> = (0..picks.len()).map(|n| question(&n.to_string(), Kind::TrueFalse { answer: true })).collect();
            let given: Answers = picks.iter().enumerate().map(|(n, pick)| (n.to_string(), vec![pick.to_string()])).collect();
            let marked = mark(&questions, &given, pass_mark).unwrap();
            let right = picks.iter().filter(|pick| **pick).count();
            prop_assert_eq!(usize::from(marked.right), right);
            prop_assert_eq!(marked.passed, right * 100 >= usize::from(pass_mark) * picks.len());
        }
    }
}
