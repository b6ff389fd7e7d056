//! The answers of a try that is under way. They may come from several windows and devices, late, twice, and in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Answers, AttemptId};

/// What is kept of a try, by question.
pub type Kept = BTreeMap<String, KeptAnswer>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// Nothing, where the answer was taken back.
    pub given: Vec<String>,
    /// Which of two answers is the later: see `SEAT` of the assessments.
    pub sequence: i64,
}

/// Answers on their way: those that have changed, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckSave {
    pub attempt: AttemptId,
    /// Of the questions as they were shown.
    pub version: i32,
    pub sequence: i64,
    pub answers: Answers,
}

/// Longer than anything that can be marked.
const MAX_CHARS: usize = 200;
const MAX_CHOSEN: usize = 30;

/// Takes new answers in, each where it is not older than what is kept. What cannot be an answer to a question of a check, and what is
/// not asked, is left out.
pub fn take_in(kept: &mut Kept, answers: Answers, sequence: i64, asked: &[String]) {
    for (id, given) in answers.into_iter().filter(|(id, _)| asked.contains(id)) {
        let given: Vec<_> = given.into_iter().filter(|text| !text.trim().is_empty()).collect();
        let fits = given.len() <= MAX_CHOSEN && given.iter().all(|text| text.chars().count() <= MAX_CHARS);
        if fits && kept.get(&id).is_none_or(|there| there.sequence <= sequence) {
            kept.insert(id, KeptAnswer { given, sequence });
        }
    }
}

/// What is answered.
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
    fn the_later_answer_stands_whatever_comes_last() {
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
    fn what_is_not_asked_or_no_answer_is_left_out() {
        let mut kept = Kept::new();
        take_in(&mut kept, answers(&[("x", "1"), ("a", &"9".repeat(201))]), 1, &["a".to_owned()]);
        assert!(kept.is_empty());
    }
}
