//! Practice: fresh questions one by one, for oneself.

use serde::{Deserialize, Serialize};

use super::{Category, Difficulty, PageQuestion, QuestionResult, Response};
use crate::Problem;

crate::id! {
    /// One question that somebody was asked in practice.
    PracticeId
}

/// How many of somebody's practice questions are kept, the newest.
pub const KEPT_QUESTIONS: u32 = 2000;

/// `/assessments/practice`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeHome {
    /// Every category that has questions, in the order of pages.
    pub history: Vec<CategoryHistory>,
    pub weakest: Option<Category>,
}

/// How somebody did in a category. Only answers without hints count as right alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryHistory {
    pub category: Category,
    pub answered: u32,
    pub right: u32,
    /// Of those right, how many with a hint open.
    pub with_hints: u32,
    /// The last ten, oldest first: right without a hint, or not.
    pub recent: Vec<bool>,
}

impl CategoryHistory {
    /// Whole per cent of the last ten that were right without a hint; `None` before the first answer.
    pub fn recent_percent(&self) -> Option<u32> {
        let right = self.recent.iter().filter(|right| **right).count();
        (right * 100).checked_div(self.recent.len()).and_then(|percent| u32::try_from(percent).ok())
    }
}

/// The category to practise first: the one never tried comes before any other; then the lowest share of right answers
/// among the last ten, and of equals the one with fewer answers.
pub fn weakest(history: &[CategoryHistory]) -> Option<Category> {
    let key = |row: &&CategoryHistory| (row.recent_percent().map_or(-1, i64::from), row.answered);
    history.iter().min_by_key(key).map(|row| row.category)
}

/// `/assessments/practice/{question}`: asked, or marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticePage {
    pub id: PracticeId,
    pub category: Category,
    pub difficulty: Difficulty,
    pub asked: PageQuestion,
    /// The hints that are open, as HTML.
    pub hints: Vec<String>,
    /// What came back with a problem, or what was answered.
    pub response: Option<Response>,
    pub problem: Option<Problem>,
    /// Once answered.
    pub result: Option<QuestionResult>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(category: Category, recent: &[bool]) -> CategoryHistory {
        let right = u32::try_from(recent.iter().filter(|right| **right).count()).unwrap();
        let answered = u32::try_from(recent.len()).unwrap();
        CategoryHistory { category, answered, right, with_hints: 0, recent: recent.to_vec() }
    }

    #[test]
    fn what_was_never_tried_comes_first_and_then_what_goes_worst() {
        let good = row(Category::FluidBalance, &[true, true]);
        let bad = row(Category::Injections, &[true, false, false]);
        let new = row(Category::UnitDoses, &[]);
        assert_eq!(weakest(&[good.clone(), bad.clone(), new]), Some(Category::UnitDoses));
        assert_eq!(weakest(&[good.clone(), bad]), Some(Category::Injections));
        assert_eq!(weakest(&[good]), Some(Category::FluidBalance));
        assert_eq!(weakest(&[]), None);
    }
}
