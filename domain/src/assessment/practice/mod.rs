//! Practice: fresh questions, one at a time, for oneself.

mod wire;

use super::{Category, Difficulty};

pub use wire::{CategoryHistory, LevelHistory, PracticeHome, PracticeId, PracticePage, Round};

/// How many of a learner's practice questions are kept, the newest.
pub const KEPT_QUESTIONS: u32 = 2000;

/// The category to practise first: the one never tried comes before any other; then the lowest share of right answers
/// among the last ten, and of equals the one with fewer answers.
pub fn weakest(history: &[CategoryHistory]) -> Option<Category> {
    let key = |row: &&CategoryHistory| (row.recent_percent().map_or(-1, i64::from), row.answered);
    history.iter().min_by_key(key).map(|row| row.category)
}

/// How many questions make a round.
pub const IN_A_ROUND: usize = 10;

/// Who asks for no question for longer than this begins a new round, in seconds.
const PAUSE: i64 = 30 * 60;

/// The round that a question is in. `asked` has the learner's questions of all categories up to it, the newest first: when each was asked, in
/// seconds, and whether it was answered right.
pub fn round_of(asked: &[(i64, bool)]) -> Round {
    let paused = asked.windows(2).position(
        |pair| matches!(pair, [(later, _), (earlier, _)] if later.saturating_sub(*earlier) > PAUSE),
    );
    let without_pause = paused.map_or(asked.len(), |last| last + 1);
    let number = without_pause.saturating_sub(1) % IN_A_ROUND + 1;
    let right = asked.iter().take(number).filter(|(_, right)| *right).count();
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Round { number: small(number), right: small(right) }
}

/// The level of the next question in a category. `answered` has its last answers, the newest first: the level of each, and whether it was
/// right without a hint. It begins with the easiest, rises after two right ones of a level, and falls after one that was not.
pub fn next_level(answered: &[(Difficulty, bool)]) -> Difficulty {
    use Difficulty::{One, Three, Two};
    match answered {
        [] => One,
        [(One | Two, false), ..] => One,
        [(Three, false), ..] => Two,
        [(level, true), (before, true), ..] if level == before => match level {
            One => Two,
            Two | Three => Three,
        },
        [(level, true), ..] => *level,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(category: Category, recent: &[bool]) -> CategoryHistory {
        let right = u32::try_from(recent.iter().filter(|right| **right).count()).unwrap();
        let answered = u32::try_from(recent.len()).unwrap();
        CategoryHistory {
            category,
            answered,
            right,
            with_hints: 0,
            levels: Vec::new(),
            recent: recent.to_vec(),
        }
    }

    #[test]
    fn a_round_has_ten_questions_and_ends_with_a_pause() {
        let round = |number, right| Round { number, right };
        let minutes = |all: &[i64]| all.iter().map(|minute| (minute * 60, true)).collect::<Vec<_>>();
        assert_eq!(round_of(&[(5, false)]), round(1, 0));
        assert_eq!(round_of(&minutes(&[40, 11, 10])), round(3, 3));
        assert_eq!(round_of(&minutes(&[41, 10, 9])), round(1, 1));
        assert_eq!(round_of(&minutes(&[42, 41, 10, 9])), round(2, 2));
        let long: Vec<_> = (0..25).rev().map(|n| (n * 60, n != 24)).collect();
        assert_eq!(round_of(&long), round(5, 4));
        assert_eq!(round_of(&long[5..]), round(10, 10));
        assert_eq!(round_of(&long[4..]), round(1, 1));
    }

    #[test]
    fn levels_rise_after_two_right_answers_and_fall_after_one_that_was_not() {
        use Difficulty::{One, Three, Two};
        for (answered, next) in [
            (vec![], One),
            (vec![(One, true)], One),
            (vec![(One, true), (One, true)], Two),
            (vec![(Two, true), (One, true), (One, true)], Two),
            (vec![(Two, true), (Two, true)], Three),
            (vec![(Three, true), (Three, true)], Three),
            (vec![(Three, false), (Three, true)], Two),
            (vec![(Two, false)], One),
            (vec![(One, false), (One, true)], One),
            (vec![(One, true), (One, false)], One),
        ] {
            assert_eq!(next_level(&answered), next, "{answered:?}");
        }
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
