//! Wire types of practice.

use serde::{Deserialize, Serialize};

use crate::{
    Problem,
    assessment::{
        Category, Difficulty,
        question::{PageQuestion, Response},
        results::QuestionResult,
    },
};

crate::id! {
    /// One practice question of a learner.
    PracticeId
}

/// `/assessments/practice`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeHome {
    /// Every category that has questions, in the order of pages.
    pub history: Vec<CategoryHistory>,
    pub weakest: Option<Category>,
}

/// A learner's results in a category. Only answers without hints count as right alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryHistory {
    pub category: Category,
    pub answered: u32,
    pub right: u32,
    /// How many of the right answers had a hint open.
    pub with_hints: u32,
    /// Of each level that was answered, the easiest first.
    #[serde(default)]
    pub levels: Vec<LevelHistory>,
    /// The last ten, oldest first: right without a hint, or not.
    pub recent: Vec<bool>,
}

/// A learner's answers of one level in a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelHistory {
    pub level: Difficulty,
    pub answered: u32,
    pub right: u32,
}

impl CategoryHistory {
    /// Whole per cent of the last ten that were right without a hint; `None` before the first answer.
    pub fn recent_percent(&self) -> Option<u32> {
        let right = self.recent.iter().filter(|right| **right).count();
        (right * 100).checked_div(self.recent.len()).and_then(|percent| u32::try_from(percent).ok())
    }
}

/// A round of questions, as far as one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The number of the question in its round, from 1.
    pub number: u32,
    /// How many of the round are answered right, this one included.
    pub right: u32,
}

/// `/assessments/practice/{question}`: asked, or marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticePage {
    pub id: PracticeId,
    pub category: Category,
    pub difficulty: Difficulty,
    pub round: Round,
    pub asked: PageQuestion,
    /// The hints that are open, as HTML.
    pub hints: Vec<String>,
    /// The refused answer, or the marked one.
    pub response: Option<Response>,
    pub problem: Option<Problem>,
    /// Present once it is answered.
    pub result: Option<QuestionResult>,
}
