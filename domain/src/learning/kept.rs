//! The answers of a current try. They may come from several windows and devices, late, twice, and in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Answers, AttemptId};
use crate::{FieldProblem, Problem, assessment::delivery::EPOCH_SPAN};

/// The saved answers of a try, by question.
pub type Kept = BTreeMap<String, KeptAnswer>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// Nothing if the answer was cleared.
    pub given: Vec<String>,
    /// Which of two answers is the later: see `EPOCH_SPAN` of the assessments.
    pub sequence: i64,
}

/// Answers on their way: those that have changed, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckSave {
    pub attempt: AttemptId,
    /// The version of the questions as shown.
    pub version: i32,
    pub sequence: i64,
    pub answers: Answers,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckSaved {
    /// All are kept except those to these questions.
    Kept {
        /// Questions that have changed since they were shown.
        changed: Vec<String>,
        /// Questions that a later window has answered differently since: that answer counts.
        overtaken: Vec<String>,
        /// Values that are not answers, by `q-` and the question: the old answer stays.
        #[serde(default)]
        refused: Vec<FieldProblem>,
    },
    /// None is kept: another window has sent the try.
    Marked,
}

/// Longer than any answer that can be marked, as in an exam.
const MAX_CHARS: usize = crate::assessment::question::MAX_TEXT;
const MAX_CHOSEN: usize = 30;

/// The new answers that are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotKept {
    /// The questions whose answers are older than the saved ones.
    pub overtaken: Vec<String>,
    /// Values that are not answers to a question of the check.
    pub refused: Vec<FieldProblem>,
}

/// Keeps new answers, each if it is not older than the saved one. Values that are not answers, and answers to questions
/// that were not asked, are left out and reported.
pub fn take_in(kept: &mut Kept, answers: Answers, sequence: i64, asked: &[String]) -> NotKept {
    let NotKept { mut overtaken, mut refused } = NotKept::default();
    for (id, given) in answers {
        let given: Vec<_> = given.into_iter().filter(|text| !text.trim().is_empty()).collect();
        if let Err(problem) = can_be_kept(&id, &given, asked) {
            refused.push(FieldProblem::new(format!("q-{id}"), problem));
            continue;
        }
        match kept.get(&id) {
            Some(there) if there.sequence > sequence => {
                if !is_same(&there.given, &given) {
                    overtaken.push(id);
                }
            }
            _ => drop(kept.insert(id, KeptAnswer { given, sequence })),
        }
    }
    NotKept { overtaken, refused }
}

fn can_be_kept(id: &str, given: &[String], asked: &[String]) -> Result<(), Problem> {
    if !asked.iter().any(|asked| asked == id) {
        return Err(Problem::QuestionsChanged);
    }
    if given.len() > MAX_CHOSEN {
        return Err(Problem::ChoicesTooMany);
    }
    if given.iter().any(|text| text.chars().count() > MAX_CHARS) {
        return Err(Problem::TextTooLong);
    }
    Ok(())
}

/// The learner's own answers in a form with all questions: those that differ from how it was drawn, and those that this
/// window saved before. The others may have been answered in another window since, and a form left open must not
/// overwrite them.
pub fn done_in_form(
    kept: &Kept,
    mut form: Answers,
    drawn: &Answers,
    sequence: i64,
    asked: &[String],
) -> Answers {
    let mut done = Answers::new();
    for id in asked {
        let given = form.remove(id).unwrap_or_default();
        let as_drawn = is_same(&given, drawn.get(id).map(Vec::as_slice).unwrap_or_default());
        let own = kept.get(id).is_some_and(|there| there.sequence / EPOCH_SPAN == sequence / EPOCH_SPAN);
        if own || !as_drawn {
            done.insert(id.clone(), given);
        }
    }
    done
}

/// Whether two answers say the same, in whatever order.
fn is_same(one: &[String], other: &[String]) -> bool {
    let sorted = |given: &[String]| {
        let mut given: Vec<_> = given.iter().filter(|text| !text.trim().is_empty()).cloned().collect();
        given.sort();
        given
    };
    sorted(one) == sorted(other)
}

/// The answers given.
pub fn given(kept: Kept) -> Answers {
    kept.into_iter().map(|(id, answer)| (id, answer.given)).filter(|(_, given)| !given.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(all: &[(&str, &str)]) -> Answers {
        all.iter().map(|(id, text)| ((*id).to_owned(), vec![(*text).to_owned()])).collect()
    }

    #[test]
    fn the_later_answer_counts_whatever_arrives_last() {
        let asked = ["a".to_owned(), "b".to_owned()];
        let saves = [
            (answers(&[("a", "1"), ("b", "1")]), 1),
            (answers(&[("a", "2")]), 2),
            (answers(&[("b", "")]), 3),
        ];
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
            let mut kept = Kept::new();
            for n in order.into_iter().chain(order) {
                let (answers, sequence) = saves[n].clone();
                take_in(&mut kept, answers, sequence, &asked);
            }
            assert_eq!(given(kept), answers(&[("a", "2")]), "{order:?}");
        }
    }

    #[test]
    fn an_overtaken_answer_is_reported() {
        let asked = ["a".to_owned(), "b".to_owned()];
        let mut kept = Kept::new();
        assert_eq!(
            take_in(&mut kept, answers(&[("a", "1"), ("b", "1")]), 2 * EPOCH_SPAN, &asked),
            NotKept::default()
        );
        assert_eq!(
            take_in(&mut kept, answers(&[("a", "2"), ("b", "1")]), EPOCH_SPAN + 9, &asked).overtaken,
            ["a"]
        );
        assert_eq!(take_in(&mut kept, answers(&[("b", "")]), EPOCH_SPAN + 9, &asked).overtaken, ["b"]);
        assert_eq!(given(kept), answers(&[("a", "1"), ("b", "1")]));
    }

    #[test]
    fn a_form_overwrites_nothing_that_it_was_not_drawn_with() {
        let asked = ["a", "b", "c", "d"].map(str::to_owned);
        let drawn = answers(&[("a", "1"), ("b", "1")]);
        let mut kept = Kept::new();
        // An older window changes one answer and adds another; this one had answered a third, and clears it.
        take_in(&mut kept, answers(&[("a", "2"), ("c", "2")]), EPOCH_SPAN + 5, &asked);
        take_in(&mut kept, answers(&[("d", "3")]), 2 * EPOCH_SPAN + 1, &asked);
        let done = done_in_form(&kept, answers(&[("a", "1")]), &drawn, 2 * EPOCH_SPAN + 2, &asked);
        assert_eq!(done.keys().collect::<Vec<_>>(), ["b", "d"]);
        assert_eq!(take_in(&mut kept, done, 2 * EPOCH_SPAN + 2, &asked), NotKept::default());
        assert_eq!(given(kept), answers(&[("a", "2"), ("c", "2")]));
    }

    #[test]
    fn answers_to_unasked_questions_and_non_answers_are_left_out_and_reported() {
        let mut kept = Kept::new();
        let asked = ["a", "b", "c"].map(str::to_owned);
        take_in(&mut kept, answers(&[("a", "1"), ("b", "1")]), 1, &asked);
        let mut new = answers(&[("x", "1"), ("a", &"9".repeat(201)), ("c", &"9".repeat(200))]);
        new.insert("b".to_owned(), vec!["1".to_owned(); 31]);
        let not_kept = take_in(&mut kept, new, 2, &asked);
        let told = [
            ("q-a", Problem::TextTooLong),
            ("q-b", Problem::ChoicesTooMany),
            ("q-x", Problem::QuestionsChanged),
        ];
        assert_eq!(not_kept.refused, told.map(|(field, problem)| FieldProblem::new(field, problem)));
        assert_eq!(given(kept), answers(&[("a", "1"), ("b", "1"), ("c", &"9".repeat(200))]));
    }
}
