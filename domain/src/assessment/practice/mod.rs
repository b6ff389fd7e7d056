//! Practice: fresh questions, one at a time, for oneself.

mod wire;

use super::Category;

pub use wire::{CategoryHistory, PracticeHome, PracticeId, PracticePage};

/// How many of a learner's practice questions are kept, the newest.
pub const KEPT_QUESTIONS: u32 = 2000;

/// The category to practise first: the one never tried comes before any other; then the lowest share of right answers
/// among the last ten, and of equals the one with fewer answers.
pub fn weakest(history: &[CategoryHistory]) -> Option<Category> {
    let key = |row: &&CategoryHistory| (row.recent_percent().map_or(-1, i64::from), row.answered);
    history.iter().min_by_key(key).map(|row| row.category)
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
    fn untried_categories_come_first_and_then_the_weakest() {
        let good = row(Category::FluidBalance, &[true, true]);
        let bad = row(Category::Injections, &[true, false, false]);
        let new = row(Category::UnitDoses, &[]);
        assert_eq!(weakest(&[good.clone(), bad.clone(), new]), Some(Category::UnitDoses));
        assert_eq!(weakest(&[good.clone(), bad]), Some(Category::Injections));
        assert_eq!(weakest(&[good]), Some(Category::FluidBalance));
        assert_eq!(weakest(&[]), None);
    }
}
